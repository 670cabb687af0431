"""What runs of a launched graph come down to: latencies, losses and memory in a line."""

from dataclasses import replace

from bench.inference.graph import WARM_UP_S, Seen

_SAMPLES_A_SECOND = 2
_MEMORY_FROM_S = 4


def settled(seen: Seen) -> Seen:
    """Leave the predictions of the first two seconds out.

    Raises:
        AssertionError: hardly any are left.
    """
    kept = [each for each in seen.said if each.t_us > seen.said[0].t_us + WARM_UP_S * 1e6]
    assert len(kept) > 10, f"only {len(kept)} predictions came"
    return replace(seen, said=kept)


def latency_text(seen: Seen) -> str:
    """Say the latencies in ms."""
    return "  ".join(f"p{percent:g} {seen.latency_ms(percent):6.2f} ms" for percent in (50, 90, 99, 100))


def lost_packets(seen: Seen) -> int:
    """Give packets and windows that a stage dropped, or that came too late for it, since it had settled."""
    lost = {stage: int(status.dropped_packets) for stage, status in seen.status.items()}
    before = {stage: int(status.dropped_packets) for stage, status in seen.early.items()}
    return sum(count - before.get(stage, 0) for stage, count in lost.items())


def memory_growth_mb(seen: Seen) -> float:
    """Give by how much resident memory grew since 4 s after the first prediction; it is still loading before."""
    return seen.rss_mb[-1] - seen.rss_mb[min(_MEMORY_FROM_S * _SAMPLES_A_SECOND, len(seen.rss_mb) - 1)]
