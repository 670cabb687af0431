"""Events to a (2, H, W) count tensor: the C++ kernel against NumPy and torch."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from aestream_core import Events, SimConfig, open_simulator
from aestream_gpu import make_surface
from aestream_gpu.surfaces.count import count_ref
from bench.timing import compare, show

WIDTH, HEIGHT = 1280, 720
CELLS = 2 * HEIGHT * WIDTH


def cells(events: Events) -> npt.NDArray[np.int64]:
    """Give the flat index of every event's cell, as code without a kernel of its own must."""
    records = events.records()
    x, yp = records["x"].astype(np.int64), records["yp"].astype(np.int64)
    return ((yp >> 15) * HEIGHT + (yp & 0x7FFF)) * WIDTH + x


def candidates(events: Events) -> dict[str, Callable[[], object]]:
    """Give the ways to accumulate one packet."""
    surface = make_surface("count", width=WIDTH, height=HEIGHT, device=torch.device("cpu"))
    surface.add(events)
    assert torch.equal(surface.read(), count_ref(events, width=WIDTH, height=HEIGHT))
    frame, tensor = np.zeros(CELLS, np.float32), torch.zeros(CELLS)
    ones = torch.ones(len(events))
    return {
        "np.add.at, flat index": lambda: np.add.at(frame, cells(events), np.float32(1)),
        "np.bincount": lambda: np.bincount(cells(events), minlength=CELLS),
        "torch index_add_": lambda: tensor.index_add_(0, torch.from_numpy(cells(events)), ones),
        "count surface, C++": lambda: surface.add(events),
    }


def main() -> None:
    """Run for packets of 10 thousand, 100 thousand and a million events."""
    torch.set_num_threads(1)
    config = SimConfig(width=WIDTH, height=HEIGHT, scene="shapes", rate_hz=20e6)
    for count in (10_000, 100_000, 1_000_000):
        events = next(open_simulator(config, packet_events=count))
        title = f"accumulate {count:,} events of a {WIDTH}x{HEIGHT} sensor"
        show(title, compare(candidates(events), events=count))


if __name__ == "__main__":
    main()
