"""Slow twins of the filters: each a loop over events, written from the rule in docs/filters.md alone."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.void]
"""(N,) of EVENT_DTYPE."""

NEVER = -(10**18)
LATE_US = 1_000_000


def clocks(events: Array) -> list[Array]:
    """Cut a stream where its clock steps back by more than a second."""
    cuts, latest = [0], NEVER
    for at, t in enumerate(events["t"].tolist()):
        if t < latest - LATE_US:
            cuts.append(at)
            latest = t
        latest = max(latest, t)
    return [events[start:stop] for start, stop in zip(cuts, [*cuts[1:], len(events)], strict=True)]


def rows(events: Array) -> Iterator[tuple[int, int, int, bool]]:
    return zip(*(events[name].tolist() for name in "txyp"), strict=True)


def selected(rule: Callable[..., list[bool]]) -> Callable[..., Array]:
    """Make a filter of a rule that says of each event of one clock whether it is kept."""

    def apply(events: Array, width: int, height: int, **settings: Any) -> Array:
        parts = [part[np.array(rule(part, width, height, **settings), bool)] for part in clocks(events)]
        return np.concatenate(parts)

    return apply


def crop(events: Array, width: int, height: int, *, x: int, y: int, columns: int, rows: int) -> Array:
    inside = (events["x"] >= x) & (events["x"] < x + columns) & (events["y"] >= y) & (events["y"] < y + rows)
    return events[inside]


def roi(events: Array, width: int, height: int, *, x: int, y: int, columns: int, rows: int) -> Array:
    result = crop(events, width, height, x=x, y=y, columns=columns, rows=rows).copy()
    result["x"] -= x
    result["y"] -= y
    return result


def polarity(events: Array, width: int, height: int, *, polarity: str) -> Array:
    return events[events["p"] == (polarity == "on")]


def mask(events: Array, width: int, height: int, *, path: npt.NDArray[Any], invert: bool = False) -> Array:
    layers = np.broadcast_to(path, (2, height, width)) != 0
    return events[layers[events["p"].astype(int), events["y"], events["x"]] != invert]


def downsample(events: Array, width: int, height: int, *, factor: int = 2) -> Array:
    result = events.copy()
    result["x"] //= factor
    result["y"] //= factor
    return result


def every_nth(events: Array, width: int, height: int, *, n: int = 2) -> Array:
    return events[::n]


def transpose(events: Array, width: int, height: int) -> Array:
    result = events.copy()
    result["x"], result["y"] = events["y"], events["x"]
    return result


def flip(events: Array, width: int, height: int, *, axis: str = "horizontal") -> Array:
    result = events.copy()
    if axis != "vertical":
        result["x"] = width - 1 - events["x"]
    if axis != "horizontal":
        result["y"] = height - 1 - events["y"]
    return result


def rotate(events: Array, width: int, height: int, *, degrees: str = "90") -> Array:
    """Rotate a picture of event numbers, as NumPy does, and look where they went."""
    numbers = np.arange(width * height).reshape(height, width)
    turned = np.rot90(numbers, -int(degrees) // 90)
    y, x = np.unravel_index(np.argsort(turned, axis=None), turned.shape)
    at = events["y"].astype(int) * width + events["x"]
    result = events.copy()
    result["x"], result["y"] = x[at], y[at]
    return result


@selected
def refractory(events: Array, width: int, height: int, *, us: int = 1000) -> list[bool]:
    last = np.full((height, width), NEVER)
    kept = []
    for t, x, y, _ in rows(events):
        kept.append(bool(t >= last[y, x] + us))
        if kept[-1]:
            last[y, x] = t
    return kept


@selected
def background_activity(events: Array, width: int, height: int, *, us: int = 2000) -> list[bool]:
    last = np.full((height + 2, width + 2), NEVER)
    kept = []
    for t, x, y, _ in rows(events):
        around = last[y : y + 3, x : x + 3].copy()
        around[1, 1] = NEVER
        kept.append(bool((around >= t - us).any()))
        last[y + 1, x + 1] = t
    return kept


@selected
def stcf(
    events: Array, width: int, height: int, *, us: int = 25_000, k: int = 2, polarity: str = "same", self: bool = False
) -> list[bool]:
    last = np.full((2, height + 2, width + 2), NEVER)
    kept = []
    for t, x, y, p in rows(events):
        layer = last[int(p) if polarity == "same" else 0]
        around = layer[y : y + 3, x : x + 3].copy()
        if not self:
            around[1, 1] = NEVER
        kept.append(bool((around >= t - us).sum() >= k))
        layer[y + 1, x + 1] = t
    return kept


def places_in_bursts(events: Array, us: int) -> list[int]:
    last: dict[tuple[int, int], tuple[int, bool, int]] = {}
    places = []
    for t, x, y, p in rows(events):
        before_us, before_p, place = last.get((x, y), (NEVER, p, 0))
        places.append(place + 1 if before_p == p and before_us >= t - us else 1)
        last[x, y] = (t, p, places[-1])
    return places


@selected
def trail(events: Array, width: int, height: int, *, us: int = 10_000) -> list[bool]:
    return [place == 1 for place in places_in_bursts(events, us)]


@selected
def stc(events: Array, width: int, height: int, *, us: int = 10_000, mode: str = "cut_trail") -> list[bool]:
    return [place == 2 or (place > 2 and mode == "keep_trail") for place in places_in_bursts(events, us)]


@selected
def hot_pixels(
    events: Array,
    width: int,
    height: int,
    *,
    rate_hz: float = 50,
    factor: float = 5,
    window_us: int = 1_000_000,
    mask: npt.NDArray[Any] | None = None,
    learn: bool = True,
) -> list[bool]:
    known = np.zeros((2, height, width), bool) if mask is None else np.broadcast_to(mask, (2, height, width)) != 0
    hot, counts, end = known.copy(), np.zeros((2, height, width)), None
    kept = []
    for t, x, y, p in rows(events):
        if end is None:
            end = t + window_us
        if t >= end:
            if learn:
                hot = known | hot_of(counts, rate_hz * window_us / 1e6, factor)
            counts[:] = 0
            end += ((t - end) // window_us + 1) * window_us
        counts[int(p), y, x] += 1
        kept.append(not hot[int(p), y, x])
    return kept


def hot_of(counts: npt.NDArray[Any], least: float, factor: float) -> npt.NDArray[np.bool_]:
    padded = np.pad(counts, ((0, 0), (1, 1), (1, 1)), constant_values=np.nan)
    _, height, width = counts.shape
    around = [padded[:, dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    median = np.nanmedian(np.stack(around), axis=0)
    return (counts > least) & (counts > factor * median)


@selected
def anti_flicker(
    events: Array,
    width: int,
    height: int,
    *,
    low_hz: float = 50,
    high_hz: float = 520,
    mode: str = "band_stop",
    start: int = 6,
    stop: int = 4,
    block: int = 4,
) -> list[bool]:
    shortest, longest = int(1e6 / high_hz), int(1e6 / low_hz)
    blocks: dict[tuple[int, int], dict[str, Any]] = {}
    kept = []
    for t, x, y, p in rows(events):
        at = blocks.setdefault(
            (x // block, y // block), {"edge": NEVER, "period": 0, "score": 0, "on": True, "flickers": False}
        )
        rises, at["on"] = p and not at["on"], p
        since = max(0, t - at["edge"])
        if since > 2 * longest:
            at["score"], at["period"], at["flickers"] = 0, 0, False
            at["edge"] = t if rises else at["edge"]
        elif rises and since >= shortest // 2:
            alike = at["period"] == 0 or abs(since - at["period"]) <= since // 4
            regular = shortest <= since <= longest and alike
            at["score"] = min(7, at["score"] + 1) if regular else max(0, at["score"] - 1)
            at["flickers"] = (at["flickers"] or at["score"] >= start) and at["score"] >= stop
            at["period"], at["edge"] = since, t
        kept.append(at["flickers"] == (mode == "band_pass"))
    return kept


@selected
def event_rate(events: Array, width: int, height: int, *, rate_hz: float, window_us: int = 1000) -> list[bool]:
    budget = int(rate_hz * window_us / 1e6)
    window, seen, before, passed, spread = None, 0, 0, 0, 0
    kept = []
    for t, *_ in rows(events):
        if window is None or t // window_us > window:
            before = seen if window is not None and t // window_us == window + 1 else 0
            window, seen, passed, spread = t // window_us, 0, 0, 0
        seen += 1
        spread += budget
        even = spread >= before
        spread -= before if even else 0
        kept.append((even or before <= budget) and passed < budget)
        passed += kept[-1]
    return kept


def undistort(events: Array, width: int, height: int, *, camera_info: npt.NDArray[np.int32]) -> Array:
    target = camera_info[events["y"], events["x"]]
    result = events[target >= 0].copy()
    result["y"], result["x"] = np.divmod(target[target >= 0], width)
    return result


def time(
    events: Array, width: int, height: int, *, start_us: int = 0, stop_us: int | None = None, since: str = "zero"
) -> Array:
    origin = int(events["t"][0]) if since == "first" and len(events) else 0
    kept = events["t"] >= origin + start_us
    return events[kept if stop_us is None else kept & (events["t"] < origin + stop_us)]


def count(events: Array, width: int, height: int, *, start: int = 0, stop: int | None = None) -> Array:
    return events[start:stop]


REFERENCES: dict[str, Callable[..., Array]] = {
    each.__name__: each
    for each in (crop, roi, polarity, mask, downsample, every_nth, transpose, flip, rotate, time, count, undistort)
} | {
    "refractory": refractory,
    "background_activity": background_activity,
    "stcf": stcf,
    "trail": trail,
    "stc": stc,
    "hot_pixels": hot_pixels,
    "anti_flicker": anti_flicker,
    "event_rate": event_rate,
}
