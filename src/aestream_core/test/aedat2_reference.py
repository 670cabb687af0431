"""Slow twin of AEDAT 1.0 and 2.0 as an encoder, straight from the layouts of addresses.

docs.inivation.com, "AEDAT 1.0" and "AEDAT 2.0"; jAER's DVS128 extractor and DavisChip. What a camera sends counts x
from the right and y from the bottom; a DVS128 sends polarity 0 for brighter.
"""

import struct

TAIL = "# a line without a key\r\n#End Of ASCII Header\r\n"


def header(version: str, *lines: str, tail: str = TAIL) -> bytes:
    """Give a text header."""
    return f"#!AER-DAT{version}\r\n".encode() + b"".join(f"# {line}\r\n".encode() for line in lines) + tail.encode()


def dvs128_address(x: int, y: int, on: int) -> int:
    """Give the 15 bits of an event of a DVS128, x from the left and y from the top."""
    return (127 - y) << 8 | (127 - x) << 1 | (1 - on)


def davis_address(x: int, y: int, on: int, *, width: int, height: int) -> int:
    """Give the 32 bits of an event of a DAVIS, x from the left and y from the top."""
    return (height - 1 - y) << 22 | (width - 1 - x) << 12 | on << 11


def davis_trigger(edge: int) -> int:
    """Give an external input's address; 2 falling, 3 rising, 4 pulse."""
    return 1 << 10 | edge


def frame_sample(x: int, y: int, value: int) -> int:
    """Give one reading of a pixel of a frame."""
    return 1 << 31 | y << 22 | x << 12 | value


def narrow_record(address: int, t_us: int) -> bytes:
    """Give a record of AEDAT 1.0; the time is cut to 32 bits."""
    return struct.pack(">HI", address, t_us & 0xFFFFFFFF)


def wide_record(address: int, t_us: int) -> bytes:
    """Give a record of AEDAT 2.0; the time is cut to 32 bits."""
    return struct.pack(">II", address, t_us & 0xFFFFFFFF)
