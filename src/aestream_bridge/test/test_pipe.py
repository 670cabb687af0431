"""Packets and lines on a pipe: cut anywhere they come back, and a pipe that breaks says where."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import pytest
from link_packets import HEIGHT, WIDTH, joined, packet

from aestream_bridge.links.json_lines import format_json_lines
from aestream_bridge.links.link_stream import LinkStream, Receiver
from aestream_bridge.links.pipe import JsonLineReader, RecordReader, RecordWriter
from aestream_core.errors import FormatError
from aestream_core.events import Events

PACKETS = [packet(n, 40 * n) for n in range(12)]


@contextmanager
def pipe_with(data: bytes, step: int) -> Iterator[BinaryIO]:
    """A pipe into which a thread writes in steps of so many bytes."""
    read_end, write_end = os.pipe()

    def write() -> None:
        with os.fdopen(write_end, "wb", buffering=0) as out:
            for at in range(0, len(data), step):
                out.write(data[at : at + step])

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(read_end, "rb") as source:
        yield source
    writer.join()


def as_records(packets: list[Events] = PACKETS) -> bytes:
    out = io.BytesIO()
    writer = RecordWriter(out, width=WIDTH, height=HEIGHT)
    for each in packets:
        writer.write(each)
    writer.close()
    return out.getvalue()


def as_lines() -> bytes:
    return b"".join(block for each in PACKETS for block in format_json_lines(each))


def json_reader(source: BinaryIO) -> JsonLineReader:
    return JsonLineReader(source, width=WIDTH, height=HEIGHT)


def read(make: Callable[[BinaryIO], Receiver], data: bytes, step: int = 1 << 20) -> tuple[list[Events], LinkStream]:
    with pipe_with(data, step) as source:
        stream = LinkStream(make(source), description="pipe")
        return list(stream), stream


@pytest.mark.parametrize("step", [1, 63, 64, 65, 1000, 1 << 20])
@pytest.mark.parametrize(("make", "data"), [(RecordReader, as_records), (json_reader, as_lines)])
def test_bytes_cut_anywhere_give_the_same_events(
    make: Callable[[BinaryIO], Receiver], data: Callable[[], bytes], step: int
) -> None:
    whole = data()[: None if step > 1 else 3000]
    if step == 1 and make is RecordReader:
        whole = as_records(PACKETS[:3])
    packets, _ = read(make, whole, step)
    expected = joined(PACKETS)[: sum(map(len, packets))]
    assert np.array_equal(joined(packets), expected)
    assert len(expected) == (2640 if step > 1 else len(expected)) > 0


def test_records_say_the_sensor_and_the_end_and_nothing_behind_it_is_read() -> None:
    _, stream = read(RecordReader, as_records() + b"something else")
    assert (stream.width, stream.height) == (WIDTH, HEIGHT)
    assert stream.counters()["events"] == 2640


def test_an_empty_pipe_is_an_empty_stream() -> None:
    assert read(RecordReader, b"")[0] == []
    assert read(json_reader, b"")[0] == []


def raised(make: Callable[[BinaryIO], Receiver], data: bytes) -> tuple[list[Events], str]:
    got: list[Events] = []
    with pipe_with(data, 1 << 20) as source:
        stream = LinkStream(make(source), description="pipe")
        with pytest.raises(FormatError) as caught:
            got.extend(iter(stream))
    return got, str(caught.value)


def test_a_pipe_that_breaks_gives_every_packet_before_and_the_byte() -> None:
    begin = len(as_records(PACKETS[:5])) - 64
    got, message = raised(RecordReader, as_records()[: begin + 100])
    assert message == f"the pipe ends within the packet that begins at byte {begin}"
    assert np.array_equal(joined(got), joined(PACKETS[:5]))


def test_bytes_that_are_no_packets_are_named_with_their_place() -> None:
    begin = len(as_records(PACKETS[:5])) - 64
    got, message = raised(RecordReader, as_records()[:begin] + b"garbage" * 20)
    assert message.startswith(f"at byte {begin} of the pipe: a packet begins with 67 61 72")
    assert np.array_equal(joined(got), joined(PACKETS[:5]))


def test_a_bad_line_gives_every_event_before_it_and_its_number() -> None:
    got, message = raised(json_reader, as_lines() + b'{"t":1}\n' + as_lines())
    assert message.startswith("line 2641 has x None")
    assert np.array_equal(joined(got), joined(PACKETS))


def test_a_line_without_end_does_not_take_the_memory() -> None:
    _, message = raised(json_reader, b"x" * 200_000)
    assert message == "line 1 is longer than 65536 bytes"


def test_a_last_line_without_a_line_end_counts() -> None:
    packets, _ = read(json_reader, as_lines()[:-1])
    assert np.array_equal(joined(packets), joined(PACKETS))


def test_lines_outside_the_sensor_are_left_out_and_counted() -> None:
    packets, stream = read(json_reader, b'{"t":1,"x":%d,"y":0,"p":1}\n{"t":2,"x":0,"y":0,"p":1}\n' % WIDTH)
    assert joined(packets)["t"].tolist() == [2]
    assert stream.counters()["outside_sensor"] == 1
