"""Slow twin of the N-MNIST codec: one 40-bit record at a time.

The layout: garrickorchard.com/datasets/n-mnist.
"""

OVERFLOW = bytes([0, 240, 0, 0, 0])


def record(t_us: int, x: int, y: int, on: int) -> bytes:
    """Give the five bytes of an event; the time is cut to 23 bits."""
    return (x << 32 | y << 24 | on << 23 | t_us & 0x7FFFFF).to_bytes(5, "big")


def decode(data: bytes, width: int, height: int) -> tuple[list[tuple[int, int, int, int]], int]:
    """Give the whole records as (t, x, y, p), and how many lay outside the sensor."""
    rows, base_us, last_us, outside = [], 0, 0, 0
    for at in range(0, len(data) - 4, 5):
        word = int.from_bytes(data[at : at + 5], "big")
        x, y, on, t_us = word >> 32, word >> 24 & 0xFF, word >> 23 & 1, word & 0x7FFFFF
        if y == 240:
            base_us += 8192
            continue
        if last_us - t_us > 1 << 22:
            base_us += 1 << 23
        last_us = t_us
        if x < width and y < height:
            rows.append((base_us + t_us, x, y, on))
        else:
            outside += 1
    return rows, outside
