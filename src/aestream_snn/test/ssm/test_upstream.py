from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from ssm_cases import GOLDEN_NAMES, Golden, loop_float64, random_model

from aestream_core.errors import FormatError
from aestream_snn.ssm.device import DeviceEngine
from aestream_snn.ssm.engine import StreamingEngine
from aestream_snn.ssm.stepper import Stepper
from aestream_snn.ssm.upstream import export_upstream, flatten, import_upstream, upstream_config


def load(name: str) -> tuple[Golden, torch.nn.Module]:
    golden = Golden(name)
    return golden, import_upstream(golden.tree, upstream_config(golden.settings, tokens=40, classes=5))


@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_in_parallel_the_model_gives_the_originals_scores(name: str) -> None:
    golden, model = load(name)
    tokens, gaps, lengths = (torch.from_numpy(each) for each in (golden.tokens, golden.gaps, golden.lengths))
    with torch.no_grad():
        scores = model(tokens, gaps, lengths).numpy()
    for index in range(3):
        np.testing.assert_allclose(scores[index], golden.expected(index), atol=1e-5)


@pytest.mark.parametrize("name", GOLDEN_NAMES)
@pytest.mark.parametrize("index", [0, 1, 2])
def test_event_by_event_it_gives_them_too(name: str, index: int) -> None:
    golden, model = load(name)
    stepper, length = Stepper(model), golden.lengths[index]
    scores, _ = stepper.push(golden.tokens[index, :length], golden.gaps[index, :length], stepper.start())
    np.testing.assert_allclose(scores, golden.expected(index), atol=1e-5)


@pytest.mark.parametrize("name", GOLDEN_NAMES)
@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("make", [StreamingEngine, partial(DeviceEngine, device=torch.device("cpu"))])
def test_the_engines_give_them_with_the_gap_to_the_next_event(name: str, index: int, make: Any) -> None:
    golden, model = load(name)
    engine, length = make(model, tick_ms=1e-6), golden.lengths[index]
    times = np.concatenate([[0], np.cumsum(np.rint(golden.gaps[index, :length] * 1e6).astype(np.int64))])
    tokens, state = np.append(golden.tokens[index, :length], 0), engine.start()
    for token, time in zip(tokens, times, strict=True):
        scores, state = engine.push_tokens([token], [time], state)
    np.testing.assert_allclose(scores, golden.expected(index), atol=1e-5)


@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_a_loop_in_float64_gives_them(name: str) -> None:
    golden, model = load(name)
    length = golden.lengths[1]
    scores = loop_float64(model, golden.tokens[1, :length], golden.gaps[1, :length])
    np.testing.assert_allclose(scores, golden.expected(1), atol=1e-5)


@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_export_gives_back_the_originals_names_shapes_and_numbers(name: str) -> None:
    golden, model = load(name)
    exported = flatten(export_upstream(model))
    assert exported.keys() == golden.tree.keys()
    for key, value in exported.items():
        np.testing.assert_array_equal(value, golden.tree[key], strict=True)


@pytest.mark.parametrize("norm", ["layer", "batch"])
def test_our_models_come_back_from_upstreams_names_as_they_went(norm: str) -> None:
    model = random_model(norm=norm, expansion=2)
    tree = export_upstream(model)
    assert ("batch_stats" in tree) == (norm == "batch")
    back = import_upstream(tree, model.config).state_dict()
    for name, value in model.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(back[name], value)


def test_nested_trees_and_batch_statistics_are_flattened() -> None:
    tree = {"params": {"decoder": {"bias": np.ones(2)}}, "batch_stats": {"encoder": {"x": np.zeros(1)}}}
    assert sorted(flatten(tree)) == ["decoder.bias", "encoder.x"]


def test_a_missing_an_unknown_a_misshapen_and_a_nan_parameter_are_refused() -> None:
    golden = Golden("A_async_avg")
    config = upstream_config(golden.settings, tokens=40, classes=5)
    for change, message in (
        ({"decoder.bias": None}, "head.bias is missing"),
        ({"encoder.other": np.ones(1)}, "'encoder.other' is unknown"),
        ({"decoder.bias": np.ones(9)}, "head.bias is"),
        ({"decoder.bias": np.full(5, np.nan)}, "finite"),
    ):
        tree = {key: value for key, value in {**golden.tree, **change}.items() if value is not None}
        with pytest.raises(FormatError, match=message):
            import_upstream(tree, config)
    with pytest.raises(FormatError, match="it must be"):
        import_upstream(golden.tree, replace(config, classes=6))
