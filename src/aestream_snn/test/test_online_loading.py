"""Checkpoints become models that run live, or are refused with one line that says why."""

import json
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from online_cases import LABELS, checkpoint, window, written
from safetensors.torch import save_file

from aestream_core.errors import AestreamError, FormatError
from aestream_snn.online.loading import load_online
from aestream_snn.shipped import SHIPPED

CPU = torch.device("cpu")


def test_a_checkpoint_becomes_a_model_with_its_classes_and_windows(tmp_path: Path) -> None:
    model = load_online(str(written(tmp_path)), device=CPU)
    assert (model.takes, model.labels, model.device) == ("tensors", LABELS, CPU)
    assert model.name == "conv_iaf (small)"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_model_loads_by_its_name_and_is_small(name: str) -> None:
    model = load_online(name, device=CPU)
    model.warm_up()
    assert len(model.scores()) == len(model.labels)
    assert SHIPPED[name].stat().st_size < 2_000_000


@pytest.mark.parametrize("name", ["conv_iaf", "histogram_cnn"])
def test_native_and_torch_engines_give_the_same_scores_and_readings(tmp_path: Path, name: str) -> None:
    path = str(written(tmp_path, checkpoint(name=name)))
    models = [load_online(path, device=CPU, engine=engine) for engine in ("auto", "torch")]
    for model in models:
        model.warm_up()
        model.watch(1)
        for number in (*range(12), 15):
            model.step(window(number).tensor, windows=1 if number < 12 else 4)
    native, plain = models
    np.testing.assert_allclose(native.scores(), plain.scores(), atol=0.01)
    assert native.scores().std() > 0.01
    readings = [model.inside() for model in models]
    if name == "histogram_cnn":
        assert readings == [None, None]
        return
    for fast, slow in zip(*(reading.layers for reading in readings), strict=True):
        assert astuple(fast) == pytest.approx(astuple(slow), rel=0.02)


def test_an_engine_that_the_device_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AestreamError, match="engine 'cuda_graph' does not run on cpu"):
        load_online(str(written(tmp_path)), device=CPU, engine="cuda_graph")


def bad_weights(value: float) -> dict[str, torch.Tensor]:
    tensors = dict(checkpoint().tensors)
    tensors["model.weights.0.weight"] = tensors["model.weights.0.weight"] * value
    return tensors


def with_fact(**facts: object) -> dict[str, object]:
    return dict(checkpoint().facts) | facts


@pytest.mark.parametrize(
    ("tensors", "facts", "message"),
    [
        (bad_weights(float("nan")), None, "weight 'weights.0.weight' holds NaN or infinity"),
        (bad_weights(float("inf")), None, "weight 'weights.0.weight' holds NaN or infinity"),
        ({"model.weights.0.weight": torch.zeros(8, 2, 5, 5)}, None, r"is \(8, 2, 5, 5\); the model has \(8, 2, 3, 3\)"),
        ({}, None, "weight 'weights.0.weight' is not there"),
        (None, with_fact(config={}), "its header does not say what the model is"),
        (None, with_fact(input_shape=[2, 16]), r"input_shape is \[2, 16\]"),
        (None, with_fact(input_shape=[2, 10**6, 10**6]), "input_shape is"),
        (None, checkpoint(by="count").facts, "trained on frames by 'count'"),
        (None, checkpoint(duration_us=None).facts, "only windows of a known length run live"),
    ],
)
def test_a_bad_checkpoint_is_refused_with_one_line(
    tmp_path: Path, tensors: dict[str, torch.Tensor] | None, facts: dict[str, object] | None, message: str
) -> None:
    made = checkpoint()
    made = replace(made, tensors=made.tensors if tensors is None else tensors, facts=facts or made.facts)
    with pytest.raises(FormatError, match=message) as caught:
        load_online(str(written(tmp_path, made)), device=CPU)
    assert "\n" not in str(caught.value)


def test_an_unknown_model_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    made = checkpoint()
    config = made.facts["config"] | {"model": {"name": "resnet"}}
    path = written(tmp_path, replace(made, facts=dict(made.facts) | {"config": config}))
    with pytest.raises(AestreamError, match="unknown model 'resnet'; known: conv_iaf"):
        load_online(str(path), device=CPU)


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95pickle", b"\xff" * 100, b'\x08\0\0\0\0\0\0\0{"a": 1}'])
def test_a_file_that_is_no_safetensors_is_refused_with_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="no safetensors file") as caught:
        load_online(str(path), device=CPU)
    assert "\n" not in str(caught.value)


def test_tensors_of_another_suite_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, path, metadata={"format": "pt"})
    with pytest.raises(FormatError, match="no checkpoint of this suite"):
        load_online(str(path), device=CPU)


def test_a_name_that_is_no_file_lists_the_shipped_models() -> None:
    with pytest.raises(FormatError, match=r"'gestrues' is no file, and no shipped model; shipped: .*simgesture"):
        load_online("gestrues", device=CPU)


def test_a_header_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    save_file({"a": torch.zeros(1)}, path, metadata={"aestream": json.dumps({"version": 2})})
    with pytest.raises(FormatError, match="version 2; this reads version 1"):
        load_online(str(path), device=CPU)
