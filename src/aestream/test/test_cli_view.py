"""`aestream view`: pictures show the events, and videos run as fast as they say."""

import sys
from pathlib import Path

import numpy as np
import pytest
from making_recordings import cut, some_events, write_evt3
from PIL import Image

from aestream.cli.main import main
from aestream.cli.viewing.drawing import resized, time_text
from aestream.cli.viewing.styles import Counts, Decay
from aestream.cli.viewing.windows import Painted, WindowPainter, measure
from aestream.cli.viewing.writers import WRITERS
from aestream_core.events import Events
from aestream_gpu.render import BACKGROUND, OFF_COLOUR, ON_COLOUR


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events(start_us=3_000_000))


def events_at(times_us: list[int], on: bool = True) -> Events:
    count = len(times_us)
    return Events.from_numpy(t=times_us, x=[1] * count, y=[2] * count, p=[on] * count, width=8, height=4)


class Tally:
    """A style that paints how many events there were."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, events: Events) -> None:
        self.count += len(events)

    def paint(self, end_us: int) -> np.ndarray:
        picture, self.count = np.full((1, 1, 3), self.count, np.uint8), 0
        return picture


def windows(packets: list[Events], *, empty: bool) -> list[tuple[int, int]]:
    painter = WindowPainter(Tally(), window_us=10, empty=empty)
    return [(each.since_us, each.events) for each in painter.paint(packets)]


def test_windows_follow_each_other_from_the_first_event_with_or_without_empty_ones() -> None:
    packets = [events_at([105, 114, 115]), events_at([]), events_at([118, 151])]
    assert windows(packets, empty=True) == [(0, 2), (10, 2), (20, 0), (30, 0), (40, 1)]
    assert windows(packets, empty=False) == [(0, 2), (10, 2), (40, 1)]
    assert windows([], empty=True) == []


def test_a_clock_that_starts_again_does_not_stop_the_pictures() -> None:
    packets = [events_at([5_000_000, 5_000_001]), events_at([3, 14])]
    assert windows(packets, empty=True) == [(0, 2), (10, 1), (20, 1)]


def test_a_window_painted_knows_its_own_events() -> None:
    painter = WindowPainter(Tally(), window_us=10, empty=True)
    painted: list[Painted] = list(painter.paint([events_at([0, 1, 12])]))
    assert [int(each.pixels[0, 0, 0]) for each in painted] == [2, 1]
    assert painter.events == 3


def test_measuring_stops_where_it_is_enough() -> None:
    def packets():  # type: ignore[no-untyped-def]
        yield events_at([10, 20])
        yield events_at([1000, 1100])
        raise AssertionError("read too far")

    assert measure(packets(), 500) == (1090, 4)
    assert measure([], 500) == (0, 0)


def test_decay_shows_the_last_event_of_a_pixel_fading() -> None:
    style = Decay(width=8, height=4, tau_us=1000)
    style.add(events_at([0, 100], on=False))
    style.add(events_at([200], on=True))
    assert tuple(style.paint(200)[2, 1]) == ON_COLOUR
    faded = style.paint(1200)[2, 1].astype(int) - BACKGROUND
    full = np.array(ON_COLOUR) - BACKGROUND
    assert np.allclose(faded, full * np.exp(-1), atol=2)
    assert tuple(style.paint(1_000_000)[2, 1]) == BACKGROUND
    assert tuple(style.paint(200)[0, 0]) == BACKGROUND


def test_counts_show_both_polarities_and_begin_anew() -> None:
    style = Counts(width=8, height=4, tau_us=1)
    style.add(events_at([0] * 15, on=False))
    assert np.allclose(style.paint(10)[2, 1], OFF_COLOUR, atol=2)
    assert tuple(style.paint(20)[2, 1]) == BACKGROUND


def test_pictures_grow_by_pixels_and_shrink_to_the_brightest() -> None:
    pixels = np.zeros((5, 6, 3), np.uint8)
    pixels[4, 5] = 200
    assert resized(pixels, 3).size == (18, 15)
    assert np.asarray(resized(pixels, 3))[12:, 15:].min() == 200
    assert resized(pixels, 0.5).size == (3, 3)
    assert np.asarray(resized(pixels, 0.5))[2, 2].tolist() == [200, 200, 200]


@pytest.mark.parametrize(("time_us", "window_us", "text"), [(1_234_000, 33_000, "1.234 s"), (1550, 500, "1.55 ms")])
def test_labels_tell_windows_apart(time_us: int, window_us: int, text: str) -> None:
    assert time_text(time_us, window_us=window_us) == text


def test_the_default_is_a_sheet_beside_with_the_name_of_the_recording(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main(["view", str(recording)]) == 0
    assert capfd.readouterr().out == "view: made.png, 16 pictures of 6.25 ms\n"
    with Image.open("made.png") as sheet:
        assert sheet.size == (4 * (64 * 7 + 4) + 4, 4 * (48 * 7 + 4) + 4)
        colours = np.asarray(sheet).reshape(-1, 3).astype(int)
    assert (colours[:, 2] - colours[:, 0] > 50).any()
    assert (colours[:, 0] - colours[:, 2] > 20).any()


@pytest.mark.parametrize("style", ["counts", "decay"])
def test_a_gif_has_a_picture_for_each_window_and_runs_as_said(
    recording: Path, tmp_path: Path, style: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "made.gif"
    words = ["-o", str(path), "--window-us", "10000", "--fps", "20", "--style", style, "--scale", "2"]
    assert main(["view", str(recording), *words]) == 0
    assert capfd.readouterr().out == f"view: {path}, 10 pictures of 10 ms, 0.5 s at 0.2 times real time\n"
    with Image.open(path) as picture:
        assert (picture.size, picture.n_frames, picture.info["duration"]) == ((128, 96), 10, 50)


def test_a_video_ends_where_it_was_told_to(recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "made.gif"
    words = ["-o", str(path), "--window-us", "1000", "--max-seconds", "0.2"]
    assert main(["view", str(recording), *words]) == 0
    assert "5 pictures of 1 ms, 0.2 s at 0.025 times real time; stopped" in capfd.readouterr().out


def test_an_mp4_can_be_read_again(recording: Path, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    path = tmp_path / "made.mp4"
    assert main(["view", str(recording), "-o", str(path), "--window-us", "20000", "--fps", "10", "--scale", "1"]) == 0
    video = cv2.VideoCapture(str(path))
    assert (video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)) == (5, 10)
    whole, picture = video.read()
    assert whole
    assert picture.shape == (48, 64, 3)


def test_an_mp4_without_opencv_says_what_brings_it(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert main(["view", str(recording), "-o", str(tmp_path / "made.mp4")]) == 1
    assert "pip install opencv-python-headless" in capfd.readouterr().err


def test_a_damaged_recording_is_drawn_up_to_the_fault(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.png"
    assert main(["view", str(cut(recording, tmp_path / "cut.raw")), "-o", str(path)]) == 1
    printed = capfd.readouterr()
    assert path.is_file()
    assert printed.out.startswith(f"view: {path}, ")
    assert len(printed.err.splitlines()) == 1
    assert "cut.raw" in printed.err


def test_only_the_part_that_was_asked_for_is_drawn(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["-o", str(tmp_path / "part.png"), "--window-us", "10000", "--start", "+0.02", "--stop", "+0.05"]
    assert main(["view", str(recording), *words]) == 0
    assert ", 3 pictures of 10 ms" in capfd.readouterr().out
    assert main(["view", str(recording), "-o", str(tmp_path / "none.png"), "--start", "50"]) == 1
    assert "no events, nothing drawn" in capfd.readouterr().err
    assert not (tmp_path / "none.png").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [(["--fps", "0"], "--fps is 0"), (["--scale", "1e9"], "--scale is"), (["--max-seconds", "-1"], "")],
)
def test_impossible_values_are_named(
    recording: Path, tmp_path: Path, words: list[str], named: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["view", str(recording), "-o", str(tmp_path / "a.gif"), *words]) != 0
    assert named in capfd.readouterr().err


def test_sensors_too_large_to_draw_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    path.write_bytes(path.read_bytes().replace(b"64x48", b"32767x32767"))
    assert main(["view", str(path), "-o", str(tmp_path / "a.png")]) == 1
    assert "too many to draw" in capfd.readouterr().err


def test_every_kind_of_file_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["view", "--help"])
    text = capsys.readouterr().out
    assert all(extension in text for extension in WRITERS)
