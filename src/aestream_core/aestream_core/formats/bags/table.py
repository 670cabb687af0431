"""The kinds of bags, a row each."""

from functools import partial

from aestream_core.formats.bags.reader import READ_OPTIONS, bag_info, open_bag_stream
from aestream_core.formats.bags.writer import COMPRESSION, FRAME_ID, MESSAGE_US, STORAGE, TOPIC, create_bag
from aestream_core.formats.base import FileFormat, FormatOption

_WRITE_OPTIONS = (TOPIC, FRAME_ID, MESSAGE_US)


def _row(
    name: str, description: str, *extensions: str, options: tuple[FormatOption, ...] | None = None, storage: str = ""
) -> FileFormat:
    return FileFormat(
        name=name,
        description=description,
        extensions=extensions,
        open=partial(open_bag_stream, format_name=name),
        info=partial(bag_info, format_name=name),
        create=None if options is None else partial(create_bag, known=options, storage=storage),
        read_options=READ_OPTIONS,
        write_options=options or (),
    )


BAG_FORMATS = (
    _row("rosbag2", "bag of ROS 2: a folder with metadata.yaml", options=(*_WRITE_OPTIONS, COMPRESSION, STORAGE)),
    _row("mcap", "one file of a bag of ROS 2, MCAP", ".mcap", options=(*_WRITE_OPTIONS, COMPRESSION), storage="mcap"),
    _row("db3", "one file of a bag of ROS 2, SQLite", ".db3", options=_WRITE_OPTIONS, storage="sqlite3"),
    _row("rosbag1", "bag of ROS 1", ".bag"),
)
