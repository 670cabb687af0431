import math

import numpy as np
import pytest
from PIL import Image

from aestream.watch.model import Frame, History, StatusReading
from aestream.watch.picture import draw_picture, pick_frames, save_picture

MAX_PICTURE_BYTES = 300_000


def run_history(*, drops: bool = False, timed: bool = True, seconds: int = 10) -> History:
    history = History()
    for i in range(2 * seconds):
        for node, stage in (("/event_camera", "source"), ("/accumulator", "accumulator")):
            history.add_reading(
                StatusReading(
                    node=node,
                    received_s=2.0 + 0.5 * i,
                    stamp_s=0.5 * i,
                    stage=stage,
                    state="active",
                    events=6_000_000 * i,
                    dropped_events=1000 * (i // 5) if drops and stage == "accumulator" else 0,
                    latency_p50_ms=1.0 if timed and stage == "accumulator" else math.nan,
                    latency_p99_ms=3.0 if timed and stage == "accumulator" else math.nan,
                )
            )
    return history


def add_frames(history: History, *, count: int, height: int = 480, width: int = 640) -> None:
    random = np.random.default_rng(0)
    for i in range(count):
        rgb = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        history.add_frame(Frame(topic="/accumulator/image", received_s=2.0 + i, rgb=rgb))


def axis_labels(history: History) -> list[str]:
    return [axes.get_ylabel() for axes in all_axes(history) if axes.get_ylabel()]


def all_axes(history: History):
    return [axes for part in draw_picture(history).subfigs for axes in part.axes]


def legend_texts(history: History) -> list[str]:
    return [
        text.get_text() for axes in all_axes(history) if axes.get_legend() for text in axes.get_legend().get_texts()
    ]


def header_texts(history: History) -> list[str]:
    return [text.get_text() for text in draw_picture(history).subfigs[0].texts]


def test_a_picture_is_written_small_and_its_folders_made(tmp_path):
    history = run_history(drops=True)
    add_frames(history, count=12)
    path = save_picture(history, tmp_path / "out" / "run.png")
    assert path.stat().st_size < MAX_PICTURE_BYTES
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.width == 1170
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_axes_name_their_quantity_and_unit():
    history = run_history()
    assert axis_labels(history) == ["event rate (Mev/s)", "latency (ms)"]
    assert all_axes(history)[-1].get_xlabel() == "time since the first message (s)"


def test_frames_are_titled_with_their_time():
    history = run_history()
    add_frames(history, count=4, height=6, width=8)
    assert [axes.get_title() for axes in all_axes(history)[:4]] == ["0.0 s", "1.0 s", "2.0 s", "3.0 s"]


def test_a_run_without_images_is_drawn_without_frames():
    assert len(all_axes(run_history())) == 2


def test_drops_are_marked_and_counted():
    assert "accumulator dropped 3.00 k events, 0 packets" in legend_texts(run_history(drops=True))
    assert not any("dropped" in text for text in legend_texts(run_history()))


def test_the_header_has_the_numbers_of_each_stage():
    texts = header_texts(run_history(drops=True))
    for shown in (
        "source (/event_camera)",
        "accumulator (/accumulator)",
        "12.00 Mev/s",
        "3.00 k / 0",
        "1.00 / 3.00 ms",
    ):
        assert shown in texts


def test_a_run_without_latencies_says_so():
    axes = all_axes(run_history(timed=False))[-1]
    assert [text.get_text() for text in axes.texts] == ["no stage measured a latency"]


def test_a_single_reading_is_enough_for_a_picture(tmp_path):
    history = History()
    history.add_reading(StatusReading(node="/a", stage="a", state="active", received_s=0.0, stamp_s=0.0))
    assert save_picture(history, tmp_path / "one.png").exists()


def test_latencies_far_apart_are_drawn_on_a_logarithmic_axis():
    history = run_history()
    history.add_reading(
        StatusReading(
            node="/accumulator",
            stage="accumulator",
            state="active",
            received_s=13.0,
            stamp_s=11.0,
            latency_p50_ms=200.0,
            latency_p99_ms=400.0,
        )
    )
    assert all_axes(history)[-1].get_yscale() == "log"


@pytest.mark.parametrize("count", [0, 1, 4, 5, 24])
def test_frames_are_picked_evenly(count):
    frames = [frame_of(float(i)) for i in range(count)]
    picked = pick_frames(frames, count=4)
    assert len(picked) == min(count, 4)
    assert list(picked) == sorted(picked, key=lambda frame: frame.received_s)


def test_frames_are_spread_in_time_where_they_came_unevenly():
    frames = [frame_of(time_s) for time_s in (0.0, 0.1, 0.2, 0.3, 0.4, 5.0, 8.0)]
    assert [frame.received_s for frame in pick_frames(frames, count=4)] == [0.4, 5.0, 8.0]


def test_blank_frames_are_left_out_unless_all_are_blank():
    blank = Frame(topic="/image", received_s=0.0, rgb=np.full((2, 2, 3), 7, np.uint8))
    assert [frame.received_s for frame in pick_frames([blank, frame_of(1.0)], count=4)] == [1.0]
    assert pick_frames([blank], count=4) == (blank,)


def frame_of(received_s: float) -> Frame:
    return Frame(topic="/image", received_s=received_s, rgb=np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
