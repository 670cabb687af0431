"""Lines of JSON: they come back event for event, however they are spelt, and a bad one is named."""

import json

import numpy as np
import pytest
from link_packets import packet

from aestream_bridge.links import json_lines
from aestream_bridge.links.json_lines import BadLineError, format_json_lines, format_json_lines_ref, parse_json_lines
from aestream_core.csv import BLOCK_EVENTS
from aestream_core.events import Events


@pytest.mark.parametrize("count", [0, 1, 1000, BLOCK_EVENTS + 3])
def test_lines_equal_the_slow_twin_and_come_back(count: int) -> None:
    events = packet(1, count)
    lines = b"".join(format_json_lines(events))
    assert lines == format_json_lines_ref(events)
    assert np.array_equal(parse_json_lines(lines), events.to_numpy())


def test_large_numbers_come_back() -> None:
    events = Events.from_numpy(t=[2**62 - 1], x=[32766], y=[32766], p=[1], width=32767, height=32767)
    assert np.array_equal(parse_json_lines(b"".join(format_json_lines(events))), events.to_numpy())


def test_other_spellings_of_the_same_events_are_understood() -> None:
    rows = packet(2, 50).to_numpy()
    lines = [json.dumps({"p": bool(p), "y": int(y), "note": "x", "x": int(x), "t": int(t)}) for t, x, y, p in rows]
    assert np.array_equal(parse_json_lines("\n\n".join(lines).encode() + b"\r\n"), rows)


@pytest.mark.parametrize(
    "line",
    [
        b'{"t":1.5,"x":1,"y":2,"p":1}',
        b'{"t":-1,"x":1,"y":2,"p":1}',
        b'{"t":1,"x":32767,"y":2,"p":1}',
        b'{"t":1,"x":1,"y":2,"p":2}',
        b'{"t":1,"x":1,"y":2}',
        b'{"t":,"x":1,"y":2,"p":1}',
        b'{1"t":,"x":1,"y":2,"p":1}',
        b'1{"t":,"x":1,"y":2,"p":1}',
        b'{"t":99999999999999999999999,"x":1,"y":2,"p":1}',
        b"[1,2,3,1]",
        b"1,2,3,1",
        b'{"t":"1","x":1,"y":2,"p":1}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_bad_line_is_named_and_the_events_before_it_are_kept(line: bytes) -> None:
    good = b"".join(format_json_lines(packet(3, 4)))
    with pytest.raises(BadLineError, match=r"^line 14 ") as caught:
        parse_json_lines(good + line + b"\n" + good, first_line=10)
    assert np.array_equal(caught.value.before, packet(3, 4).to_numpy())
    assert len(str(caught.value)) < 200


def test_own_lines_are_read_by_the_quick_way_and_equal_the_slow_one() -> None:
    lines = b"".join(format_json_lines(packet(4, 300)))
    quick = json_lines._parse_own(lines)
    assert quick is not None
    assert np.array_equal(quick, json_lines._parse_any(lines, 1))
