"""Numbers as people read them."""

from __future__ import annotations

import math

NOTHING = "–"
_PREFIXES = ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))


def count_text(count: float) -> str:
    """Return a count in at most seven characters: 999, "12.3 k", "4.56 M"."""
    for factor, prefix in _PREFIXES:
        if count >= factor:
            return _three_digits(count / factor) + prefix
    return f"{count:.0f}"


def bytes_text(count: float) -> str:
    """Return bytes with a decimal prefix: "512 B", "1.20 MB"."""
    text = count_text(count)
    return f"{text}B" if " " in text else f"{text} B"


def rate_text(rate: float) -> str:
    """Return events a second in millions, without the unit."""
    return f"{rate / 1e6:.2f}"


def milliseconds_text(duration_ms: float) -> str:
    """Return milliseconds without the unit, to three digits; a dash where nothing was timed."""
    return _three_digits(duration_ms) if math.isfinite(duration_ms) else NOTHING


def ratio_text(ratio: float) -> str:
    """Return a ratio to three digits; a dash where there is none."""
    return _three_digits(ratio) if math.isfinite(ratio) else NOTHING


def _three_digits(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
