"""Files of formats that no library writes, made with NumPy; layouts as in the decoders of `aestream_core`."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.files.adapter import Columns, Job, load_columns

AEDAT2_HEADER = b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis346blue\r\n"
AEDAT3_HEADER = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS346\r\n#!END-HEADER\r\n"
AEDAT3_PACKET_EVENTS = 4096


def encode_nmnist(columns: Columns, job: Job) -> bytes:
    """Give five bytes an event; times have 23 bits."""
    t, x, y, p = columns
    records = np.empty((len(t), 5), np.uint8)
    records[:, 0], records[:, 1] = x, y
    records[:, 2] = p.astype(np.uint8) << 7 | (t >> 16).astype(np.uint8)
    records[:, 3], records[:, 4] = t >> 8 & 0xFF, t & 0xFF
    return records.tobytes()


def encode_aedat2(columns: Columns, job: Job) -> bytes:
    """Give big-endian pairs of an address of a DAVIS and a time."""
    t, x, y, p = (column.astype(np.int64) for column in columns)
    address = (job.height - 1 - y) << 22 | (job.width - 1 - x) << 12 | p << 11
    return AEDAT2_HEADER + np.stack([address, t], axis=1).astype(">u4").tobytes()


def encode_aedat3(columns: Columns, job: Job) -> bytes:
    """Give packets of polarity events, each with its header."""
    t, x, y, p = (column.astype(np.int64) for column in columns)
    records = np.stack([x << 17 | y << 2 | p << 1 | 1, t], axis=1).astype("<u4")
    starts = range(0, len(records), AEDAT3_PACKET_EVENTS)
    return AEDAT3_HEADER + b"".join(aedat3_packet(records[at : at + AEDAT3_PACKET_EVENTS]) for at in starts)


def aedat3_packet(records: npt.NDArray[np.uint32]) -> bytes:
    """Give one packet: type 1 of source 1, 8 bytes an event with the time in byte 4, no overflow, counts."""
    count = len(records)
    return np.array([1, 1], "<u2").tobytes() + np.array([8, 4, 0, *[count] * 3], "<u4").tobytes() + records.tobytes()


ENCODERS: Mapping[str, Callable[[Columns, Job], bytes]] = {
    "nmnist": encode_nmnist,
    "aedat2": encode_aedat2,
    "aedat3": encode_aedat3,
}


def write_encoded(job: Job) -> None:
    """Write the file that a job describes."""
    Path(job.output).write_bytes(ENCODERS[job.case](load_columns(job.columns), job))
