"""The benchmark of files measures what it says."""

import dataclasses

import numpy as np
import pytest

from aestream_core import Events
from aestream_core.evt3 import encode_evt3
from aestream_core.files import read_file
from bench.files.adapter import LIBRARIES, Job, load
from bench.files.camera import WORDS, repeat_words
from bench.files.cases import CASES
from bench.files.data import DataFile
from bench.files.events import fit, repeat
from bench.files.processes import run
from bench.files.verdict import judge
from bench.files.worker import add_up

HEADER = b"% evt 3.0\n% geometry 64x48\n% end\n"


@pytest.fixture
def events():
    random = np.random.default_rng(1)
    t = 5000 + np.sort(random.integers(0, 20_000, 300))
    return Events.from_numpy(
        t=t, x=random.integers(0, 64, 300), y=random.integers(0, 48, 300), p=t % 2, width=64, height=48
    )


def sums_of(events):
    array = events.to_numpy()
    return add_up([tuple(array[name] for name in "txyp")])


@pytest.fixture
def data(events):
    return DataFile("events.raw", "", 64, 48, sums_of(events), "random", "own")


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_adapter_knows_only_cases_of_the_table_and_imports_no_library(library):
    adapter = load(library)
    assert {*adapter.stream, *adapter.whole, *adapter.write} <= set(CASES)


def test_right_events_are_right(events, data):
    assert judge(sums_of(events), data).error == judge(sums_of(events), data).remark == ""


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"t": 1}, "times wrong"),
        ({"t": 300 * 7, "first_us": 7, "last_us": 7}, "times shifted"),
        ({"p": 1}, "polarity wrong"),
    ],
)
def test_wrong_times_and_polarities_are_remarked_on(data, change, remark):
    sums = {name: value + change.get(name, 0) for name, value in data.sums.items()}
    assert judge(sums, data).remark == remark


def test_rows_from_the_bottom_are_remarked_on(data):
    sums = data.sums | {"y": 300 * 47 - data.sums["y"]}
    assert judge(sums, data).remark == "y from the bottom"


def test_events_that_last_too_long_are_moved_together_in_order(events):
    array = fit(events.to_numpy(), 1 << 10)
    assert array["t"].max() == (1 << 10) - 1
    assert (np.diff(array["t"]) >= 0).all()


@pytest.mark.parametrize("name", ["events", "x", "y"])
def test_wrong_numbers_and_places_are_errors(data, name):
    assert "wrong" in judge(data.sums | {name: data.sums[name] + 1}, data).error


def test_repeated_words_are_repeated_events(events, tmp_path):
    recording, longer = tmp_path / "camera.raw", tmp_path / "longer.raw"
    recording.write_bytes(HEADER + encode_evt3(events).tobytes())
    period_us = repeat_words(recording, longer, WORDS["evt3"], repeats=4)
    np.testing.assert_array_equal(read_file(longer).to_numpy(), repeat(events.to_numpy(), 4, period_us))


def test_a_worker_adds_up_what_a_file_holds_and_reports_errors(events, data, tmp_path):
    path = tmp_path / "camera.raw"
    path.write_bytes(HEADER + encode_evt3(events).tobytes())
    job = Job("own", "evt3", "stream", str(path), str(path), "", "", "", 64, 48, "evt3", {}, check=True)
    assert judge(run(job), data).error == ""
    missing = run(dataclasses.replace(job, path=str(tmp_path / "no.raw")))
    assert missing["error"].startswith("InvalidArgumentError: cannot read 'no.raw'")
