"""Other libraries, in a Python of their own that has them: reads one JSON request a line, answers with one.

It imports nothing of this project. A request names a method and a file of columns; the answer has the seconds that all
packets took, and a sum of the last frame for checking. Method "" asks for the methods that are installed here.
"""

import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module, metadata, util
from typing import Any

import numpy as np

SLOW = 300_000
"""Events that tonic gets at most: it needs a second for a few million."""

Method = tuple[Any, list[Any]]
"""What turns a packet into a frame, and the packets as it takes them."""


class Columns:
    """Packets as columns."""

    def __init__(self, path: str) -> None:
        """Read all of them."""
        with np.load(path) as data:
            self.width, self.height, self.count = (int(data[name]) for name in ("width", "height", "count"))
            self.all = {name: data[name] for name in ("t", "x", "y", "p")}
        self.size = len(self.all["t"]) // self.count

    def packets(self) -> Iterator[dict[str, Any]]:
        """Give a dictionary of columns for each packet."""
        for at in range(self.count):
            yield {name: column[at * self.size : (at + 1) * self.size] for name, column in self.all.items()}


def numba_loop(data: Columns) -> Method:
    """Bounds-checked loop over columns into two channels."""
    numba: Any = import_module("numba")

    @numba.njit  # type: ignore[untyped-decorator]
    def count(x: Any, y: Any, p: Any, frame: Any) -> int:
        outside = 0
        for i in range(len(x)):
            if x[i] < frame.shape[2] and y[i] < frame.shape[1]:
                frame[p[i], y[i], x[i]] += 1
            else:
                outside += 1
        return outside

    frame = np.zeros((2, data.height, data.width), np.float32)

    def run(packet: dict[str, Any]) -> Any:
        frame.fill(0)
        count(packet["x"], packet["y"], packet["p"], frame)
        return frame

    return run, list(data.packets())


def numba_one_channel(data: Columns) -> Method:
    """The same without polarity and without bounds: the least that a loop can do."""
    numba: Any = import_module("numba")

    @numba.njit  # type: ignore[untyped-decorator]
    def count(x: Any, y: Any, frame: Any) -> None:
        for i in range(len(x)):
            frame[y[i], x[i]] += 1

    frame = np.zeros((data.height, data.width), np.float32)

    def run(packet: dict[str, Any]) -> Any:
        frame.fill(0)
        count(packet["x"], packet["y"], frame)
        return frame

    return run, list(data.packets())


def dv_accumulator(data: Columns) -> Method:
    """Accumulator of event stores; the polarities go to one channel. Making the stores is not timed."""
    dv: Any = import_module("dv_processing")

    made = dv.EdgeMapAccumulator((data.width, data.height))

    def run(store: Any) -> Any:
        made.accept(store)
        return made.generateFrame().image

    return run, [dv_store(dv, packet) for packet in data.packets()]


def dv_store(dv: Any, packet: dict[str, Any]) -> Any:
    """Make an event store; there is no way but event by event."""
    store = dv.EventStore()
    for t, x, y, p in zip(*(packet[name].tolist() for name in "txyp"), strict=True):
        store.push_back(t, x, y, bool(p))
    return store


def tonic_frame(data: Columns) -> Method:
    """ToFrame with one time window over everything."""
    tonic: Any = import_module("tonic")

    transform = tonic.transforms.ToFrame(sensor_size=(data.width, data.height, 2), n_time_bins=1)
    return lambda array: transform(array)[0], [tonic_events(packet) for packet in data.packets()]


def tonic_voxel(data: Columns) -> Method:
    """ToVoxelGrid with five bins."""
    tonic: Any = import_module("tonic")

    transform = tonic.transforms.ToVoxelGrid(sensor_size=(data.width, data.height, 2), n_time_bins=5)
    return transform, [tonic_events(packet) for packet in data.packets()]


def tonic_time_surface(data: Columns) -> Method:
    """ToTimesurface with one surface over everything."""
    tonic: Any = import_module("tonic")

    transform = tonic.transforms.ToTimesurface(sensor_size=(data.width, data.height, 2), dt=10_000, tau=30_000)
    return transform, [tonic_events(packet) for packet in data.packets()]


def faery_frame(data: Columns) -> Method:
    """The only frames that faery makes: pictures, four bytes a pixel, of a window of 10 ms."""
    faery: Any = import_module("faery")

    def run(array: Any) -> Any:
        stream = faery.events_stream_from_array(array, (data.width, data.height)).regularize(frequency_hz=100.0)
        frames = stream.render(decay="window", tau="00:00:00.010000", colormap=faery.colormaps.devon)
        return next(iter(frames)).pixels

    return run, [faery_events(faery, packet) for packet in data.packets()]


def faery_events(faery: Any, packet: dict[str, Any]) -> Any:
    """Make faery's structured array."""
    array = np.empty(len(packet["t"]), faery.EVENTS_DTYPE)
    for name in "txyp":
        array[name] = packet[name]
    return array


def predecessor_frames(request: dict[str, Any]) -> dict[str, Any]:
    """Let AEStream 0.6 play a file as fast as it can, and read the frame that it has every 10 ms."""
    aestream: Any = import_module("aestream")
    total, start_s = 0.0, time.perf_counter()
    with aestream.FileInput(request["path"], (request["width"], request["height"])) as stream:
        while stream.is_streaming():
            total += float(stream.read().sum())
            time.sleep(0.01)
        total += float(stream.read().sum())
    return {"seconds": time.perf_counter() - start_s, "sum": total}


def tonic_events(packet: dict[str, Any]) -> Any:
    """Make tonic's structured array."""
    array = np.empty(len(packet["t"]), np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "<i1")]))
    for name in "txyp":
        array[name] = packet[name]
    return array


METHODS = {
    "numba": ("numba", numba_loop),
    "numba, one channel, unchecked": ("numba", numba_one_channel),
    "dv-processing, edge map": ("dv_processing", dv_accumulator),
    "tonic ToFrame": ("tonic", tonic_frame),
    "tonic ToVoxelGrid": ("tonic", tonic_voxel),
    "tonic ToTimesurface": ("tonic", tonic_time_surface),
    "faery, rendered": ("faery", faery_frame),
}
FROM_FILE = "aestream 0.6"
LIMITS = {
    "tonic ToFrame": SLOW,
    "tonic ToVoxelGrid": SLOW,
    "tonic ToTimesurface": SLOW,
    "faery, rendered": SLOW,
    "dv-processing, edge map": 1_000_000,
}


def version(module: str) -> str:
    """Give a library's version."""
    return metadata.version(module.replace("_", "-"))


def answer(request: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """Run one request; `kept` holds the method that was made last for each name, for its file."""
    name, path = request["method"], request["path"]
    if name == FROM_FILE:
        return predecessor_frames(request)
    if kept.get(name, ("",))[0] != path:
        data = Columns(path)
        if len(data.all["t"]) // data.count > LIMITS.get(name, 10**9):
            return {"skipped": f"packets of over {LIMITS[name]:,} events"}
        run, packets = METHODS[name][1](data)
        run(packets[0])
        kept[name] = (path, run, packets)
    _, run, packets = kept[name]
    frame = run(packets[0])
    passes, start_s = 0, time.thread_time()
    while (took_s := time.thread_time() - start_s) < request["turn_s"]:
        passes += 1
        for packet in packets:
            frame = run(packet)
    return {"seconds": took_s / passes, "sum": float(np.abs(np.asarray(frame, np.float64)).sum())}


def main() -> None:
    """Answer until the input ends."""
    kept: dict[str, Any] = {}
    here = {name: module for name, (module, _) in METHODS.items() if util.find_spec(module)}
    others = [module for module in ("aestream",) if util.find_spec(module)]
    for line in sys.stdin:
        request = json.loads(line)
        reply: dict[str, Any]
        if not request["method"]:
            reply = {
                "methods": {name: version(module) for name, module in here.items()},
                "modules": {module: version(module) for module in others},
            }
        else:
            try:
                reply = answer(request, kept)
            except Exception as error:
                reply = {"skipped": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
