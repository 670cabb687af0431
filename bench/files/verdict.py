"""Whether a library's events are the right ones."""

from dataclasses import dataclass
from typing import Any

from bench.files.data import DataFile


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        error: why the library cannot, "" where it can.
        remark: what is different in its result, though its speed counts.
        size_bytes: size of the file that it wrote, else 0.
    """

    error: str = ""
    remark: str = ""
    size_bytes: int = 0


def judge(sums: dict[str, Any], data: DataFile) -> Verdict:
    """Compare sums with those of the events in the file.

    Wrong times and polarities are remarked on, and the speed still counts; wrong places or numbers of events are an
    error.
    """
    if "error" in sums:
        return Verdict(error=str(sums["error"]))
    if sums["events"] != data.sums["events"]:
        return Verdict(error=f"wrong: {sums['events']:,} of {data.sums['events']:,} events")
    place = places(sums, data)
    if place is None:
        return Verdict(error="wrong: places differ")
    remarks = [place, polarities(sums, data), times(sums, data)]
    return Verdict(remark=", ".join(remark for remark in remarks if remark))


def places(sums: dict[str, Any], data: DataFile) -> str | None:
    """Compare x and y; None where they are neither right nor mirrored."""
    remarks = []
    for name, side, remark in (("x", data.width, "x from the right"), ("y", data.height, "y from the bottom")):
        mirrored = data.sums["events"] * (side - 1) - data.sums[name]
        if sums[name] not in (data.sums[name], mirrored):
            return None
        remarks.append("" if sums[name] == data.sums[name] else remark)
    return ", ".join(filter(None, remarks))


def polarities(sums: dict[str, Any], data: DataFile) -> str:
    """Compare polarity."""
    events, on = data.sums["events"], data.sums["p"]
    known = {on: "", 2 * on - events: "polarity -1 and 1", events - on: "polarity inverted"}
    return known.get(sums["p"], "polarity wrong")


def times(sums: dict[str, Any], data: DataFile) -> str:
    """Compare times, which may all be shifted."""
    names = ("first_us", "last_us", "t")
    if all(sums[name] == data.sums[name] for name in names):
        return ""
    shift_us = sums["first_us"] - data.sums["first_us"]
    shifted = (data.sums["last_us"] + shift_us, data.sums["t"] + shift_us * data.sums["events"])
    return "times shifted" if (sums["last_us"], sums["t"]) == shifted else "times wrong"
