"""CSV in plain Python, line by line: the slow twin of the native codec."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

Event = tuple[int, int, int, int]  # t µs, x, y, p

US_PER_UNIT = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": Decimal("0.001")}
POLARITIES = {"0": 0, "-1": 0, "false": 0, "off": 0, "1": 1, "+1": 1, "true": 1, "on": 1}


class BadLineError(ValueError):
    """A line that is no event."""


def parse_line(line: str, *, columns: str = "t,x,y,p", separator: str = ",", time_unit: str = "us") -> Event | None:
    """Read one line; None where it is empty or a comment."""
    line = line.strip(" \t\r\n")
    if not line or line[0] in "#%":
        return None
    fields = line.split() if separator == " " else [field.strip() for field in line.split(separator)]
    names = columns.split(",")
    if len(fields) < len(names):
        raise BadLineError("too few columns")
    texts = dict(zip(names, fields, strict=False))
    return (to_us(texts["t"], time_unit), to_side(texts["x"]), to_side(texts["y"]), to_polarity(texts["p"]))


def read(data: bytes, *, width: int, height: int, **layout: str) -> list[Event]:
    """Read every line that is an event on the sensor; the others are passed over."""
    events = []
    for line in data.decode("utf-8", "replace").split("\n"):
        try:
            event = parse_line(line, **layout)
        except BadLineError:
            continue
        if event and event[1] < width and event[2] < height:
            events.append(event)
    return events


def write(events: Sequence[Event], *, columns: str = "t,x,y,p", separator: str = ",", time_unit: str = "us") -> bytes:
    """Write events, without a header."""
    places = {"s": 6, "ms": 3}.get(time_unit)
    lines = []
    for t, x, y, p in events:
        time = (
            str(t * 1000 if time_unit == "ns" else t) if places is None else f"{Decimal(t).scaleb(-places):.{places}f}"
        )
        texts = {"t": time, "x": str(x), "y": str(y), "p": str(p)}
        lines.append(separator.join(texts[name] for name in columns.split(",")) + "\n")
    return "".join(lines).encode()


def to_us(text: str, time_unit: str) -> int:
    """Round a time to µs, halves up."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadLineError(text) from None
    if not number.is_finite() or number < 0 or "e" in text.lower():
        raise BadLineError(text)
    t_us = int((number * US_PER_UNIT[time_unit]).quantize(Decimal(1), ROUND_HALF_UP))
    if t_us >= 1 << 63:
        raise BadLineError(text)
    return t_us


def to_side(text: str) -> int:
    """Read a coordinate."""
    if not text.isascii() or not text.isdigit():
        raise BadLineError(text)
    return int(text)


def to_polarity(text: str) -> int:
    """Read a polarity."""
    if text.lower() not in POLARITIES:
        raise BadLineError(text)
    return POLARITIES[text.lower()]
