"""A bag that is there: its files as one, damaged and unfinished ones too."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aestream_core.errors import FormatError
from aestream_core.formats.bags.files import files_of, open_bag
from aestream_core.formats.bags.storage import Faults, Ros2Bag, StoredMessage, Topic


@dataclass(frozen=True)
class StoredFile:
    """One file of a bag.

    Attributes:
        path: where it is.
        bag: what reads it.
    """

    path: Path
    bag: Ros2Bag


class StoredBag:
    """A bag of ROS 2.

    Attributes:
        path: the folder, or the file.
        files: its files in order.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the files.

        Raises:
            InvalidArgumentError: there is no bag.
            FormatError: it is something else, or a bag of ROS 1.
        """
        self.path = Path(path)
        self.files: list[StoredFile] = []
        for file in files_of(self.path):
            bag = open_bag(file)
            if not hasattr(bag, "all_messages"):
                raise FormatError(
                    f"'{file}' is a bag of ROS 1, whose messages ROS 2 cannot take; aestream info reads it"
                )
            self.files.append(StoredFile(file, cast(Ros2Bag, bag)))

    def topics(self) -> list[Topic]:
        """List the topics of all files; of one that was recorded with several types, each."""
        return list(dict.fromkeys(topic for file in self.files for topic in file.bag.topics()))

    def messages(
        self, *, topics: Collection[str] | None = None, start_ns: int = 0, faults: list[Faults] | None = None
    ) -> Iterator[StoredMessage]:
        """Give the messages in the order of the files, those before damage included.

        Args:
            topics: names of those wanted; None for all.
            start_ns: none that were recorded before.
            faults: gets what was met in each file that was read.
        """
        for file in self.files:
            met = Faults(file.path, skip_errors=True)
            if faults is not None:
                faults.append(met)
            yield from file.bag.all_messages(met, topics=topics, start_ns=start_ns)

    def first_ns(self) -> int:
        """Give the time of the first message in ns since the epoch; 0 where there is none."""
        summary = self.files[0].bag.summary()
        if summary is not None and summary.start_ns:
            return summary.start_ns
        return next((message.time_ns for message in self.messages()), 0)
