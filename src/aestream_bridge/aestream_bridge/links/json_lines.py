"""Events as JSON, one object a line: `{"t":1000,"x":12,"y":34,"p":1}`, for scripts and other languages."""

import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from aestream_core.csv import BLOCK_EVENTS
from aestream_core.errors import FormatError
from aestream_core.events import EVENT_DTYPE, Events

FIELDS = ("t", "x", "y", "p")
_LINE = b'{"t":%d,"x":%d,"y":%d,"p":%d}\n'
_SHAPE = b'{"t":,"x":,"y":,"p":}\n'
_PIECES = (b'{"t":', b',"x":', b',"y":', b',"p":', b"}\n")
_DIGITS = b"0123456789"
_PUNCTUATION = b'{}":txyp'


class BadLineError(FormatError):
    """A line is no event.

    Attributes:
        before: events of the lines before it, (N,) of `EVENT_DTYPE`.
    """

    def __init__(self, message: str, before: npt.NDArray[np.void]) -> None:
        """Keep the events beside the message."""
        super().__init__(message)
        self.before = before


def format_json_lines(events: Events) -> Iterator[bytes]:
    """Write events as lines of JSON: t in µs of sensor time, p 1 for brighter and 0 for darker.

    Yields:
        Whole lines, of a bounded number of events at once.
    """
    for begin in range(0, len(events), BLOCK_EVENTS):
        part = events.split_after(begin)[1].split_after(BLOCK_EVENTS)[0].to_numpy()
        columns = np.stack([part[name].astype(np.int64) for name in FIELDS], axis=1)
        yield (_LINE * len(part)) % tuple(columns.ravel().tolist())


def format_json_lines_ref(events: Events) -> bytes:
    """Write the same lines slowly; what `format_json_lines` must equal."""
    rows = events.to_numpy().tolist()
    return "".join(
        json.dumps(dict(zip(FIELDS, map(int, row), strict=True)), separators=(",", ":")) + "\n" for row in rows
    ).encode()


def parse_json_lines(lines: bytes, *, first_line: int = 1) -> npt.NDArray[np.void]:
    """Read whole lines.

    Args:
        lines: lines of JSON objects with whole numbers t, x, y and p; other keys and empty lines are left out.
        first_line: number of the first line, for messages.

    Returns:
        (N,) of `EVENT_DTYPE`; times as they stand there. A new array.

    Raises:
        BadLineError: a line is none of them; the message names the line and what is wrong.
    """
    quick = _parse_own(lines)
    return _parse_any(lines, first_line) if quick is None else quick


def _parse_own(lines: bytes) -> npt.NDArray[np.void] | None:
    """Read lines that are spelt exactly as we write them, which is checked; None where they are not."""
    count = lines.count(b"\n")
    between = (lines.count(piece) == count for piece in _PIECES)
    if lines.translate(None, _DIGITS) != _SHAPE * count or not all(between) or (b"\n" + lines).count(b"\n{") != count:
        return None
    numbers = lines.translate(None, _PUNCTUATION).replace(b"\n", b",")
    try:
        return _structured(np.fromstring(numbers, np.int64, sep=",").reshape(-1, 4))
    except (ValueError, DeprecationWarning, FormatError):
        return None


def _parse_any(lines: bytes, first_line: int) -> npt.NDArray[np.void]:
    rows: list[tuple[int, ...]] = []
    for number, line in enumerate(lines.split(b"\n"), first_line):
        if line.strip():
            try:
                rows.append(_row(line, number))
            except FormatError as error:
                raise BadLineError(str(error), _structured(np.array(rows, np.int64).reshape(-1, 4))) from None
    return _structured(np.array(rows, np.int64).reshape(-1, 4))


def _row(line: bytes, number: int) -> tuple[int, ...]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FormatError(f"line {number} is {_shown(line)}; it must be a JSON object with t, x, y and p")
    for name in FIELDS:
        if type(found.get(name)) not in (int, bool) or not 0 <= found[name] < _LIMITS[name]:
            raise FormatError(
                f"line {number} has {name} {found.get(name)!r}; it must be a whole number, 0 to {_LIMITS[name] - 1}"
            )
    return tuple(int(found[name]) for name in FIELDS)


_LIMITS = {"t": 1 << 62, "x": 0x7FFF, "y": 0x7FFF, "p": 2}


def _structured(columns: npt.NDArray[np.int64]) -> npt.NDArray[np.void]:
    if (columns < 0).any() or (columns >= [_LIMITS[name] for name in FIELDS]).any():
        raise FormatError("a number is too large")
    array = np.empty(len(columns), EVENT_DTYPE)
    for index, name in enumerate(FIELDS):
        array[name] = columns[:, index]
    return array


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return repr(text if len(text) <= 60 else text[:57] + "...")
