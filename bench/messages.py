"""Events to messages and back in every encoding: the native codecs against NumPy on the simplest of them."""

import numpy as np

from aestream_core.messages import WRITTEN_ENCODINGS, MessageDecoder, MessageEncoder
from aestream_core.simulator import SimConfig, open_simulator
from bench.timing import compare, show

WIDTH, HEIGHT = 1280, 720


def encode_mono_numpy(t_us: np.ndarray, x: np.ndarray, yp: np.ndarray, base_us: int) -> np.ndarray:
    """Encode as mono: ns since the base, x, y with the polarity on top."""
    return (t_us - base_us) * 1000 | x << 32 | yp << 48


def main() -> None:
    """Run on simulated events of a 1280x720 sensor."""
    config = SimConfig(width=WIDTH, height=HEIGHT, scene="shapes", rate_hz=20e6, seed=3)
    events = next(open_simulator(config, packet_events=2_000_000))
    fields = events.to_numpy()
    t_us, x = fields["t"].astype(np.uint64), fields["x"].astype(np.uint64)
    yp = fields["y"].astype(np.uint64) | fields["p"].astype(np.uint64) << np.uint64(15)
    encoders, decoders, sizes = {}, {}, []
    for encoding in WRITTEN_ENCODINGS:
        messages = MessageEncoder(encoding).encode(events)
        decoder = MessageDecoder(encoding, width=WIDTH, height=HEIGHT)
        back = [
            each.to_numpy() for part in messages for each in decoder.decode(part.data, time_base_ns=part.base_us * 1000)
        ]
        assert np.array_equal(np.concatenate(back), fields)
        sizes.append(f"{encoding} {sum(part.data.nbytes for part in messages) / len(events):.1f}")
        encoders[encoding] = lambda encoding=encoding: MessageEncoder(encoding).encode(events)
        decoders[encoding] = lambda encoding=encoding, messages=messages: [
            MessageDecoder(encoding, width=WIDTH, height=HEIGHT).decode(part.data, time_base_ns=part.base_us * 1000)
            for part in messages
        ]
    print(f"\nbytes an event: {', '.join(sizes)}")
    numpy_mono = {"mono, NumPy": lambda: encode_mono_numpy(t_us, x, yp, events.first_us)}
    show(f"encode, {len(events):,} simulated events", compare(numpy_mono | encoders, events=len(events)))
    show("decode", compare({"copy of the records": lambda: events.records().copy()} | decoders, events=len(events)))


if __name__ == "__main__":
    main()
