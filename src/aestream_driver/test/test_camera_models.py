"""The table of camera models: every setting reaches the library, described and in bounds."""

import dataclasses
from typing import Any

import neuromorphic_drivers as nd
import numpy as np
import pytest

from aestream_core.config import setting_of
from aestream_core.errors import InvalidArgumentError
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import open_device
from aestream_driver.cameras.names import CAMERA_NAMES
from aestream_driver.cameras.prophesee_evk4 import EVK4Settings, configure
from aestream_driver.cameras.table import CAMERAS
from aestream_driver.config import DriverConfig

NEUROMORPHIC = [model for model in CAMERAS.values() if model.library == "neuromorphic_drivers"]
models = pytest.mark.parametrize("model", NEUROMORPHIC, ids=lambda model: model.name)


def test_the_table_has_a_row_for_every_name() -> None:
    assert tuple(CAMERAS) == CAMERA_NAMES


@models
def test_a_model_is_what_the_library_says_it_is(model: CameraModel) -> None:
    properties = getattr(nd, model.name).Properties()
    assert (model.width, model.height) == (properties.width, properties.height)
    assert nd.Name(model.title).name.lower() == model.name


@models
def test_the_default_settings_are_the_librarys_own(model: CameraModel) -> None:
    ours, theirs = model.configure(model.settings()), getattr(nd, model.name).Configuration()
    if model.name == "inivation_dvxplorer":  # The library's default leaves most of the sensor's rate unused.
        theirs.readout_frames_per_second = ours.readout_frames_per_second
    assert ours.serialize() == theirs.serialize()


@pytest.mark.parametrize("model", CAMERAS.values(), ids=lambda model: model.name)
def test_every_setting_is_described_and_its_bounds_are_accepted_by_the_library(model: CameraModel) -> None:
    for each in dataclasses.fields(model.settings):
        rule = setting_of(each)
        assert rule.description
        for value in rule.choices or rule.bounds or ():
            made = model.configure(model.settings(**{each.name: value}))
            if model.library == "neuromorphic_drivers":
                assert getattr(nd, model.name).Configuration.type() == made.type()
                made.serialize()


@models
def test_every_setting_changes_what_the_camera_is_told(model: CameraModel) -> None:
    default = model.configure(model.settings(**_switched_on(model))).serialize()
    for each in dataclasses.fields(model.settings):
        changed = model.settings(**{**_switched_on(model), each.name: _other_value(each)})
        assert model.configure(changed).serialize() != default, each.name


def _switched_on(model: CameraModel) -> dict[str, object]:
    """Give what other settings need to have an effect."""
    return (
        {"erc_max_events": 100}
        if "erc_max_events" in {each.name for each in dataclasses.fields(model.settings)}
        else {}
    )


def _other_value(each: "dataclasses.Field[object]") -> object:
    rule = setting_of(each)
    if each.name == "roi":
        return "10,20,30,40"
    if each.name == "masked_pixels":
        return "3,4 5,6"
    if isinstance(each.default, bool):
        return not each.default
    options = rule.choices or rule.bounds or ()
    return next(value for value in reversed(options) if value != each.default)


@models
def test_a_device_is_opened_raw_where_it_speaks_evt3_with_a_ring_that_holds_all_transfers(
    model: CameraModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(nd, "open", lambda **options: asked.update(options))
    rule = setting_of(next(each for each in dataclasses.fields(DriverConfig) if each.name == "ring_mb"))
    assert rule.bounds is not None
    configuration = model.configure(model.settings())
    open_device(model, configuration=configuration, serial="", ring_bytes=int(rule.bounds[0]) << 20)
    assert asked["ring_configuration"].ring_length > asked["ring_configuration"].parallel_submissions
    assert (asked["configuration"], asked["raw"], asked["serial"]) == (configuration, model.evt3, None)
    assert 0 < asked["iterator_timeout"] <= 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bias_diff_on": 500}, "bias_diff_on is 500; it must be -85 to 140"),
        ({"roi": "1,2,3"}, "roi is '1,2,3'; it must be \"x,y,width,height\" in pixels, or empty"),
        ({"roi": "0,0,0,5"}, "roi is '0,0,0,5'; it must be"),
        ({"roi": "1200,0,100,5"}, "roi is '1200,0,100,5'; it must lie within the sensor's 1280x720 pixels"),
        ({"masked_pixels": "1,2 3"}, "masked_pixels has '3'; it must be"),
        ({"masked_pixels": "1280,0"}, "masked_pixels has '1280,0', which is outside the sensor's 1280x720 pixels"),
        ({"masked_pixels": "1,1 " * 65}, "masked_pixels has 65 pixels; the chip can mask 64"),
        ({"sync": "both"}, "sync is 'both'; it must be one of standalone, primary, secondary"),
    ],
)
def test_impossible_settings_are_refused_by_name(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        EVK4Settings(**settings)  # type: ignore[arg-type]


def test_a_region_masks_every_column_and_row_outside_it_and_none_inside() -> None:
    made = configure(EVK4Settings(roi="100,50,300,200"))
    columns, rows = (
        np.unpackbits(np.array(mask, "<u8").view(np.uint8), bitorder="little") for mask in (made.x_mask, made.y_mask)
    )
    assert (np.flatnonzero(columns[:1280] == 0) == np.arange(100, 400)).all()
    assert (np.flatnonzero(rows[:720] == 0) == np.arange(50, 250)).all()
    assert not made.mask_intersection_only


def test_the_roles_of_clocks_are_the_librarys() -> None:
    clocks = [configure(EVK4Settings(sync=role)).clock.name for role in ("standalone", "primary", "secondary")]
    assert clocks == ["INTERNAL", "INTERNAL_WITH_OUTPUT_ENABLED", "EXTERNAL"]
