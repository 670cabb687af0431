from typing import Any

import numpy as np
import pytest
import torch
from ssm_cases import DISCRETISATIONS, POOLINGS, SHAPES, loop_float64, random_model, random_stream

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.ssm import PRESETS, EventSSM, SSMConfig, gaps_ms, preset, vision_tokens
from aestream_snn.ssm.hippo import block_legs, legs_normal
from aestream_snn.ssm.stepper import Stepper

PARAMETERS = {"shd_medium": 423_956, "shd_tiny": 19_892, "ssc_small": 122_915, "ssc_medium": 598_115}
PARAMETERS |= {"dvs_small": 1_186_251, "dvs_medium": 4_743_019}


def scores_of(model: EventSSM, tokens: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        scores: np.ndarray = model(torch.from_numpy(tokens)[None], torch.from_numpy(gaps)[None])[0].numpy()
    return scores


@pytest.mark.parametrize(("pooling", "discretisation", "norm"), SHAPES)
def test_parallel_equals_one_event_at_a_time(pooling: Any, discretisation: Any, norm: Any) -> None:
    model = random_model(pooling=pooling, discretisation=discretisation, norm=norm, readout=pooling, expansion=2)
    tokens, times = random_stream(80)
    stepper, gaps = Stepper(model), gaps_ms(times)
    scores, state = stepper.start(), None
    first, state = stepper.push(tokens[:33], gaps[:33], stepper.start())
    scores, state = stepper.push(tokens[33:], gaps[33:], state)
    assert not torch.equal(first, scores)
    np.testing.assert_allclose(scores, scores_of(model, tokens, gaps), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("pooling", "discretisation", "norm"), SHAPES)
@pytest.mark.parametrize("conjugate", [True, False])
def test_parallel_equals_a_loop_in_float64(pooling: Any, discretisation: Any, norm: Any, conjugate: bool) -> None:
    model = random_model(pooling=pooling, discretisation=discretisation, norm=norm, conjugate=conjugate, clip=True)
    tokens, times = random_stream(80, seed=1)
    gaps = gaps_ms(times)
    np.testing.assert_allclose(scores_of(model, tokens, gaps), loop_float64(model, tokens, gaps), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("norm", ["layer", "batch"])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("training", [True, False])
def test_padding_never_leaks(norm: Any, pooling: Any, training: bool) -> None:
    model = random_model(norm=norm, pooling=pooling, readout=pooling).train(training)
    tokens, times = random_stream(64)
    short = (
        torch.from_numpy(np.stack([tokens[:40], tokens[24:]])),
        torch.from_numpy(np.stack([gaps_ms(times)[:40]] * 2)),
    )
    lengths = torch.tensor([40, 31])
    long = [torch.nn.functional.pad(each, (0, 23), value=49) for each in short]
    long[0][1, 31:], long[1][1, 31:] = -1, 77.0
    with torch.no_grad():
        torch.testing.assert_close(model(*short, lengths), model(*long, lengths), rtol=0, atol=0)


def test_a_recording_without_events_gets_the_heads_bias() -> None:
    model = random_model()
    nothing = torch.zeros(1, 0)
    assert torch.equal(model(nothing.long(), nothing)[0], model.head.bias)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_as_many_parameters_as_the_originals(name: str) -> None:
    assert sum(each.numel() for each in EventSSM(preset(name)).parameters()) == PARAMETERS[name]


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown model 'dvs_large'; known: dvs_medium, dvs_small"):
        preset("dvs_large")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"block": 7}, "block is 7"), ({"dt_min": 1.0}, "dt_min is 1.0"), ({"stages": 4}, "stages is 4")],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        SSMConfig(**wrong)


def test_blocks_diagonalise_the_normal_part_of_legs() -> None:
    rates, v, inverse = block_legs(16, 8, conjugate=False)
    for block in (slice(0, 8), slice(8, 16)):
        np.testing.assert_allclose((v @ np.diag(rates) @ inverse)[block, block], legs_normal(8), atol=1e-12)
    np.testing.assert_allclose(rates.real, -0.5)


def test_conjugates_left_out_are_those_of_the_kept() -> None:
    whole, half = block_legs(8, 8, conjugate=False)[0], block_legs(8, 8, conjugate=True)[0]
    np.testing.assert_allclose(np.sort_complex(np.concatenate([half, half.conj()])), np.sort_complex(whole), atol=1e-12)


def test_every_pixel_and_polarity_has_a_token_of_its_own() -> None:
    p, y, x = (each.ravel() for each in np.indices((2, 5, 3)))
    assert sorted(vision_tokens(x, y, p, width=3, height=5).tolist()) == list(range(30))
    assert vision_tokens(np.array([2]), np.array([1]), np.array([1]), width=3, height=5).tolist() == [15 + 11]


def test_tokens_of_events_outside_the_sensor_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"event 1 is at \(3, 0\)"):
        vision_tokens(np.array([0, 3]), np.array([0, 0]), np.array([0, 0]), width=3, height=5)


def test_gaps_are_those_before_an_event_or_after_it_as_upstream_has_them() -> None:
    times = np.array([5_000, 6_000, 9_000])
    assert gaps_ms(times).tolist() == [0, 1, 3]
    assert gaps_ms(times, upstream_time=True).tolist() == [1, 3, 0]
    with pytest.raises(InvalidArgumentError, match=r"times_us\[1\] is 2 µs before"):
        gaps_ms(np.array([5, 3]))


@pytest.mark.parametrize("discretisation", DISCRETISATIONS)
def test_all_parameters_get_gradients(discretisation: Any) -> None:
    model = random_model(discretisation=discretisation, expansion=2).train()
    tokens, times = random_stream(60)
    model(torch.from_numpy(tokens)[None], torch.from_numpy(gaps_ms(times))[None]).square().sum().backward()
    assert [name for name, each in model.named_parameters() if each.grad is None or not each.grad.any()] == []


def test_dropout_keeps_one_mask_over_time() -> None:
    model = random_model(dropout=0.5).train()
    dropped = model.stack[0]._dropped(torch.ones(2, 30, 24))
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert 0 < int((dropped == 0).sum()) < dropped.numel()
