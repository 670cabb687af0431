"""Draw docs/filters.png: one picture for each filter, of the same recording.

    python tools/draw_filters.py recording.aedat4 docs/filters.png

Every filter sees the recording from its start; the pictures show the same 30 ms half a second in, ON
events bright, OFF events dark blue.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import Events, open_file
from aestream_core.camera_info import CameraInfo
from aestream_core.filters import FILTERS, make_filter
from aestream_core.rectification import lookup_of

START_US, STOP_US = 450_000, 480_000
COLUMNS = 7


def settings_of(name: str, first_us: int, width: int, height: int) -> dict[str, Any]:
    """Give settings under which a filter does something to see."""
    region = {"x": width // 4, "y": height // 4, "columns": width // 2, "rows": height // 2}
    y, x = np.mgrid[:height, :width]
    disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2
    return {
        "crop": region,
        "roi": region,
        "polarity": {"polarity": "on"},
        "mask": {"path": disc},
        "downsample": {"factor": 4},
        "every_nth": {"n": 4},
        "refractory": {"us": 20_000},
        "background_activity": {"us": 10_000},
        "stcf": {"us": 25_000, "k": 2},
        "stc": {"us": 50_000},
        "trail": {"us": 50_000},
        "hot_pixels": {"window_us": 200_000},
        "event_rate": {"rate_hz": 5e4},
        "undistort": {"camera_info": lookup_of(wide_lens(width, height))},
        "time": {"start_us": (START_US + STOP_US) // 2, "since": "first"},
        "count": {"stop": 94941},
    }.get(name, {})


def wide_lens(width: int, height: int) -> CameraInfo:
    """Make up a calibration; the recording has none."""
    matrix = np.array([[0.8 * width, 0, width / 2], [0, 0.8 * width, height / 2], [0, 0, 1]])
    projection = np.column_stack([matrix, np.zeros(3)])
    return CameraInfo(
        width=width,
        height=height,
        model="plumb_bob",
        distortion=np.array([-0.25, 0.05, 0, 0, 0]),
        camera_matrix=matrix,
        rectification=np.eye(3),
        projection=projection,
    )


def picture(events: Events) -> npt.NDArray[np.uint8]:
    """Paint events, (H, W, 3) RGB."""
    array = events.to_numpy()
    pixels = np.full((events.height, events.width, 3), 24, np.uint8)
    pixels[array["y"][~array["p"]], array["x"][~array["p"]]] = (60, 110, 255)
    pixels[array["y"][array["p"]], array["x"][array["p"]]] = (255, 240, 200)
    return pixels


def filtered_window(path: str, name: str) -> tuple[Events, float]:
    """Filter a recording and cut the window out; also give the share of all events that is kept."""
    kept: list[Events] = []
    counted = total = 0
    with open_file(path, packet_us=10_000) as stream:
        width, height, first_us, apply = stream.width, stream.height, None, None
        for packet in stream:
            if apply is None:
                first_us = packet.first_us
                how = settings_of(name, first_us, width, height)
                apply = make_filter(name, width=width, height=height, **how) if name else (lambda events: events)
            left = apply(packet)
            counted, total = counted + len(left), total + len(packet)
            kept.append(left.slice_time(first_us + START_US, first_us + STOP_US))
    return Events.join(kept, width=kept[0].width, height=kept[0].height), counted / total


def main() -> None:
    """Draw."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    recording, target = sys.argv[1:]
    names = ["", *FILTERS]
    figure, axes = plt.subplots(len(names) // COLUMNS, COLUMNS, figsize=(14, 5.4), layout="constrained")
    for axis, name in zip(axes.flat, names, strict=True):
        events, share = filtered_window(recording, name)
        axis.imshow(picture(events), interpolation="nearest")
        axis.set_title(f"{name}: {share:.0%} kept" if name else "the recording", fontsize=8)
        axis.set_axis_off()
    figure.savefig(target, dpi=80)
    print(f"{target}: {Path(target).stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
