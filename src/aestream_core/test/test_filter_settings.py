"""Filters are asked for by name and told in texts, numbers and files; what cannot be is said in one line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filter_cases import HEIGHT, WIDTH, random_stream
from PIL import Image

from aestream_core.errors import AestreamError, InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.filters import FILTERS, FilterChain, make_filter, parse_filters

SIZE = {"width": WIDTH, "height": HEIGHT}


def stream() -> Events:
    return Events.from_numpy(random_stream(), **SIZE)


@pytest.mark.parametrize(
    ("text", "name", "how"),
    [
        ("refractory:500", "refractory", {"us": 500}),
        ("refractory:us=500", "refractory", {"us": 500}),
        ("background-activity", "background_activity", {}),
        (" stcf : 1e3, k=3 ", "stcf", {"us": 1000, "k": 3}),
        ("stcf:1000:3:any:true", "stcf", {"us": 1000, "k": 3, "polarity": "any", "self": True}),
        ("crop:2:3:10:4", "crop", {"x": 2, "y": 3, "columns": 10, "rows": 4}),
        ("stc:mode=keep_trail", "stc", {"mode": "keep_trail"}),
        ("hot_pixels:window-us=20000,learn=no", "hot_pixels", {"window_us": 20000, "learn": False}),
    ],
)
def test_a_text_says_the_same_as_keywords(text: str, name: str, how: dict[str, Any]) -> None:
    from_text = parse_filters([text], **SIZE).apply(stream())
    assert np.array_equal(from_text.to_numpy(), make_filter(name, **SIZE, **how).apply(stream()).to_numpy())


def test_filters_are_chained_and_sizes_handed_on() -> None:
    chain = parse_filters(["downsample:2", "rotate", "refractory:10", "refractory:500"], **SIZE)
    assert (chain.width, chain.height) == (9, 12)
    kept = chain(stream())
    assert (kept.width, kept.height) == (9, 12)
    counters = chain.counters()
    assert list(counters) == ["downsample", "rotate", "refractory", "refractory#2"]
    assert counters["refractory#2"]["events_in"] == counters["refractory"]["events_out"]
    assert counters["refractory#2"]["events_out"] == len(kept)
    chain.reset()
    assert np.array_equal(chain(stream()).to_numpy(), kept.to_numpy())


def test_no_filters_let_everything_pass() -> None:
    events = stream()
    chain = parse_filters([], **SIZE)
    assert chain.apply(events) is events
    assert (chain.width, chain.height, chain.counters()) == (WIDTH, HEIGHT, {})
    assert isinstance(chain, FilterChain)


REFUSED = [
    ("blur", r"unknown filter 'blur'; known: anti_flicker, background_activity, "),
    ("", r"unknown filter ''; known: "),
    ("refractory:ms=3", r"unknown parameter of filter refractory 'ms'; known: us"),
    ("refractory:0", r"filter refractory: us is 0; it must be a whole number, 1 to 1000000000 us"),
    ("refractory:1.5", r"filter refractory: us is 1.5; it must be a whole number"),
    ("refractory:soon", r"filter refractory: us is 'soon'; it must be a whole number, 1 to 1000000000 us"),
    ("refractory:nan", r"filter refractory: us is nan; it must be"),
    ("refractory:1:2", r"filter refractory: '2' is one value too many; it takes us"),
    ("refractory:1:us=2", r"filter refractory: us is given twice"),
    ("transpose:1", r"it takes nothing"),
    ("polarity", r"filter polarity needs polarity: on: brighter, off: darker"),
    ("polarity:up", r"filter polarity: polarity is 'up'; it must be one of on, off"),
    ("stcf:self=maybe", r"filter stcf: self is 'maybe'; it must be true or false"),
    ("crop:20:0:10:10", r"region x=20 y=0 width=10 height=10 does not lie on the 24x17 sensor"),
    ("anti_flicker:100:50", r"low_hz is above high_hz"),
    ("anti_flicker:start=3", r"stop is above start"),
    ("event_rate:5", r"less than one event fits a window"),
    ("time:20:10", r"stop_us lies before start_us"),
    ("count:20:10", r"stop lies before start"),
    ("mask:none.png", r"cannot read mask 'none.png'"),
    ("undistort:none.yaml", r"cannot read calibration 'none.yaml'"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_cannot_be_is_refused_with_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(AestreamError, match=message):
        parse_filters([text], **SIZE)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"us": "500"}, "us is '500'; it must be a whole number"),
        ({"us": True}, "us is True; it must be"),
        ({"us": float("inf")}, "us is inf; it must be"),
    ],
)
def test_values_of_another_kind_are_refused(how: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        make_filter("refractory", **SIZE, **how)


def test_unknown_parameters_and_impossible_sensors_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown parameter of filter stc 'ms'; known: mode, us"):
        make_filter("stc", **SIZE, ms=3)
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        make_filter("stc", width=0, height=3)


@pytest.mark.parametrize("extension", [".npy", ".png"])
def test_hot_pixels_are_saved_and_known_the_next_time(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"hot{extension}"
    learning = make_filter("hot_pixels", rate_hz=150, window_us=20_000, factor=1.5, **SIZE)
    learning.apply(stream())
    learning.save_mask(path)
    hot = learning.learnt_mask()
    assert hot.any()
    assert hot[:, 4, 5].any()
    if extension == ".png":
        hot = np.broadcast_to(hot.any(axis=0), hot.shape)
    known = make_filter("hot_pixels", mask=path, learn=False, **SIZE)
    array = stream().to_numpy()
    assert np.array_equal(known.apply(stream()).to_numpy(), array[~hot[array["p"].astype(int), array["y"], array["x"]]])
    assert np.array_equal(known.learnt_mask(), hot)


def test_masks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((3, 4), np.uint8)).save(tmp_path / "small.png")
    with pytest.raises(InvalidArgumentError, match="mask is 4 x 3; the sensor is 24 x 17"):
        make_filter("hot_pixels", mask=tmp_path / "small.png", **SIZE)
    with pytest.raises(InvalidArgumentError, match="path holds float64; it must hold integers"):
        make_filter("mask", path=np.ones((HEIGHT, WIDTH)), **SIZE)
    with pytest.raises(InvalidArgumentError, match="filter refractory learns no mask"):
        make_filter("refractory", **SIZE).save_mask(tmp_path / "none.npy")
    with pytest.raises(InvalidArgumentError, match="cannot write mask"):
        make_filter("hot_pixels", **SIZE).save_mask(tmp_path / "none" / "hot.npy")


def test_every_row_says_what_people_need() -> None:
    for row in FILTERS.values():
        assert row.description
        assert not row.description.endswith(".")
        assert row.examples
        for each in row.parameters:
            assert each.description
            assert each.allowed()
            assert each.required == (each.default is None and each.name not in ("mask", "stop", "stop_us"))
