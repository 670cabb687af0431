"""EVT3 bytes to events and back: the native codec against NumPy, both from memory."""

import numpy as np
import numpy.typing as npt

from aestream_core import Events
from aestream_core.evt3 import Evt3Decoder, encode_evt3
from aestream_core.simulator import SimConfig, open_simulator
from bench.timing import compare, show

WIDTH, HEIGHT = 1280, 720


def decode_numpy(words: npt.NDArray[np.uint16]) -> npt.NDArray[np.int64]:
    """Decode the single-event words of an EVT3 stream without vectors; gives x + y as a check sum per event."""
    kind, value = words >> 12, words & 0xFFF
    rows = np.maximum.accumulate(np.where(kind == 0, np.arange(len(words)), 0))
    single = np.flatnonzero(kind == 2)
    return (value[single] & 0x7FF).astype(np.int64) + (value[rows[single]] & 0x7FF)


def main() -> None:
    """Run on simulated events of a 1280x720 sensor."""
    config = SimConfig(width=WIDTH, height=HEIGHT, scene="shapes", rate_hz=20e6, seed=3)
    events = next(open_simulator(config, packet_events=2_000_000))
    data = encode_evt3(events)
    decoded = Evt3Decoder(width=WIDTH, height=HEIGHT).decode(data, near_us=events.first_us)
    assert np.array_equal(decoded[0].to_numpy(), events.to_numpy())

    words = data.view(np.uint16)
    candidates = {
        "NumPy, single-event words only, no times": lambda: decode_numpy(words),
        "decode, C++": lambda: Evt3Decoder(width=WIDTH, height=HEIGHT).decode(data, near_us=0),
        "encode, C++": lambda: encode_evt3(events),
        "copy of the decoded records": lambda: Events(events._packet).records().copy(),
    }
    title = f"EVT3, {len(events):,} simulated events, {data.nbytes / len(events):.2f} bytes an event"
    show(title, compare(candidates, events=len(events)))


if __name__ == "__main__":
    main()
