"""What of a recording could not be delivered, in words."""

from collections.abc import Mapping

_LOST = {
    "outside_sensor": "events outside the sensor",
    "skipped_words": "words before the first time",
    "unknown_words": "unknown words",
    "damaged": "damaged places",
}
"""Counters of a recording that stand for lost data, and what they count."""


def describe_losses(counters: Mapping[str, int]) -> str:
    """Say in one line what was lost; nothing where nothing was."""
    parts = [f"{counters[name]:,} {what}" for name, what in _LOST.items() if counters.get(name)]
    return f"left out: {', '.join(parts)}" if parts else ""
