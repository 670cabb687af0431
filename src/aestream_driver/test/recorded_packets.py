"""Recorded data as the USB packets of a camera: real recordings where they are at hand, the simulator otherwise."""

from pathlib import Path
from typing import Any

import neuromorphic_drivers as nd
import numpy as np
from playback_device import Data, library_packet, polarity_events

from aestream_core import Events
from aestream_core.evt3 import Evt3Decoder, encode_evt3
from aestream_core.files import open_file
from aestream_core.simulator import SimConfig, open_simulator

USB_BYTES = 16_384
GRAVITY = 9.80665


def evt3_bytes(recording: Path) -> bytes:
    """Give the words of an EVT3 recording, without its header."""
    return (
        recording.read_bytes().split(b"% end\n", 1)[-1] if b"% end\n" in recording.read_bytes() else headless(recording)
    )


def headless(recording: Path) -> bytes:
    """Give what follows the lines that begin with %."""
    data = recording.read_bytes()
    while data.startswith(b"%"):
        data = data.split(b"\n", 1)[1]
    return data


def simulated(*, width: int, height: int, duration_us: int, rate_hz: float = 1e6, start_us: int = 0) -> Events:
    """Simulate events of a sensor, from a sensor time on."""
    config = SimConfig(width=width, height=height, rate_hz=rate_hz, seed=1, duration_us=duration_us)
    with open_simulator(config) as stream:
        records = Events.join(list(stream), width=width, height=height).to_numpy()
    records["t"] += start_us
    return Events.from_numpy(records, width=width, height=height)


def evt3_packets(events: Events, *, packet_us: int = 5000) -> list[Data]:
    """Encode events as one long EVT3 stream, as a camera does, and cut it by time into USB packets."""
    records = events.to_numpy()
    cuts = np.searchsorted(records["t"], np.arange(records["t"][0], records["t"][-1] + packet_us, packet_us))
    packets = []
    for begin, end in zip(cuts, [*cuts[1:], len(records)], strict=True):
        if end > begin:
            part = Events.from_numpy(records[begin:end], width=events.width, height=events.height)
            due_s = (part.last_us - int(records["t"][0])) / 1e6
            packets.append(Data(bytes(encode_evt3(part)), due_s))
    return packets


def usb_packets(words: bytes, *, usb_bytes: int = USB_BYTES) -> list[Data]:
    """Cut recorded words into USB packets anywhere between two bytes, all due at once."""
    return [Data(words[start : start + usb_bytes]) for start in range(0, len(words), usb_bytes)]


def decoded(packets: list[Any], *, width: int, height: int) -> Any:
    """Decode packets one after the other with a decoder that knows nothing of cameras."""
    decoder = Evt3Decoder(width=width, height=height)
    parts = [events.to_numpy() for packet in packets for events in decoder.decode(packet)]
    return np.concatenate(parts) if parts else np.empty(0)


def inivation_packets(recording: Path, model_name: str) -> list[Data]:
    """Give a recording's events and measurements in the packets and units of neuromorphic_drivers.

    The recordings at hand have neither triggers nor frames: every packet gets a trigger, and a DAVIS's a frame.
    """
    packets: list[Data] = []
    with open_file(recording, packet_us=10_000, extras=("imu",)) as stream:
        side = stream.side
        assert side is not None
        for events in stream:
            records = events.to_numpy()
            first_us, last_us = int(records["t"][0]), int(records["t"][-1])
            packet = library_packet(
                model_name,
                polarity_events=polarity_events(records["t"], records["x"], records["y"], records["p"]),
                imu_events=_imu(side.take_imu()),
                trigger_events=_trigger(first_us, rising=len(packets) % 2 == 0),
                frames=[_frame(first_us, last_us)] if model_name == "inivation_davis346" else [],
            )
            start_us = first_us if not packets else packets[0].packet.polarity_events["t"][0]
            packets.append(Data(packet, (last_us - int(start_us)) / 1e6))
    return packets


def _imu(records: Any) -> Any:
    axes = [f"{kind}_{axis}" for kind in ("accelerometer", "gyroscope") for axis in "xyz"]
    imu = np.empty(len(records), [("t", "<u8"), *((name, "<f4") for name in axes), ("temperature", "<f4")])
    imu["t"], imu["temperature"] = records["t_us"], records["temperature_c"]
    for index, axis in enumerate("xyz"):
        imu[f"accelerometer_{axis}"] = records["acceleration_g"][:, index] * GRAVITY
        imu[f"gyroscope_{axis}"] = np.deg2rad(records["angular_rate_dps"][:, index])
    return imu if len(imu) else None


def _trigger(t_us: int, *, rising: bool) -> Any:
    return np.array([(t_us, 0, rising)], [("t", "<u8"), ("id", "u1"), ("rising", "?")])


def _frame(start_us: int, end_us: int) -> Any:
    frame = nd.Frame()
    frame.start_t = frame.exposure_start_t = start_us
    frame.exposure_end_t = frame.t = end_us
    frame.pixels = np.arange(260 * 346, dtype=np.uint16).reshape(260, 346)
    return frame
