"""Memory and latency over time."""

from pathlib import Path
from typing import Any

LATENCIES = (("accumulator_ms", "accumulator"), ("listener_ms", "outside subscriber"))


def draw(samples: list[dict[str, Any]], path: Path) -> None:
    """Draw memory above, latencies below."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (memory, latency) = plt.subplots(2, 1, figsize=(9, 6), sharex=True, layout="constrained")
    minutes = [sample["at_s"] / 60 for sample in samples]
    for name in samples[-1]["rss_mb"]:
        memory.plot(minutes, [sample["rss_mb"].get(name) for sample in samples], label=name)
    for key, label in LATENCIES:
        for at, style in enumerate(("-", ":")):
            values = [sample[key][at] for sample in samples]
            latency.plot(minutes, values, style, label=f"{label}, p{(50, 99)[at]}")
    memory.set_ylabel("resident memory, MB")
    memory.set_ylim(bottom=0)
    latency.set_ylabel("latency, ms")
    latency.set_yscale("log")
    latency.set_xlabel("minutes")
    for axis in (memory, latency):
        axis.legend(fontsize=8)
        axis.grid(color="0.9")
    figure.savefig(path, dpi=100)
    plt.close(figure)
