"""The device engine gives what the C++ engine gives: on a CPU, in Triton's interpreter, and on a GPU."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ssm_cases import SHAPES, random_cuts, random_model, random_stream
from torch.utils._python_dispatch import TorchDispatchMode

from aestream_core import Events
from aestream_core.errors import InvalidArgumentError
from aestream_snn.ssm.device import DeviceEngine, launches
from aestream_snn.ssm.device.launches import BUCKETS, bucket_of
from aestream_snn.ssm.device.network import DeviceNetwork
from aestream_snn.ssm.engine import StreamingEngine
from aestream_snn.ssm.packet_engine import make_engine

CPU = torch.device("cpu")


def assert_same(model: Any, cuts: list[tuple[int, int]], *, device: torch.device = CPU, **how: Any) -> None:
    """Push the same packets through both engines; compare after each."""
    tokens, times = random_stream(cuts[-1][1])
    native, ours = StreamingEngine(model, **how), DeviceEngine(model, device=device, **how)
    want, got = native.start(), ours.start()
    for begin, end in cuts:
        expected, _ = native.push_tokens(tokens[begin:end], times[begin:end], want)
        scores, _ = ours.push_tokens(tokens[begin:end], times[begin:end], got)
        np.testing.assert_allclose(scores, expected, rtol=2e-4, atol=2e-4)
        np.testing.assert_array_equal(scores, ours.scores(got))
        assert (got.events, got.outputs, got.resets) == (want.events, want.outputs, want.resets)


@pytest.mark.parametrize(("pooling", "discretisation", "norm"), SHAPES)
@pytest.mark.parametrize(("readout", "expansion", "stride"), [("avg", 1, 1), ("time", 2, 4), ("last", 2, 3)])
def test_any_packets_give_what_the_cpp_engine_gives(
    pooling: Any, discretisation: Any, norm: Any, readout: Any, expansion: int, stride: int
) -> None:
    model = random_model(
        pooling=pooling, discretisation=discretisation, norm=norm, readout=readout, expansion=expansion, stride=stride,
        conjugate=expansion == 2,
    )  # fmt: skip
    assert_same(model, random_cuts(300))


@pytest.mark.parametrize("events", [1, 15, 16, 17, 64])
def test_packets_of_and_beside_the_sizes_that_are_padded_to_agree(events: int) -> None:
    cuts = [(begin, min(begin + events, 200)) for begin in range(0, 200, events)]
    assert_same(random_model(pooling="time", readout="time"), cuts)


def test_a_packet_over_the_largest_size_goes_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aestream_snn.ssm.device.engine.BUCKETS", (16, 64))
    monkeypatch.setattr(launches, "BUCKETS", (16, 64))
    assert_same(random_model(), [(0, 200), (200, 300)])


def test_a_packet_goes_to_the_smallest_size_that_holds_it() -> None:
    assert [bucket_of(events) for events in (1, 16, 17, 16384, 20000)] == [16, 16, 64, 16384, 16384]
    assert sorted(BUCKETS) == list(BUCKETS)


@pytest.mark.parametrize("readout", ["avg", "time", "last"])
def test_the_readout_forgets_as_in_cpp(readout: Any) -> None:
    assert_same(random_model(readout=readout), random_cuts(300, seed=1), forget_ms=400.0)


def test_memory_changes_while_it_runs() -> None:
    model, (tokens, times) = random_model(), random_stream(200)
    native, ours = StreamingEngine(model), DeviceEngine(model, device=CPU)
    want, got = native.start(), ours.start()
    for forget_ms, begin, end in ((0.0, 0, 90), (50.0, 90, 150), (900.0, 150, 200)):
        native.remember(forget_ms)
        ours.remember(forget_ms)
        expected, _ = native.push_tokens(tokens[begin:end], times[begin:end], want)
        scores, _ = ours.push_tokens(tokens[begin:end], times[begin:end], got)
        np.testing.assert_allclose(scores, expected, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("upstream_time", [False, True])
def test_time_that_goes_backwards_starts_anew_as_in_cpp(upstream_time: bool) -> None:
    model, (tokens, times) = random_model(upstream_time=upstream_time), random_stream(120)
    times = np.concatenate([times[:50], times[50:80] - times[50], times[80:] - times[80]])
    native, ours = StreamingEngine(model), DeviceEngine(model, device=CPU)
    want, got = native.start(), ours.start()
    for begin, end in ((0, 30), (30, 80), (80, 120)):
        expected, _ = native.push_tokens(tokens[begin:end], times[begin:end], want)
        scores, _ = ours.push_tokens(tokens[begin:end], times[begin:end], got)
        np.testing.assert_allclose(scores, expected, rtol=2e-4, atol=2e-4)
    assert (got.resets, got.events, got.outputs) == (2, 120, want.outputs)


def test_scores_after_a_last_event_of_another_stream_are_not_those_of_the_one_before() -> None:
    model = random_model(upstream_time=True, stride=1)
    tokens, times = np.array([1, 2, 3, 4, 5]), np.array([0, 100, 200, 300, 50])
    native, ours = StreamingEngine(model), DeviceEngine(model, device=CPU)
    expected, _ = native.push_tokens(tokens, times, native.start())
    scores, state = ours.push_tokens(tokens, times, ours.start())
    np.testing.assert_allclose(scores, expected, rtol=2e-4, atol=2e-4)
    np.testing.assert_array_equal(scores, ours.scores(state))


def test_packets_of_a_larger_sensor_fall_into_the_same_cells() -> None:
    model, rng = random_model(tokens=2 * 4 * 5), np.random.default_rng(0)
    t = np.cumsum(rng.integers(0, 900, 300))
    x, y, p = rng.integers(0, 15, 300), rng.integers(0, 17, 300), rng.integers(0, 2, 300)
    packet = Events.from_numpy(t=t, x=x, y=y, p=p, width=15, height=17)
    native, ours = (make(model, cells=(4, 5)) for make in (StreamingEngine, _on_cpu))
    expected, want = native.push(packet, native.start())
    scores, got = ours.push(packet, ours.start())
    np.testing.assert_allclose(scores, expected, rtol=2e-4, atol=2e-4)
    assert got.outside == want.outside > 30


def _on_cpu(model: Any, **how: Any) -> DeviceEngine:
    return DeviceEngine(model, device=CPU, **how)


def test_states_are_independent_and_a_copy_stays_as_it_was() -> None:
    engine, (tokens, times) = _on_cpu(random_model()), random_stream(100)
    _, state = engine.push_tokens(tokens, times, engine.start())
    kept, fresh = state.copy(), engine.start()
    before = engine.scores(kept)
    engine.push_tokens(tokens, times + times[-1], state)
    assert np.array_equal(engine.scores(kept), before)
    again, _ = engine.push_tokens(tokens, times, fresh)
    assert np.array_equal(again, before)


def test_before_the_first_output_scores_are_the_bias() -> None:
    model = random_model()
    engine = _on_cpu(model)
    scores, state = engine.push_tokens([], [], engine.start())
    np.testing.assert_allclose(scores, model.head.bias.detach(), rtol=1e-6)
    assert state.events == 0


def test_unknown_tokens_and_wrong_times_are_refused() -> None:
    engine = _on_cpu(random_model())
    with pytest.raises(InvalidArgumentError, match="token 1 is 50; it must be 0 to 49"):
        engine.push_tokens([0, 50], [0, 1], engine.start())
    with pytest.raises(InvalidArgumentError, match="forget_ms is -1"):
        engine.remember(-1)
    with pytest.raises(InvalidArgumentError, match="tick_ms is 0"):
        DeviceEngine(random_model(), device=CPU, tick_ms=0)


def test_a_state_of_another_engine_is_refused() -> None:
    other = _on_cpu(random_model(states=16)).start()
    engine = _on_cpu(random_model())
    for use in (engine.scores, lambda state: engine.push_tokens([1], [0], state)):
        with pytest.raises(InvalidArgumentError, match="another shape"):
            use(other)


def test_the_engine_of_a_cpu_is_the_one_in_cpp() -> None:
    assert isinstance(make_engine(random_model(), device=CPU), StreamingEngine)


class Calls(TorchDispatchMode):
    """Writes down what torch is asked for, with shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[torch.Size]]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note the call, then make it."""
        shapes = [each.shape for each in args if isinstance(each, torch.Tensor)]
        self.seen.append((func.__name__, shapes))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("readout", ["avg", "time", "last"])
def test_calls_depend_on_no_value_as_a_graph_needs(readout: Any) -> None:
    network = DeviceNetwork(random_model(readout=readout, discretisation="zoh"), device=CPU, backend="chunked")
    seen = []
    for events in (0, 5, 16):
        with torch.no_grad(), Calls() as calls:
            inbox = torch.zeros(33, dtype=torch.int32)
            inbox[32] = events
            before = len(calls.seen)
            network.advance(inbox)
            seen.append(calls.seen[before:])
    assert seen[0] == seen[1] == seen[2]
    asks_for_values = {"_local_scalar_dense.default", "nonzero.default", "lift_fresh.default"}
    assert not asks_for_values & {name for name, _ in seen[0]}
    assert len(seen[0]) > 50


INTERPRETED = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np, torch
from ssm_cases import random_model, random_stream
from aestream_snn.ssm.device import DeviceEngine
from aestream_snn.ssm.engine import StreamingEngine
model, (tokens, times) = random_model(pooling="time", width=8, states=8, layers=1), random_stream(30)
native, ours = StreamingEngine(model), DeviceEngine(model, device=torch.device("cpu"), backend="triton")
want, got = native.start(), ours.start()
for begin, end in ((0, 3), (3, 30)):
    expected, _ = native.push_tokens(tokens[begin:end], times[begin:end], want)
    scores, _ = ours.push_tokens(tokens[begin:end], times[begin:end], got)
    np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-3)
print("agree")
"""


def test_with_tritons_scan_in_the_interpreter_they_agree() -> None:
    pytest.importorskip("triton")
    done = subprocess.run(
        [sys.executable, "-c", INTERPRETED, str(Path(__file__).parent)],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "agree", done.stderr


@pytest.mark.gpu
@pytest.mark.parametrize(("pooling", "discretisation", "readout"), [("avg", "async", "avg"), ("time", "zoh", "time")])
def test_on_a_gpu_graphs_give_what_the_cpp_engine_gives(pooling: Any, discretisation: Any, readout: Any) -> None:
    model = random_model(pooling=pooling, discretisation=discretisation, readout=readout)
    assert_same(model, random_cuts(3000), device=torch.device("cuda", 0), forget_ms=5000.0)
