import itertools
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from ssm_cases import SHAPES, random_cuts, random_model, random_stream

from aestream_core import Events
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_snn.ssm import EventSSM, SSMConfig, gaps_ms, packet_tokens, vision_tokens
from aestream_snn.ssm.engine import StreamingEngine
from aestream_snn.ssm.weights import load_model, save_model


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def scores_of(model: EventSSM, tokens: np.ndarray, times: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        scores: np.ndarray = model(torch.from_numpy(tokens)[None], torch.from_numpy(gaps_ms(times))[None])[0].numpy()
    return scores


@pytest.mark.parametrize(("pooling", "discretisation", "norm"), SHAPES)
@pytest.mark.parametrize(("readout", "expansion", "stride"), [("avg", 1, 1), ("time", 2, 4), ("last", 2, 3)])
def test_any_packets_give_the_scores_of_the_whole(
    pooling: Any, discretisation: Any, norm: Any, readout: Any, expansion: int, stride: int
) -> None:
    model = random_model(
        pooling=pooling, discretisation=discretisation, norm=norm, readout=readout, expansion=expansion, stride=stride,
        conjugate=expansion == 2,
    )  # fmt: skip
    tokens, times = random_stream()
    engine = StreamingEngine(model)
    state = engine.start()
    for begin, end in random_cuts(300):
        scores, state = engine.push_tokens(tokens[begin:end], times[begin:end], state)
    np.testing.assert_allclose(scores, scores_of(model, tokens, times), rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("seed", range(3))
def test_scores_after_any_event_are_those_of_all_events_so_far(seed: int) -> None:
    model = random_model(pooling="time", readout="time")
    tokens, times = random_stream(40, seed=seed)
    engine = StreamingEngine(model)
    state = engine.start()
    for index in range(40):
        scores, state = engine.push_tokens(tokens[index : index + 1], times[index : index + 1], state)
        want = scores_of(model, tokens[: index + 1], times[: index + 1])
        np.testing.assert_allclose(scores, want, rtol=2e-4, atol=2e-4)
        assert np.array_equal(scores, engine.scores(state))


@pytest.mark.parametrize("width", [8, 40, 96])
@pytest.mark.parametrize("states", [8, 72])
def test_sizes_that_fill_no_vector_are_exact_too(width: int, states: int) -> None:
    model = random_model(width=width, states=states, expansion=2)
    tokens, times = random_stream(2500)
    engine = StreamingEngine(model)
    scores, _ = engine.push_tokens(tokens, times, engine.start())
    np.testing.assert_allclose(scores, scores_of(model, tokens, times), rtol=5e-4, atol=5e-4)


def test_with_upstream_time_an_event_waits_for_the_next() -> None:
    model = random_model(upstream_time=True)
    tokens, times = random_stream(100)
    engine = StreamingEngine(model)
    state = engine.start()
    for begin, end in random_cuts(100):
        scores, state = engine.push_tokens(tokens[begin:end], times[begin:end], state)
    gaps = torch.from_numpy(gaps_ms(times, upstream_time=True)[:-1])
    with torch.no_grad():
        want = model(torch.from_numpy(tokens[:-1])[None], gaps[None])[0].numpy()
    np.testing.assert_allclose(scores, want, rtol=2e-4, atol=2e-4)


def test_packets_of_a_camera_give_what_their_tokens_give() -> None:
    model, rng = random_model(tokens=2 * 6 * 5), np.random.default_rng(0)
    t = np.cumsum(rng.integers(0, 900, 200))
    x, y, p = rng.integers(0, 6, 200), rng.integers(0, 5, 200), rng.integers(0, 2, 200)
    packet = Events.from_numpy(t=t, x=x, y=y, p=p, width=6, height=5)
    engine = StreamingEngine(model)
    first, rest = packet.split_after(77)
    scores, state = engine.push(first, engine.start())
    scores, state = engine.push(rest, state)
    tokens, times, _ = packet_tokens(packet, width=6, height=5)
    np.testing.assert_allclose(scores, scores_of(model, tokens, times), rtol=2e-4, atol=2e-4)
    assert (state.events, state.outputs, state.resets, state.outside) == (200, 22, 0, 0)


def test_a_sensor_of_another_size_is_refused() -> None:
    engine = StreamingEngine(random_model(tokens=2 * 6 * 5))
    with pytest.raises(InvalidArgumentError, match="the sensor is 7 x 5; it must have 30 pixels"):
        engine.push(Events.from_numpy(t=[0], x=[0], y=[0], p=[0], width=7, height=5), engine.start())


@pytest.mark.parametrize(("width", "height"), [(6, 5), (12, 10), (26, 15), (13, 21)])
def test_cells_take_the_middle_of_any_sensor_that_holds_them(width: int, height: int) -> None:
    model, rng = random_model(tokens=2 * 6 * 5), np.random.default_rng(0)
    t = np.cumsum(rng.integers(0, 900, 300))
    x, y, p = rng.integers(0, width, 300), rng.integers(0, height, 300), rng.integers(0, 2, 300)
    engine = StreamingEngine(model, cells=(6, 5))
    scores, state = engine.push(Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height), engine.start())
    side = min(width // 6, height // 5)
    column, row = (x - (width - 6 * side) // 2) // side, (y - (height - 5 * side) // 2) // side
    inside = (column >= 0) & (column < 6) & (row >= 0) & (row < 5)
    tokens = vision_tokens(column[inside], row[inside], p[inside], width=6, height=5)
    np.testing.assert_allclose(scores, scores_of(model, tokens, t[inside]), rtol=2e-4, atol=2e-4)
    assert (state.events, state.outside) == (inside.sum(), 300 - inside.sum())


def test_cells_that_do_not_fit_the_model_or_the_sensor_are_refused() -> None:
    model = random_model(tokens=2 * 6 * 5)
    with pytest.raises(InvalidArgumentError, match=r"cells are \(7, 5\); two tokens each must make 60"):
        StreamingEngine(model, cells=(7, 5))
    engine = StreamingEngine(model, cells=(6, 5))
    with pytest.raises(InvalidArgumentError, match="the sensor is 9 x 4; it must have at least 6 x 5 pixels"):
        engine.push(Events.from_numpy(t=[0], x=[0], y=[0], p=[0], width=9, height=4), engine.start())


def test_memory_changes_from_one_packet_to_the_next() -> None:
    model = random_model()
    tokens, times = random_stream(200)
    changed, fixed = StreamingEngine(model), StreamingEngine(model, forget_ms=50.0)
    changed.remember(50.0)
    for engine in (changed, fixed):
        scores, _ = engine.push_tokens(tokens, times, engine.start())
        np.testing.assert_array_equal(scores, fixed.push_tokens(tokens, times, fixed.start())[0])
    assert not np.array_equal(scores, StreamingEngine(model).push_tokens(tokens, times, changed.start())[0])
    with pytest.raises(InvalidArgumentError, match=r"forget_ms is -1.0; it must be 0 or more"):
        changed.remember(-1.0)


def test_time_that_goes_backwards_starts_anew_and_is_counted() -> None:
    model = random_model()
    tokens, times = random_stream(60)
    engine = StreamingEngine(model)
    later = np.concatenate([times + 10**9, times])
    scores, state = engine.push_tokens(np.tile(tokens, 2), later, engine.start())
    np.testing.assert_allclose(scores, scores_of(model, tokens, times), rtol=2e-4, atol=2e-4)
    assert state.resets == 1
    assert state.events == 120


@pytest.mark.parametrize("discretisation", ["zoh", "dirac", "async"])
@pytest.mark.parametrize("gap", [2**31, 2**40, 2**62])
def test_huge_gaps_decay_to_what_a_fresh_start_gives(discretisation: Any, gap: int) -> None:
    model = random_model(discretisation=discretisation)
    with torch.no_grad():
        for layer in model.stack[1:]:
            layer.ssm.rate_re.clamp_(max=-0.4)
    tokens, times = random_stream(60)
    engine = StreamingEngine(model)
    _, state = engine.push_tokens(tokens[:9], times[:9], engine.start())
    scores, state = engine.push_tokens(tokens[9:], times[9:] + gap, state)
    assert np.isfinite(scores).all()
    assert state.resets == 0
    extremes = np.array([-(2**63), 2**63 - 1])
    assert np.isfinite(engine.push_tokens(tokens[:2], extremes, engine.start())[0]).all()


def test_a_gap_of_minutes_decays_as_in_the_model() -> None:
    tokens = np.arange(8)
    times = np.array([0, 10**6, 10**9, 3 * 10**9, 3 * 10**9 + 1, 10**10, 10**10 + 5, 2 * 10**10])
    engine = StreamingEngine(random_model(dt_min=1e-7, dt_max=1e-6, stride=1))
    model = random_model(dt_min=1e-7, dt_max=1e-6, stride=1)
    scores, _ = engine.push_tokens(tokens, times, engine.start())
    np.testing.assert_allclose(scores, scores_of(model, tokens, times), rtol=1e-3, atol=1e-3)


def test_a_readout_that_forgets_weighs_outputs_by_their_age() -> None:
    model, (tokens, _), times = random_model(), random_stream(300), np.arange(300) * 1000
    engine = StreamingEngine(model, forget_ms=20)
    scores, _ = engine.push_tokens(tokens, times, engine.start())
    with torch.no_grad():
        x, gaps, _ = model.features(
            torch.from_numpy(tokens)[None], torch.from_numpy(gaps_ms(times))[None], torch.tensor([300])
        )
        age_ms = gaps[0].sum() - gaps[0].cumsum(0)
        want = model.head(torch.softmax(-age_ms / 20, 0) @ x[0])
    np.testing.assert_allclose(scores, want, rtol=2e-4, atol=2e-4)
    assert np.abs(scores - scores_of(model, tokens, times)).max() > 1e-2


def test_an_unknown_token_is_refused_and_nothing_is_taken_in() -> None:
    engine = StreamingEngine(random_model())
    state = engine.start()
    for wrong in (50, -1):
        with pytest.raises(InvalidArgumentError, match=rf"token 1 is {wrong}; it must be 0 to 49"):
            engine.push_tokens([0, wrong], [0, 1], state)
    assert state.events == 0


def test_a_state_of_another_engine_is_refused() -> None:
    one, other = StreamingEngine(random_model()), StreamingEngine(random_model(width=32))
    with pytest.raises(ValueError, match="another shape"):
        one.push_tokens([0], [0], other.start())


def test_a_copy_of_a_state_stays_as_it_was() -> None:
    engine, (tokens, times) = StreamingEngine(random_model()), random_stream(100)
    _, state = engine.push_tokens(tokens, times, engine.start())
    kept = state.copy()
    before = engine.scores(kept)
    engine.push_tokens(tokens, times + times[-1], state)
    assert np.array_equal(engine.scores(kept), before)
    assert not np.array_equal(engine.scores(state), before)


def test_ten_million_events_take_no_more_memory_than_one() -> None:
    model = EventSSM(SSMConfig(tokens=700, classes=2, width=8, states=8, stages=2, layers=1, stride=16))
    engine, rng = StreamingEngine(model), np.random.default_rng(0)
    tokens, gaps = rng.integers(0, 700, 100_000), np.arange(100_000) * 7
    state = engine.start()
    for turn in range(100):
        scores, state = engine.push_tokens(tokens, gaps + turn * 700_000, state)
        if turn == 2:
            before = resident_bytes()
    assert state.events == 10_000_000
    assert np.isfinite(scores).all()
    assert resident_bytes() - before < 1 << 20


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused_by_name(value: float, tmp_path: Path) -> None:
    model = random_model()
    save_model(model, tmp_path / "good")
    with torch.no_grad():
        model.stack[1].gate.bias[2] = value
    for use in (StreamingEngine, lambda each: save_model(each, tmp_path / "bad")):
        with pytest.raises(InvalidArgumentError, match=r"stack\.1\.gate\.bias holds NaN"):
            use(model)


def test_states_that_would_grow_are_refused() -> None:
    model = random_model()
    with torch.no_grad():
        model.stack[0].ssm.rate_re[0] = 0.5
    with pytest.raises(InvalidArgumentError, match="real part over 0"):
        StreamingEngine(model)


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    model, (tokens, times) = random_model(norm="batch", expansion=2), random_stream(50)
    save_model(model, tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.config == model.config
    assert np.array_equal(scores_of(again, tokens, times), scores_of(model, tokens, times))


def test_files_that_hold_no_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"no")
    with pytest.raises(FormatError, match=r"x\.safetensors"):
        load_model(path)
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(FormatError, match="holds no Event-SSM"):
        load_model(path)


def test_cut_points_cover_the_stream() -> None:
    cuts = random_cuts(300)
    assert cuts[0][0] == 0
    assert cuts[-1][1] == 300
    assert all(a[1] == b[0] for a, b in itertools.pairwise(cuts))
