"""From the stamps of both sides to the figures of a case."""

from pathlib import Path
from typing import Any

import numpy as np

from bench.transport.case import Case
from bench.transport.packets import Schedule

Figures = dict[str, Any]


def figures(case: Case, schedule: Schedule, folder: Path) -> Figures:
    """Join both sides by packet number; only packets after the warm-up count.

    Raises:
        AssertionError: a packet arrived with another number of events than it left with.
    """
    sent, received = np.load(folder / "sent.npz"), np.load(folder / "received.npz")
    counts = schedule.event_counts()
    counted = received["seq"] >= schedule.warm
    seq = received["seq"][counted].astype(np.int64)
    assert np.array_equal(received["events"][counted], counts[seq]), f"{case.path}: events differ"
    assert len(np.unique(seq)) == len(seq), f"{case.path}: a packet arrived twice"
    asked = len(counts) - schedule.warm
    events = int(counts[schedule.warm :].sum())
    seconds = (sent["publish_ns"][-1] - sent["publish_ns"][schedule.warm]) / 1e9
    return {
        "packets": asked,
        "mean_events": events / asked,
        "mean_bytes": float(sent["nbytes"]) / len(counts),
        "mean_us": seconds / asked * 1e6,
        "sent_mev_s": events / seconds / 1e6,
        "mb_s": float(sent["nbytes"]) / len(counts) * asked / seconds / 1e6,
        "loss": 1 - len(seq) / asked,
        "publisher_ms_per_mev": float(sent["cpu_s"]) / events * 1e9,
        "subscriber_ms_per_mev": per_mev(received, counts[seq]),
        **latencies(sent, received, seq, counted),
    }


def per_mev(received: Any, counts: Any) -> float:
    """Give the subscriber's processor time in ms for a million events."""
    return float(received["cpu_s"]) / max(int(counts.sum()), 1) * 1e9


def latencies(sent: Any, received: Any, seq: Any, counted: Any) -> Figures:
    """Give latencies in µs: from the publish call, and from before the encoding, until the events can be looked at."""
    viewable_ns = received["viewable_ns"][counted]
    spans = {
        "": viewable_ns - sent["publish_ns"][seq],
        "arrival_": received["arrived_ns"][counted] - sent["publish_ns"][seq],
        "whole_": viewable_ns - sent["begin_ns"][seq],
    }
    return {
        f"{name}p{percent}_us": float(np.percentile(span, percent) / 1e3) if len(span) else float("nan")
        for name, span in spans.items()
        for percent in (50, 99)
    }
