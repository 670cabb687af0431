"""This project: packets of 8-byte records, one `Events` for a whole recording."""

from collections.abc import Iterator
from typing import Any

from bench.files.adapter import Adapter, Columns, Job, load_columns
from bench.files.cases import CASES


def stream(job: Job) -> Iterator[Any]:
    """Give packets; `records` is a view."""
    from aestream_core.files import open_file

    with open_file(job.path, format=job.format) as packets:
        for packet in packets:
            packet.records()
            yield packet


def whole(job: Job) -> Any:
    """Read into one `Events`."""
    from aestream_core.files import read_file

    return read_file(job.path, format=job.format)


def write(events: Any, job: Job) -> None:
    """Write one `Events`."""
    from aestream_core.files import create_file

    writer = create_file(job.output, width=job.width, height=job.height, format=job.format, **job.options)
    writer.write(events)
    writer.close()


def prepare(job: Job) -> Any:
    """Make one `Events`."""
    from aestream_core import Events

    t, x, y, p = load_columns(job.columns)
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=job.width, height=job.height)


def columns(packet: Any) -> Columns:
    """Take the records apart."""
    records = packet.records()
    return packet.t0_us + records["t"].astype("<i8"), records["x"], records["yp"] & 0x7FFF, records["yp"] >> 15


ADAPTER = Adapter(
    stream=dict.fromkeys(CASES, stream),
    whole=dict.fromkeys(CASES, whole),
    write=dict.fromkeys(CASES, write),
    columns=columns,
    prepare=prepare,
)
