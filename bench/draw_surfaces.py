"""Draw docs/surfaces/*.png, one picture a surface, all of the same recording: `python -m bench.draw_surfaces FILE`."""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aestream_core import open_file
from aestream_gpu import SURFACES, WindowAccumulator, make_surface
from aestream_gpu.render import render

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "surfaces"
SETTINGS = {
    "event_spike_tensor": "3",
    "time_surface": "30000",
    "leaky": "30000",
    "voxel_grid": "3",
    "stack": "3",
    "tore": "3,150,100000",
}
"""Settings that show something in this recording."""

COLOURS = 64

CROP = (0, 60, 180, 220)
"""Left, top, right and bottom of what is drawn: the part of the recording where something moves."""

MOST_MOMENTS = 5


def main() -> None:
    """Draw the same window with every surface."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--window-us", type=int, default=20_000)
    parser.add_argument("--window", type=int, default=5, help="which window, counted from 0")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name in SURFACES:
        draw(name, options.recording, options.window_us, options.window)


def draw(name: str, recording: Path, window_us: int, number: int) -> None:
    """Draw one window of one surface."""
    stream = open_file(recording)
    text = f"{name}:{SETTINGS[name]}" if name in SETTINGS else name
    surface = make_surface(text, width=stream.width, height=stream.height, device=torch.device("cpu"))
    accumulator = WindowAccumulator(surface, window_us=window_us)
    windows = [window for events in stream for window in accumulator.add(events)]
    window = windows[min(number, len(windows) - 1)]
    left, top, right, bottom = CROP
    tensor = window.tensor[:, top:bottom, left:right].contiguous()
    moments = [[at for at, channel in enumerate(window.channels) if _moment(channel) == k] for k in range(MOST_MOMENTS)]
    pictures = [
        render(tensor[planes], [window.channels[at] for at in planes], values=window.values)
        for planes in moments
        if planes
    ]
    gap = np.full((bottom - top, 4, 3), 255, np.uint8)
    joined = np.concatenate([part for picture in pictures for part in (gap, picture)][1:], axis=1)
    Image.fromarray(joined).quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png: {text}, {window.event_count} events of [{window.start_us}, {window.end_us}) us")


def _moment(channel: str) -> int:
    """Give the number at the end of a channel's name; planes of the same number are one picture."""
    return int(channel.partition("_")[2] or 0)


if __name__ == "__main__":
    main()
