"""The engine: what every sink gets, what a fault leaves behind, how it is stopped, what it counts."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from aestream_core import AestreamError, DamagedRecordingError, InvalidArgumentError, _core
from aestream_core.engine import Pipeline, Progress
from aestream_core.events import Events
from aestream_core.evt3 import encode_evt3
from aestream_core.files import create_file, open_file, read_file
from aestream_core.filter_streams import filtered
from aestream_core.filters import parse_filters
from aestream_core.simulator import SimConfig, open_simulator
from aestream_core.streams import PacketStream

SIM = SimConfig(width=64, height=48, rate_hz=1e5, duration_us=100_000)


class Collector:
    """A sink in Python that keeps what it gets."""

    def __init__(self, refuses_after: int | None = None) -> None:
        self.packets: list[Events] = []
        self.closed = 0
        self._refuses_after = refuses_after

    def write(self, events: Events) -> None:
        if self._refuses_after == len(self.packets):
            raise OSError(28, "No space left on device")
        self.packets.append(events)

    def close(self) -> None:
        self.closed += 1

    def array(self) -> np.ndarray:
        return np.concatenate([packet.to_numpy() for packet in self.packets])


def sim_events() -> np.ndarray:
    return np.concatenate([packet.to_numpy() for packet in open_simulator(SIM, packet_us=1000)])


@pytest.fixture
def damaged(tmp_path: Path) -> tuple[Path, int]:
    """A recording whose last word is cut, and its events."""
    path = tmp_path / "damaged.raw"
    Pipeline(open_simulator(SIM), sinks=[create_file(path, width=64, height=48)]).run()
    path.write_bytes(path.read_bytes() + b"\1")
    return path, len(sim_events())


def test_every_sink_gets_every_packet_in_order_and_is_closed_once(tmp_path: Path) -> None:
    one, other = Collector(), Collector()
    file = create_file(tmp_path / "native.raw", width=64, height=48)
    progress = Pipeline(open_simulator(SIM, packet_us=1000), sinks=[one, file, other]).run()
    expected = sim_events()
    for sink in (one, other):
        assert np.array_equal(sink.array(), expected)
        assert [packet.seq for packet in sink.packets] == list(range(len(sink.packets)))
        assert sink.closed == 1
    assert np.array_equal(read_file(tmp_path / "native.raw").to_numpy(), expected)
    assert (progress.packets, progress.events) == (len(one.packets), len(expected))


def test_filters_native_and_in_python_act_in_their_order() -> None:
    chain = parse_filters(["refractory:500"], width=64, height=48)
    sink = Collector()
    seen: list[int] = []

    def left_half(events: Events) -> Events:
        seen.append(len(events))
        return events.slice_region(0, 0, 32, 48)

    progress = Pipeline(open_simulator(SIM), filters=[*chain.filters, left_half], sinks=[sink]).run()
    kept = parse_filters(["refractory:500"], width=64, height=48)
    expected = [left_half(kept.apply(packet)).to_numpy() for packet in open_simulator(SIM)]
    assert np.array_equal(sink.array(), np.concatenate(expected))
    assert progress.events_read == len(sim_events()) == chain.counters()["refractory"]["events_in"]
    assert progress.events == len(sink.array()) < sum(seen) // 2


def test_progress_counts_before_and_behind_the_filters_and_knows_the_times() -> None:
    reports: list[Progress] = []
    chain = parse_filters(["polarity:on"], width=64, height=48)
    progress = Pipeline(open_simulator(SIM), filters=chain.filters, on_progress=reports.append).run()
    events = sim_events()
    on = events[events["p"] == 1]
    assert reports[-1] == progress
    assert (progress.events_read, progress.events) == (len(events), len(on))
    assert (progress.first_read_us, progress.last_read_us) == (events["t"][0], events["t"][-1])
    assert (progress.first_us, progress.last_us) == (on["t"][0], on["t"][-1])


def test_nothing_read_is_no_time_and_no_events() -> None:
    sink = Collector()
    assert Pipeline(PythonSource(iter(())), sinks=[sink]).run() == Progress()
    assert (sink.packets, sink.closed) == ([], 1)


def test_a_fault_of_the_source_comes_as_it_is_behind_everything_before_it(damaged: tuple[Path, int]) -> None:
    path, count = damaged
    sink = Collector()
    with pytest.raises(DamagedRecordingError) as caught:
        Pipeline(open_file(path, packet_us=1000), sinks=[sink]).run()
    assert caught.value.byte_offset == path.stat().st_size
    assert sum(map(len, sink.packets)) == count
    assert sink.closed == 1


def failing_source() -> Iterator[Events]:
    yield Events.from_numpy(t=[1, 2], x=[1, 2], y=[1, 2], p=[0, 1], width=64, height=48)
    raise LookupError("no more")


class PythonSource:
    """Packets out of Python."""

    width, height = 64, 48

    def __init__(self, packets: Iterator[Events]) -> None:
        self._packets = packets
        self.closed = False

    def __iter__(self) -> Iterator[Events]:
        return self._packets

    def close(self) -> None:
        self.closed = True


def test_a_fault_of_a_python_source_keeps_its_type() -> None:
    sink = Collector()
    with pytest.raises(LookupError, match="no more"):
        Pipeline(PythonSource(failing_source()), sinks=[sink]).run()
    assert (len(sink.packets), sink.closed) == (1, 1)


def test_a_fault_of_a_filter_keeps_its_type_and_what_came_before_it_went_out() -> None:
    sink = Collector()

    def third_fails(events: Events) -> Events:
        if len(sink.packets) == 2:
            raise ZeroDivisionError("third")
        return events

    with pytest.raises(ZeroDivisionError, match="third"):
        Pipeline(open_simulator(SIM, packet_us=1000), filters=[third_fails], sinks=[sink]).run()
    assert (len(sink.packets), sink.closed) == (2, 1)


def test_a_native_filter_for_another_sensor_is_refused_by_name_of_both_sizes() -> None:
    chain = parse_filters(["polarity:on"], width=32, height=32)
    with pytest.raises(InvalidArgumentError, match="64x48 sensor came to a filter of 32x32"):
        Pipeline(open_simulator(SIM), filters=chain.filters).run()


def test_a_fault_of_one_sink_ends_the_run_and_closes_all() -> None:
    good, full = Collector(), Collector(refuses_after=2)
    with pytest.raises(OSError, match="No space left on device"):
        Pipeline(open_simulator(SIM, packet_us=1000), sinks=[good, full]).run()
    assert (len(good.packets), len(full.packets)) == (3, 2)
    assert (good.closed, full.closed) == (1, 1)


def test_the_first_fault_is_the_one_that_is_raised_where_closing_fails_as_well(damaged: tuple[Path, int]) -> None:
    class Unclosable(Collector):
        def close(self) -> None:
            super().close()
            raise OSError(5, "Input/output error")

    first, second = Unclosable(), Unclosable()
    with pytest.raises(DamagedRecordingError):
        Pipeline(open_file(damaged[0]), sinks=[first, second]).run()
    assert (first.closed, second.closed) == (1, 1)
    with pytest.raises(OSError, match="Input/output error"):
        Pipeline(open_simulator(SIM), sinks=[Unclosable(), Unclosable()]).run()


def test_closing_a_waiting_source_from_another_thread_ends_the_run_and_closes_the_sinks() -> None:
    source = open_simulator(SimConfig(width=64, height=48, rate_hz=1e5), packet_us=1000, speed=1e-4)
    sink = Collector()
    closer = threading.Timer(0.1, source.close)
    closer.start()
    Pipeline(source, sinks=[sink]).run()
    closer.join()
    assert sink.closed == 1


def test_closing_a_pipe_that_nothing_comes_out_of_ends_the_run(tmp_path: Path) -> None:
    import os

    events = Events.from_numpy(t=[1, 2], x=[1, 2], y=[1, 2], p=[0, 1], width=64, height=48)
    read_end, write_end = os.pipe()
    os.write(write_end, b"% evt 3.0\n% geometry 64x48\n% end\n" + bytes(encode_evt3(events)))
    source = open_file(f"/proc/self/fd/{read_end}", format="evt3")

    class ClosesSource(Collector):
        def write(self, events: Events) -> None:
            super().write(events)
            threading.Timer(0.05, source.close).start()

    sink = ClosesSource()
    Pipeline(source, sinks=[sink]).run()
    assert np.array_equal(sink.array(), events.to_numpy())
    os.close(read_end)
    os.close(write_end)


CTRL_C = """
import os, signal, threading
from aestream_core.engine import Pipeline
from aestream_core.simulator import SimConfig, open_simulator
signal.signal(signal.SIGINT, signal.default_int_handler)
class Sink:
    def write(self, events): pass
    def close(self): print("closed", flush=True)
source = open_simulator(SimConfig(width=64, height=48, rate_hz=1e5), packet_us=1000, speed={speed})
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
Pipeline(source, sinks=[Sink()]).run()
"""


def test_ctrl_c_in_a_program_wakes_a_waiting_source_closes_the_sinks_and_is_raised() -> None:
    code = CTRL_C.format(speed=1e-4)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout == "closed\n"
    assert done.stderr.endswith("KeyboardInterrupt\n")
    assert done.returncode in (1, 130, -signal.SIGINT)


def test_packets_of_a_native_pipeline_never_pass_through_python(tmp_path: Path) -> None:
    calls: list[str] = []
    writer = create_file(tmp_path / "out.raw", width=64, height=48)
    chain = parse_filters(["polarity:on"], width=64, height=48)
    pipeline = Pipeline(open_simulator(SIM, packet_us=1000), filters=chain.filters, sinks=[writer])
    # The profiler sees calls of functions, Python's and native ones, in this thread.
    sys.setprofile(lambda frame, event, argument: calls.append(frame.f_code.co_name))
    try:
        progress = pipeline.run()
    finally:
        sys.setprofile(None)
    assert progress.packets == 100
    assert calls.count("open_native") in (1, 2), "the file is asked for its native sink, once"
    assert "write" not in calls
    assert len(calls) < 100


def test_a_filtered_stream_is_native_and_gives_what_filtering_by_hand_gives() -> None:
    stream = filtered(open_simulator(SIM, packet_us=1000), "refractory:500", "polarity:on")
    assert stream.as_native() is not None
    chain = parse_filters(["refractory:500", "polarity:on"], width=64, height=48)
    expected = [chain.apply(packet) for packet in open_simulator(SIM, packet_us=1000)]
    for ours, theirs in zip(stream, expected, strict=True):
        assert np.array_equal(ours.to_numpy(), theirs.to_numpy())
        assert ours.seq == theirs.seq
    assert stream.chain.counters() == chain.counters()


def test_a_stream_that_says_itself_what_comes_next_is_not_passed_by() -> None:
    class EveryOther(PacketStream):
        def __init__(self, source: PacketStream) -> None:
            super().__init__(source._stream, width=source.width, height=source.height)
            self._source = source

        def __next__(self) -> Events:
            next(self._source)
            return next(self._source)

    stream = EveryOther(open_simulator(SIM, packet_us=1000))
    assert stream.as_native() is None
    assert [packet.seq for packet in filtered(stream, "polarity:on")][:3] == [1, 3, 5]


def test_a_stream_whose_filtered_one_is_let_go_goes_on() -> None:
    stream = open_simulator(SIM, packet_us=1000)
    next(filtered(stream, "polarity:on"))
    assert next(stream).seq == 1


def test_a_filter_that_gives_no_packet_is_an_error_not_a_crash() -> None:
    nothing: Callable[[Events], Events] = lambda events: None  # type: ignore[assignment,return-value]  # noqa: E731
    with pytest.raises(AttributeError, match="_packet"):
        Pipeline(open_simulator(SIM), filters=[nothing]).run()


def test_a_pipeline_runs_once() -> None:
    pipeline = Pipeline(open_simulator(SIM))
    first = pipeline.run()
    assert first.events > 0
    assert pipeline.run() == first


def test_a_native_sink_that_is_closed_refuses_packets(tmp_path: Path) -> None:
    writer = create_file(tmp_path / "a.raw", width=64, height=48)
    writer.close()
    with pytest.raises(AestreamError, match="is closed; nothing more can be written"):
        Pipeline(open_simulator(SIM), sinks=[writer]).run()


def test_the_null_sink_lets_packets_go() -> None:
    class Null(Collector):
        def open_native(self) -> "_core.Sink":
            return _core.NullSink()

    sink = Null()
    assert Pipeline(open_simulator(SIM), sinks=[sink]).run().events == len(sim_events())
    assert (sink.packets, sink.closed) == ([], 1)
