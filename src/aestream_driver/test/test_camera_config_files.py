"""The parameter file of each camera model: it names what the model has, within bounds, and nothing else."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from aestream_core.config import setting_of
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.table import CAMERAS
from aestream_driver.config import DriverConfig

CONFIG = Path(__file__).resolve().parents[3] / "config"
models = pytest.mark.parametrize("model", CAMERAS.values(), ids=lambda model: model.name)


def parameters(model: CameraModel) -> dict[str, Any]:
    document = yaml.safe_load((CONFIG / f"{model.name}.yaml").read_text())
    assert list(document) == ["/**"]
    values: dict[str, Any] = document["/**"]["ros__parameters"]
    return values


@models
def test_every_name_is_a_parameter_and_every_value_is_allowed(model: CameraModel) -> None:
    own = {each.name for each in dataclasses.fields(model.settings)}
    values = parameters(model)
    model.settings(**{name: value for name, value in values.items() if name in own})
    config = DriverConfig(**{name: value for name, value in values.items() if name not in own})
    assert (config.source, config.camera) == ("camera", model.name)


@models
def test_every_setting_of_the_model_is_in_the_file_with_its_default(model: CameraModel) -> None:
    values = parameters(model)
    assert {each.name: each.default for each in dataclasses.fields(model.settings)}.items() <= values.items()


@models
def test_comments_say_which_settings_are_live(model: CameraModel) -> None:
    lines = (CONFIG / f"{model.name}.yaml").read_text().splitlines()
    for each in dataclasses.fields(model.settings):
        (index,) = [number for number, line in enumerate(lines) if line.strip().startswith(f"{each.name}:")]
        assert lines[index - 1].endswith("live.") == setting_of(each).live, each.name
