"""Recordings that are paced, held and moved while they are played."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aestream_core import Events, InvalidArgumentError, create_file
from aestream_driver.config import DriverConfig
from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.playback import Playback
from aestream_driver.sources.table import open_source

TIMEOUT_S = 20.0
SPAN_US = 100_000


@pytest.fixture(params=["raw", "aedat4"])
def recording(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Events]:
    rng = np.random.default_rng(0)
    events = Events.from_numpy(
        t=1_000_000 + np.sort(rng.integers(0, SPAN_US, 20_000)),
        x=rng.integers(0, 64, 20_000),
        y=rng.integers(0, 48, 20_000),
        p=rng.integers(0, 2, 20_000),
        width=64,
        height=48,
    )
    path = tmp_path / f"made.{request.param}"
    writer = create_file(path, width=64, height=48)
    writer.write(events)
    writer.close()
    return path, events


def playback(path: Path, *, speed: float) -> Playback:
    source = open_source(DriverConfig(source="file", path=str(path), speed=speed))
    assert isinstance(source, Playback)
    return source


def times(packets: list[SourcePacket]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.concatenate([events.to_numpy()["t"] for packet in packets for events in packet.events()])


class Player:
    """Iterates on a thread, as the pump does."""

    def __init__(self, source: Playback) -> None:
        self.source = source
        self.packets: list[SourcePacket] = []
        self.grown = threading.Condition()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        for packet in self.source:
            with self.grown:
                self.packets.append(packet)
                self.grown.notify_all()

    def wait_for(self, count: int) -> None:
        with self.grown:
            assert self.grown.wait_for(lambda: len(self.packets) >= count, TIMEOUT_S), "the packets did not come"

    def end(self) -> list[SourcePacket]:
        self.thread.join(TIMEOUT_S)
        assert not self.thread.is_alive()
        return self.packets


@pytest.fixture
def held(recording: tuple[Path, Events]) -> Iterator[Player]:
    source = playback(recording[0], speed=1.0)
    source.set_paused(True)
    player = Player(source)
    yield player
    source.close()
    player.end()


def test_without_a_pace_every_event_comes_in_order(recording: tuple[Path, Events]) -> None:
    path, events = recording
    assert np.array_equal(times(list(playback(path, speed=0.0))), events.to_numpy()["t"])


def test_while_paused_nothing_comes_and_then_every_event(held: Player, recording: tuple[Path, Events]) -> None:
    assert held.packets == []
    held.source.set_paused(False)
    held.wait_for(10)
    held.source.set_paused(True)
    count = len(held.packets)
    held.thread.join(0.05)
    assert len(held.packets) <= count + 1, "at most the packet that was under way"
    held.source.set_paused(False)
    assert np.array_equal(times(held.end()), recording[1].to_numpy()["t"])


def test_a_pause_shifts_the_pace_rather_than_making_it_hurry(recording: tuple[Path, Events]) -> None:
    source = playback(recording[0], speed=1.0)
    source._pace = (100.0, 0)
    source.set_paused(True)
    source._paused_at_s -= 5.0
    source.set_paused(False)
    assert source._pace[0] == pytest.approx(105.0, abs=1.0)


def test_seeking_goes_on_from_there_and_says_what_comes_next(held: Player, recording: tuple[Path, Events]) -> None:
    jumps: list[int] = []
    held.source.on_jump = lambda: jumps.append(len(held.packets))
    all_times = recording[1].to_numpy()["t"]
    expected = all_times[all_times >= 1_070_000]
    next_us = held.source.seek(1_070_000)
    assert next_us == expected[0]
    held.source.set_paused(False)
    assert np.array_equal(times(held.end()), expected)
    assert jumps == [0]


def test_seeking_back_after_the_end_plays_again(recording: tuple[Path, Events]) -> None:
    path, events = recording
    source = playback(path, speed=0.0)
    assert len(times(list(source))) == len(events)
    assert source.ended
    source.seek(0)
    assert np.array_equal(times(list(source)), events.to_numpy()["t"])


def test_a_time_after_the_end_is_refused_and_the_playback_stays_where_it_is(
    held: Player, recording: tuple[Path, Events]
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"t_us is 99000000; the recording has no events at or after"):
        held.source.seek(99_000_000)
    held.source.set_paused(False)
    assert len(times(held.end())) == len(recording[1])


def test_closing_ends_a_playback_that_is_paused(held: Player) -> None:
    held.source.close()
    assert held.end() == []
