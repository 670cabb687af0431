"""`aestream info`: one pass, constant memory, the right numbers."""

import json
from pathlib import Path

import numpy as np
import pytest
from making_recordings import cut, real_recording, some_events, write_evt3

from aestream.cli.main import main
from aestream.cli.rate_plot import MAX_COLUMNS, plot_rates, rate_text
from aestream.cli.recording_stats import collect_stats
from aestream_core.events import Events


def events_at(times_us: list[int]) -> Events:
    zeros = [0] * len(times_us)
    return Events.from_numpy(t=times_us, x=zeros, y=zeros, p=zeros, width=8, height=8)


def test_the_numbers_are_those_of_the_events(tmp_path: Path) -> None:
    events = some_events(start_us=5000)
    array = events.to_numpy()
    stats = collect_stats(str(write_evt3(tmp_path / "made.raw", events)))
    assert (stats.events, stats.on_events) == (20_000, int(array["p"].sum()))
    assert (stats.start_us, stats.end_us) == (array["t"].min(), array["t"].max())
    assert stats.mean_rate_hz == pytest.approx(200e3, rel=0.01)
    assert stats.rates_hz().sum() * stats.survey.bin_us / 1e6 == pytest.approx(20_000)


def test_text_says_format_sensor_rate_and_balance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    for part in (str(path), "evt3", "64x48", "20,000", "200 kev/s", "% on", "█"):
        assert part in text
    assert "assumed" not in text
    assert "damage" not in text


def test_an_assumed_sensor_is_said_to_be_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    path.write_bytes(path.read_bytes().replace(b"% geometry 64x48\n", b""))
    assert main(["info", str(path)]) == 0
    assert "assumed" in capsys.readouterr().out


def test_json_is_one_object_per_recording_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write_evt3(tmp_path / "made.raw", some_events()))
    assert main(["info", path, path, "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == second
    assert (first["path"], first["events"], first["width"], first["damage"]) == (path, 20_000, 64, None)
    assert sum(first["rates_hz"]) * first["rate_bin_us"] / 1e6 == pytest.approx(20_000)


def test_damage_is_shown_with_its_byte_and_everything_before_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = cut(write_evt3(tmp_path / "made.raw", some_events()), tmp_path / "cut.raw")
    assert main(["info", str(damaged), "--json"]) == 1
    printed = capsys.readouterr()
    shown = json.loads(printed.out)
    assert 0 < shown["damage_byte"] <= damaged.stat().st_size
    assert 19_000 < shown["events"] <= 20_000
    assert printed.err.startswith("aestream: error: ")
    assert len(printed.err.splitlines()) == 1
    assert main(["info", str(damaged)]) == 1
    assert "damage" in capsys.readouterr().out


def test_one_bad_recording_does_not_hide_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write_evt3(tmp_path / "made.raw", some_events())
    assert main(["info", str(tmp_path / "none.raw"), str(good)]) == 1
    printed = capsys.readouterr()
    assert "none.raw" in printed.err
    assert "20,000" in printed.out


def with_hot_pixel_and_gap() -> Events:
    array = np.concatenate([some_events(start_us=at).to_numpy() for at in (5_000_000, 6_000_000)])
    array["x"][::10], array["y"][::10] = 40, 7
    return Events.from_numpy(array, width=64, height=48)


def test_hot_pixels_and_gaps_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", with_hot_pixel_and_gap())
    assert main(["info", str(path)]) == 0
    text = capsys.readouterr().out
    assert "(40, 7) " in text
    assert "0.9 s from 5,099," in text
    assert main(["info", str(path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["hot_pixel_count"] == 1
    assert (shown["hot_pixels"][0]["x"], shown["hot_pixels"][0]["y"]) == (40, 7)
    assert shown["hot_pixels"][0]["events"] >= 4000
    assert [round(gap["length_us"], -4) for gap in shown["gaps"]] == [900_000]
    assert (shown["gap_count"], shown["backward_steps"], shown["triggers"]) == (1, 0, 0)


def test_a_part_of_a_recording_can_be_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events(start_us=5_000_000))
    assert main(["info", str(path), "--json", "--start", "+0.05", "--stop", "5.075"]) == 0
    shown = json.loads(capsys.readouterr().out)
    first_us = int(some_events(start_us=5_000_000).first_us)
    assert first_us + 50_000 <= shown["start_us"] < shown["end_us"] < 5_075_000
    assert shown["events"] == len(some_events(start_us=5_000_000).slice_time(first_us + 50_000, 5_075_000))


def test_a_plot_is_as_high_as_asked_and_never_too_wide() -> None:
    lines = plot_rates(np.arange(128.0).tolist(), bin_us=1000, rows=3)
    assert len(lines) == 4
    assert max(map(len, lines)) <= MAX_COLUMNS + len("126 ev/s ")
    assert lines[2].endswith("█")
    assert lines[-1].endswith("0.128 s")
    assert plot_rates([], bin_us=1000) == []
    assert plot_rates([0.0], bin_us=1000)[-1].strip() == "0 to 0.001 s"


@pytest.mark.parametrize(("rate_hz", "text"), [(12.3e6, "12.3 Mev/s"), (4500, "4.5 kev/s"), (7, "7 ev/s")])
def test_rates_are_written_with_the_unit_that_reads_best(rate_hz: float, text: str) -> None:
    assert rate_text(rate_hz) == text


@pytest.mark.parametrize(("name", "events"), [("expelliarmus_evt3.raw", 219_596), ("tonic_sample.aedat4", 111_954)])
def test_real_recordings_have_the_events_that_are_known(name: str, events: int) -> None:
    stats = collect_stats(str(real_recording(name)))
    assert stats.events == events
    assert stats.damage is None
