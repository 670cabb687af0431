"""Slow twin of the Event Stream codec, straight from the specification: one byte at a time.

The layout: github.com/neuromorphic-paris/event_stream, "Version 2.0".
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_core.events import EVENT_DTYPE

DVS, ATIS, COLOR = 1, 2, 4
RECORD_BYTES = {DVS: 5, ATIS: 5, COLOR: 8}
RESET = {DVS: 0xFE, ATIS: 0xFC, COLOR: 0xFE}


def header(kind: int, width: int, height: int, *, version: tuple[int, int, int] = (2, 0, 0)) -> bytes:
    """Give a file's first 20 bytes."""
    return b"Event Stream" + bytes(version) + bytes([kind]) + struct.pack("<HH", width, height)


@dataclass
class Record:
    """One record as the file has it: y counts from the bottom."""

    t_us: int
    x: int
    y: int
    on: bool = True
    crossing: bool = False  # ATIS: half an exposure measurement


def encode(kind: int, records: list[Record], *, resets: bool = False) -> bytes:
    """Give the bytes after the header; with resets, five of them stand before every record."""
    now_us = 0
    data = bytearray()
    for record in records:
        step_us = record.t_us - now_us
        now_us = record.t_us
        if resets:
            data += bytes([RESET[kind]] * RECORD_BYTES[kind])
        if kind == ATIS:
            while step_us >= 63:
                count = min(step_us // 63, 3)
                data.append(0xFC | count)
                step_us -= 63 * count
            data.append(step_us << 2 | record.on << 1 | record.crossing)
        else:
            limit = 127 if kind == DVS else 254
            data += b"\xff" * (step_us // limit)
            step_us %= limit
            data.append(step_us << 1 | record.on if kind == DVS else step_us)
        data += struct.pack("<HH", record.x, record.y)
        if kind == COLOR:
            data += b"RGB"
    return bytes(data)


def decode(kind: int, data: bytes, width: int, height: int) -> tuple[npt.NDArray[np.void], int]:
    """Give the events of the whole records in the bytes after a header, y from the top, and how many lay outside."""
    rows: list[tuple[int, int, int, int]] = []
    now_us, at, outside = 0, 0, 0
    while at < len(data):
        head = data[at]
        if head >= RESET[kind]:
            if kind == ATIS:
                now_us += 63 * (head & 3)
            elif head == 0xFF:
                now_us += 127 if kind == DVS else 254
            at += 1
            continue
        if at + RECORD_BYTES[kind] > len(data):
            break
        x, y = struct.unpack_from("<HH", data, at + 1)
        at += RECORD_BYTES[kind]
        step_us, on, crossing = {
            DVS: (head >> 1, head & 1, 0),
            ATIS: (head >> 2, head >> 1 & 1, head & 1),
            COLOR: (head, 1, 0),
        }[kind]
        now_us += step_us
        if crossing:
            continue
        if x < width and y < height:
            rows.append((now_us, x, height - 1 - y, on))
        else:
            outside += 1
    events = np.zeros(len(rows), EVENT_DTYPE)
    if rows:
        events["t"], events["x"], events["y"], events["p"] = np.array(rows).T
    return events, outside
