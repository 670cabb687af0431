"""Filters of the driver: what is held back is counted, and nothing is decoded without need."""

from pathlib import Path

import numpy as np
import pytest

from aestream_core import Events, SimConfig, UnknownNameError, open_simulator
from aestream_core.filters import make_filter
from aestream_core.raw_files import open_raw_file
from aestream_driver.encoding import WireEncoding
from aestream_driver.filtering import PacketFilters
from aestream_driver.sources.decoded import DecodedPacket
from aestream_driver.sources.passed_through import PassedThroughSource

WIDTH, HEIGHT = 64, 48


def packets(count: int) -> list[DecodedPacket]:
    stream = open_simulator(SimConfig(width=WIDTH, height=HEIGHT, rate_hz=2e6), packet_us=1000)
    return [DecodedPacket(next(stream)) for _ in range(count)]


def filters(*texts: str) -> PacketFilters:
    return PacketFilters(texts, size=lambda: (WIDTH, HEIGHT))


def same(left: Events, right: Events) -> bool:
    return bool(np.array_equal(left.to_numpy(), right.to_numpy()))


def test_without_filters_a_packet_is_handed_on_as_it_is() -> None:
    (packet,) = packets(1)
    assert filters().apply(packet) == (packet, (WIDTH, HEIGHT))
    assert filters().filtered_events == 0


def test_every_event_goes_on_or_is_counted_as_filtered() -> None:
    filtering, twin = filters("refractory:300"), make_filter("refractory", us=300, width=WIDTH, height=HEIGHT)
    given = kept = 0
    for packet in packets(8):
        filtered, size = filtering.apply(packet)
        (events,) = filtered.events()
        assert same(events, twin.apply(packet.events()[0]))
        assert size == (WIDTH, HEIGHT)
        assert (filtered.first_us, filtered.last_us) == (packet.first_us, packet.last_us)
        given, kept = given + packet.count, kept + filtered.count
    assert given == kept + filtering.filtered_events
    assert 0 < kept < given


def test_messages_hold_the_events_that_are_left_and_say_the_size_that_filters_give() -> None:
    (packet,) = packets(1)
    filtered, size = filters("roi:8:8:16:16", "polarity:on").apply(packet)
    assert size == (16, 16)
    (events,) = filtered.events()
    assert (events.width, events.height) == (16, 16)
    (message,) = WireEncoding("auto", "evt3").messages(filtered)
    assert message.encoded
    assert message.data.nbytes < packet.wire().data.nbytes
    assert np.array_equal(message.data, filtered.wire().data)


def test_a_packet_of_which_nothing_is_left_gives_neither_events_nor_messages() -> None:
    (packet,) = packets(1)
    filtered, _ = filters("count:0:0").apply(packet) if packet.count else pytest.fail("no events")
    assert filtered.events() == []
    assert filtered.count == 0
    assert WireEncoding("auto", "evt3").messages(filtered) == []


def test_bytes_of_a_recording_are_decoded_only_where_there_is_a_filter(recordings: Path) -> None:
    def source() -> PassedThroughSource:
        stream = open_raw_file(recordings / "expelliarmus_evt3.raw", packet_us=1000, max_bytes=200_000)
        return PassedThroughSource(stream, encoding="evt3", width=1280, height=720, description="")

    alone, filtering = next(iter(source())), PacketFilters((), size=lambda: (1280, 720))
    assert filtering.apply(alone)[0] is alone
    assert alone.count == 0, "not decoded"
    filtering.replace(["polarity:on"])
    filtered, _ = filtering.apply(next(iter(source())))
    assert filtered.count > 0
    assert all(events.to_numpy()["p"].all() for events in filtered.events())


def test_an_unknown_filter_is_refused_and_the_filters_stay() -> None:
    filtering = filters("polarity:on")
    with pytest.raises(UnknownNameError, match="unknown filter 'moon'; known: "):
        filtering.replace(["moon"])
    filtered, _ = filtering.apply(packets(1)[0])
    assert filtered.events()[0].to_numpy()["p"].all()


def test_filters_wait_for_the_packet_that_says_how_large_the_sensor_is() -> None:
    size = (0, 0)
    filtering = PacketFilters(["roi:8:8:16:16"], size=lambda: size)
    size = (WIDTH, HEIGHT)
    filtered, given = filtering.apply(packets(1)[0])
    assert given == (16, 16)
    assert all(events.width == 16 for events in filtered.events())
