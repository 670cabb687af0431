"""A camera as a source: bytes pass through, faults have a defined end, and the books balance in each."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playback_device import Data, Overflow, PlaybackBus, Silence, Unplug, library_packet, polarity_events
from recorded_packets import decoded, evt3_packets, headless, inivation_packets, simulated, usb_packets

from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.errors import CameraError
from aestream_driver.cameras.inivation_davis346 import MODEL as DAVIS346
from aestream_driver.cameras.inivation_dvxplorer import MODEL as DVXPLORER
from aestream_driver.cameras.prophesee_evk4 import MODEL as EVK4
from aestream_driver.cameras.prophesee_evk4 import EVK4Settings
from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.camera import CameraSource, Patience
from aestream_driver.sources.evt3_clock import WRAP_US

Playback = Callable[..., PlaybackBus]
PATIENT = Patience(reconnect_s=0.2, stall_s=0.0)


def open_source(bus: PlaybackBus, patience: Patience = PATIENT) -> CameraSource:
    return CameraSource(bus.model, bus.model.configure(bus.model.settings()), bus.open, bus.serial, patience)


def read(source: CameraSource, *, until: Callable[[], bool]) -> list[SourcePacket]:
    """Read packets until something holds, looked at after each of them; a source that stops short fails the test."""
    packets = []
    for packet in source:
        packets.append(packet)
        if until():
            source.close()
    assert until(), "the source ended early"
    return packets


def sent_bytes(packets: list[SourcePacket]) -> bytes:
    return b"".join(bytes(packet.wire().data) for packet in packets)


def events_of(packets: list[SourcePacket]) -> Any:
    parts = [events.to_numpy() for packet in packets for events in packet.events()]
    return np.concatenate(parts) if parts else np.empty(0)


def hd_packets(duration_us: int = 40_000, start_us: int = 0) -> list[Data]:
    return evt3_packets(simulated(width=1280, height=720, duration_us=duration_us, start_us=start_us))


def at_once(packets: list[Data]) -> list[Data]:
    return [Data(each.packet) for each in packets]


def test_a_prophesee_recording_passes_through_byte_for_byte(recordings: Path, playback: Playback) -> None:
    words = headless(recordings / "expelliarmus_evt3.raw")
    bus = playback(EVK4, usb_packets(words))
    source = open_source(bus)
    packets = read(source, until=lambda: b"".join(bus.given) == words)
    kept = sent_bytes(packets)
    assert len(kept) + source.skipped_bytes == len(words)
    assert words.endswith(kept)
    assert not any(packet.wire().encoded for packet in packets)


def test_a_prophesee_recording_decodes_to_the_events_of_its_file(recordings: Path, playback: Playback) -> None:
    words = headless(recordings / "expelliarmus_evt3.raw")
    bus = playback(EVK4, usb_packets(words))
    events = events_of(read(open_source(bus), until=lambda: b"".join(bus.given) == words))
    expected = decoded([words], width=1280, height=720)
    assert len(events) == 219_596
    assert np.array_equal(events[["x", "y", "p"]], expected[["x", "y", "p"]])
    assert np.array_equal(events["t"] % WRAP_US, expected["t"] % WRAP_US)


@pytest.mark.parametrize("usb_bytes", [1, 511, 4097])
def test_words_cut_at_odd_bytes_lose_nothing(usb_bytes: int, playback: Playback) -> None:
    words = b"".join(each.packet for each in hd_packets(500))
    bus = playback(EVK4, usb_packets(words, usb_bytes=usb_bytes))
    source = open_source(bus)
    packets = read(source, until=lambda: sum(map(len, bus.given)) == len(words))
    assert all(packet.wire().data.nbytes % 2 == 0 for packet in packets)
    assert sent_bytes(packets) == words
    assert np.array_equal(events_of(packets), decoded([words], width=1280, height=720))


def test_events_that_nobody_asked_for_are_not_decoded_and_later_ones_are_still_right(playback: Playback) -> None:
    steps = at_once(hd_packets())
    bus = playback(EVK4, steps)
    packets = read(open_source(bus), until=lambda: len(bus.given) == len(steps))
    assert [packet.count for packet in packets[:4]] == [0] * 4
    late = events_of(packets[4:])
    expected = decoded([each.packet for each in steps[4:]], width=1280, height=720)
    assert np.array_equal(late, expected)


def test_an_overflow_of_the_ring_is_counted_and_times_stay_right(playback: Playback) -> None:
    steps = at_once(hd_packets(60_000))
    lost, after = steps[4:7], steps[7:]
    bus = playback(EVK4, [*steps[:4], Overflow(tuple(each.packet for each in lost)), *after])
    source = open_source(bus)
    packets = read(source, until=lambda: len(bus.given) == len(steps) - len(lost))
    events = events_of(packets)
    every = decoded([each.packet for each in steps], width=1280, height=720)
    dropped = decoded([each.packet for each in lost], width=1280, height=720)
    assert source.dropped_packets == len(lost) == len(bus.dropped)
    assert len(events) + len(dropped) == len(every)
    assert [packet.wire().lost_before for packet in packets[:6]] == [0, 0, 0, 0, 3, 0]
    assert np.array_equal(events, decoded([step.packet for step in steps if step not in lost], width=1280, height=720))


def test_after_an_overflow_inside_a_word_group_nothing_is_sent_before_the_next_time_word(playback: Playback) -> None:
    first, second, third = hd_packets(15_000)[:3]
    headless_part = second.packet[len(second.packet) // 2 & ~1 :]
    bus = playback(EVK4, [Data(first.packet), Overflow((second.packet[:9],)), Data(headless_part + third.packet)])
    source = open_source(bus)
    packets = read(source, until=lambda: len(bus.given) == 2)
    assert packets[1].wire().data.view(np.uint16)[0] >> 12 == 0x8
    assert source.skipped_bytes > 0
    assert len(sent_bytes(packets)) + source.skipped_bytes == sum(map(len, bus.given))


def test_garbage_is_counted_and_the_stream_goes_on_at_the_right_time(playback: Playback) -> None:
    steps = at_once(hd_packets(60_000))
    noise = np.random.default_rng(3).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
    bus = playback(EVK4, [*steps[:3], Data(noise), *steps[3:]])
    source = open_source(bus)
    packets = read(source, until=lambda: len(bus.given) == len(steps) + 1)
    for packet in packets[:-3]:
        packet.events()
    last = events_of(packets[-3:])
    assert np.array_equal(last, decoded([each.packet for each in steps], width=1280, height=720)[-len(last) :])
    assert source.invalid_events > 0
    assert sent_bytes(packets) == b"".join(bus.given)


def test_an_unplugged_camera_is_opened_again_and_time_goes_on(playback: Playback) -> None:
    before, after = at_once(hd_packets(20_000, start_us=30_000_000)), at_once(hd_packets(20_000))
    bus = playback(EVK4, [*before, Unplug()], after, absences=[2])
    source = open_source(bus)
    packets = read(source, until=lambda: len(bus.given) == len(before) + len(after))
    assert (source.reconnects, bus.openings) == (1, 4)
    events = events_of(packets)
    assert len(events) == len(decoded([each.packet for each in before + after], width=1280, height=720))
    assert (np.diff(events["t"]) >= 0).all()
    assert events["t"][-1] - events["t"][0] < WRAP_US * 1.6


def test_a_lost_camera_says_so_until_it_is_back(playback: Playback) -> None:
    bus = playback(EVK4, [*at_once(hd_packets(10_000)), Unplug()], absences=[10**6])
    source = open_source(bus)
    reader = threading.Thread(target=lambda: [None for _ in source])
    reader.start()
    tried = threading.Event()
    while bus.openings < 4:
        assert not tried.wait(0.01)
    trouble = source.trouble
    source.close()
    reader.join(5.0)
    assert not reader.is_alive()
    assert trouble is not None
    assert trouble.state == "reconnecting"
    assert "lost Prophesee EVK4 00051234: No such device" in trouble.message
    assert "no device found" in trouble.message


def test_without_patience_an_unplugged_camera_is_an_error(playback: Playback) -> None:
    bus = playback(EVK4, [Unplug()])
    with pytest.raises(CameraError, match=r"lost Prophesee EVK4 00051234: No such device"):
        list(open_source(bus, Patience(reconnect_s=0.0, stall_s=0.0)))


def test_a_silent_camera_is_opened_again(playback: Playback) -> None:
    before, after = at_once(hd_packets(10_000)), at_once(hd_packets(10_000))
    bus = playback(EVK4, [*before, Silence(60.0)], after)
    source = open_source(bus, Patience(reconnect_s=0.2, stall_s=0.25))
    packets = read(source, until=lambda: len(bus.given) == len(before) + len(after))
    assert (source.stalls, source.reconnects) == (1, 1)
    assert sent_bytes(packets) == b"".join(bus.given)


def test_closing_ends_a_reading_that_waits(playback: Playback) -> None:
    source = open_source(playback(EVK4, [Silence(60.0)]))
    reader = threading.Thread(target=lambda: list(source))
    reader.start()
    source.close()
    reader.join(5.0)
    assert not reader.is_alive()


def test_a_source_that_was_never_read_lets_go_of_its_camera(playback: Playback) -> None:
    bus = playback(EVK4, [])
    source = open_source(bus)
    device = source._device
    source.close()
    with pytest.raises(RuntimeError, match="called after __exit__"):
        next(device)


def test_a_camera_that_cannot_be_opened_is_named_with_the_reason(playback: Playback) -> None:
    bus = playback(EVK4, refuse="Access denied (insufficient permissions)")
    with pytest.raises(CameraError, match=r"cannot open Prophesee EVK4 00051234: Access denied"):
        open_source(bus)


def test_settings_reach_the_camera_while_it_streams_and_refused_ones_leave_the_old(playback: Playback) -> None:
    bus = playback(EVK4, [Unplug()])
    source = open_source(bus)
    source.update(EVK4.configure(EVK4Settings(bias_diff_on=20)))
    assert [made.biases.diff_on for made in bus.configurations] == [0, 20]
    bus.refuse = "Pipe error"
    with pytest.raises(CameraError, match=r"Prophesee EVK4 00051234 does not take the settings: Pipe error"):
        source.update(EVK4.configure(EVK4Settings(bias_diff_on=30)))
    bus.refuse = ""
    reading = iter(source)
    bus.sessions.append(at_once(hd_packets(5_000)))
    next(reading)
    assert [made.biases.diff_on for made in bus.configurations] == [0, 20, 20]


@pytest.mark.parametrize("model", [DAVIS346, DVXPLORER], ids=lambda model: model.name)
def test_an_inivation_recording_gives_its_events_and_what_is_beside_them(
    model: CameraModel, recordings: Path, playback: Playback
) -> None:
    steps = at_once(inivation_packets(recordings / "tonic_sample.aedat4", model.name))
    given = [step.packet for step in steps]
    bus = playback(model, steps)
    packets = read(open_source(bus), until=lambda: len(bus.given) == len(steps))
    events, expected = events_of(packets), np.concatenate([packet.polarity_events for packet in given])
    assert len(events) == 111_954
    assert all(np.array_equal(events[ours], expected[theirs]) for ours, theirs in ("tt", "xx", "yy", ("p", "on")))
    sides = [packet.side() for packet in packets]
    imu = np.concatenate([side.imu for side in sides])
    assert len(imu) == sum(len(packet.imu_events) for packet in given if packet.imu_events is not None) > 400
    assert np.linalg.norm(imu["acceleration"], axis=1).mean() == pytest.approx(9.81, rel=0.15)
    assert sum(len(side.triggers) for side in sides) == len(given)
    assert sum(len(side.frames) for side in sides) == (len(given) if "frames" in model.delivers else 0)


def test_triggers_of_a_prophesee_camera_are_found_among_its_words(playback: Playback) -> None:
    words = np.array([0x8001, 0x6005, 0xA301, 0x6009, 0xA300], "<u2").tobytes()
    bus = playback(EVK4, [Data(words)])
    (packet,) = read(open_source(bus), until=lambda: len(bus.given) == 1)
    assert packet.side().triggers.tolist() == [(4101, 3, True), (4105, 3, False)]


def test_decoded_events_outside_the_sensor_are_counted_and_steps_back_are_sorted(playback: Playback) -> None:
    events = polarity_events([10, 30, 20, 40], [1, 2, 346, 345], [1, 2, 3, 259], [1, 0, 1, 0])
    later = polarity_events([60, 50], [1, 2], [0, 0], [1, 1])
    bus = playback(
        DAVIS346, [Data(library_packet("inivation_davis346", polarity_events=each)) for each in (events, later)]
    )
    source = open_source(bus)
    got = events_of(read(source, until=lambda: len(bus.given) == 2))
    assert got["t"].tolist() == [10, 30, 40, 50, 60]
    assert len(got) + source.invalid_events == 6


def test_a_decoding_cameras_clock_goes_on_after_a_restart_and_losses_are_counted(playback: Playback) -> None:
    def packet(start_us: int) -> Any:
        times = np.arange(start_us, start_us + 100)
        return library_packet(
            "inivation_davis346", polarity_events=polarity_events(times, times % 346, times % 260, times % 2)
        )

    bus = playback(
        DAVIS346,
        [Data(packet(5_000_000)), Overflow((packet(5_000_100),)), Data(packet(5_000_200)), Unplug()],
        [Data(packet(0)), Data(packet(100))],
    )
    source = open_source(bus)
    packets = read(source, until=lambda: len(bus.given) == 4)
    times = events_of(packets)["t"]
    assert (np.diff(times) > 0).all()
    assert len(times) + 100 * source.dropped_packets == 500
    assert times[-1] < 5_000_000 + 30_000_000


def test_packets_keep_the_time_at_which_the_library_got_them(playback: Playback) -> None:
    before_ns = time.time_ns()
    bus = playback(EVK4, at_once(hd_packets(5_000)))
    (packet, *_) = read(open_source(bus), until=lambda: len(bus.given) == 1)
    assert before_ns <= packet.arrival_ns + 1000
    assert packet.arrival_ns <= time.time_ns()
