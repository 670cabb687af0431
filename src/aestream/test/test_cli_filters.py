"""The filters of `aestream input` keep what they say, in every combination."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from making_recordings import some_events, write_evt3
from PIL import Image

import aestream
from aestream.cli.filters.base import Filter
from aestream.cli.filters.table import FILTERS
from aestream.cli.input import make_filter_parser
from aestream.cli.main import main
from aestream.cli.parser import UsageError
from aestream_core.csv import format_csv_ref
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.filters import parse_filters


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def made(*words: str) -> Filter:
    args = make_filter_parser().parse_args(words)
    return FILTERS[args.filter].make(args, 64, 48)


def kept(*words: str, start_us: int = 0) -> npt.NDArray[np.void]:
    """Filter packets of 5 ms, as a stream gives them."""
    events, apply = some_events(start_us=start_us), made(*words)
    pieces = [events.slice_time(at, at + 5000) for at in range(start_us, start_us + 100_000, 5000)]
    return np.concatenate([apply(piece).to_numpy() for piece in pieces])


def test_crop_keeps_a_rectangle_where_it_is() -> None:
    array = some_events().to_numpy()
    inside = (array["x"] >= 10) & (array["x"] < 30) & (array["y"] >= 5) & (array["y"] < 12)
    assert np.array_equal(kept("crop", "10", "5", "20", "7"), array[inside])


@pytest.mark.parametrize("polarity", ["on", "off"])
def test_polarity_keeps_one_of_the_two(polarity: str) -> None:
    array = some_events().to_numpy()
    assert np.array_equal(kept("polarity", polarity), array[array["p"] == (polarity == "on")])


def test_time_is_half_open_and_counts_from_0_or_from_the_first_event() -> None:
    array = some_events(start_us=7_000_000).to_numpy()
    first_us = int(array["t"][0])
    part = array[(array["t"] >= 7_020_000) & (array["t"] < 7_070_000)]
    assert np.array_equal(kept("time", "7.02", "7.07", start_us=7_000_000), part)
    since_first = array[(array["t"] >= first_us + 20_000) & (array["t"] < first_us + 70_000)]
    assert np.array_equal(kept("time", "+0.02", "+0.07", start_us=7_000_000), since_first)
    assert len(made("time", "+1", "+2")(Events.from_numpy(t=[], x=[], y=[], p=[], width=64, height=48))) == 0


@pytest.mark.parametrize("extension", [".npy", ".png"])
@pytest.mark.parametrize("invert", [False, True])
def test_a_mask_keeps_the_pixels_that_are_not_black(tmp_path: Path, extension: str, invert: bool) -> None:
    mask = np.random.default_rng(3).random((48, 64)) < 0.3
    path = tmp_path / f"mask{extension}"
    np.save(path, mask) if extension == ".npy" else Image.fromarray(mask.astype(np.uint8) * 255).save(path)
    array = some_events().to_numpy()
    chosen = mask[array["y"], array["x"]] != invert
    assert np.array_equal(kept("mask", str(path), *(["--invert"] if invert else [])), array[chosen])


def test_masks_of_another_size_or_kind_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "wide.npy", np.ones((64, 48)))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InvalidArgumentError, match="is 48 x 64; the sensor is 64 x 48"):
        made("mask", str(tmp_path / "wide.npy"))
    with pytest.raises(InvalidArgumentError, match=r"cannot read mask .*text\.png"):
        made("mask", str(tmp_path / "text.png"))


def test_filters_act_one_after_the_other_on_every_output(
    recording: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = ["filter", "crop", "0", "0", "32", "48", "filter", "polarity", "on", "output", "stdout"]
    table = tmp_path / "windows.npz"
    assert main(["input", "file", str(recording), *words, "output", "tensor", str(table)]) == 0
    printed = capfdbinary.readouterr()
    expected = some_events().slice_region(0, 0, 32, 48).select_polarity(True)
    assert printed.out == format_csv_ref(expected)
    assert np.load(table)["event_count"].sum() == len(expected)
    assert f"{len(expected):,} of 20,000 events, ".encode() in printed.err


def test_a_filter_that_keeps_nothing_leaves_outputs_empty(recording: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["input", "file", str(recording), "filter", "time", "50", "60"]) == 0
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("0 of 20,000 events")


def test_filters_of_the_native_table_take_words_options_and_either_spelling(
    recording: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = [
        ["filter", "hot_pixels", "50", "filter", "refractory", "500"],
        ["filter", "hot-pixels", "--rate-hz", "50", "filter", "refractory", "--us", "500"],
    ]
    printed = []
    for words in lines:
        assert main(["input", "file", str(recording), *words]) == 0
        printed.append(capfd.readouterr().out)
    chain = parse_filters(["hot_pixels:50", "refractory:500"], width=64, height=48)
    assert printed == 2 * [format_csv_ref(chain.apply(some_events())).decode()]


def test_a_filter_that_changes_the_size_changes_it_for_what_follows(recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "small.raw"
    words = ["filter", "downsample", "2", "filter", "rotate", "90", "filter", "crop", "0", "0", "24", "32"]
    assert main(["input", "file", str(recording), *words, "output", "file", str(path)]) == 0
    assert (aestream.info(path).width, aestream.info(path).height) == (24, 32)
    assert len(aestream.read(path)) == len(some_events())


def test_a_value_that_is_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="filter refractory: us is given twice, 4 and 3"):
        made("refractory", "4", "--us", "3")


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_every_example_of_a_filter_can_be_parsed(name: str) -> None:
    examples = [line.split() for line in FILTERS[name].examples.splitlines() if " filter " in line]
    assert examples
    for words in examples:
        start = words.index("filter") + 1
        assert make_filter_parser().parse_args(words[start : words.index("output")]).filter == name
