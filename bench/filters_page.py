"""The page docs/benchmarks_filters.md and its plot."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.noise import NOISE_HZ, SECONDS, TIMES_US, Curve

HEAD = """# Benchmarks of filters

Written by `python -m bench.filters --write-docs`; the filters are described in [filters.md](filters.md).

- Machine: {machine}
- Meanwhile: {load}
"""
SPEED = """
## Speed

2,000,000 events of the simulated 640x480 sensor at 10 Mev/s, scene `shapes`, in packets of 100,000, on one thread. A
round makes a new filter and takes every packet through it; the median of 5 rounds. Input and output are each library's
own form of events. "Copy" is the time over that of copying the records.

| filter | AEStream, Mev/s | copies | dv-processing, Mev/s | ratio |
| --- | ---: | ---: | ---: | ---: |
"""
NOISE = f"""
## Noise and signal

The simulator's scene `shapes` on 346x260 pixels for {SECONDS} s, without noise of its own (100,000 events), mixed with
random events of known labels. Each filter's time constant goes from {TIMES_US[0]} µs to {TIMES_US[-1]} µs; the curve is
the share of the signal kept over the share of the noise kept, with its ends at (0, 0) and (1, 1). "tonic's Denoise" is
its rule, written anew: tonic is GPL and not used here. The FastDecay filter's half life is swept.

![ROC curves](filters_roc.png)

Area under the curve by noise events a second and pixel:

"""


def write_page(
    folder: Path, rates: Mapping[str, Mapping[str, float]], curves: Sequence[Curve], *, machine: str, load: str
) -> None:
    """Write the page and draw the plot."""
    text = HEAD.format(machine=machine, load=load) + SPEED + "\n".join(speed_rows(rates)) + "\n"
    text += NOISE + "\n".join(area_rows(curves)) + "\n"
    (folder / "benchmarks_filters.md").write_text(text)
    draw(curves, folder / "filters_roc.png")


def speed_rows(rates: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Give a line for each filter."""
    *names, copy = rates
    for name in names:
        ours, peer = rates[name]["AEStream"], rates[name].get("dv-processing")
        cells = [f"{ours:.0f}", f"{rates[copy]['AEStream'] / ours:.1f}"]
        cells += ["", ""] if peer is None else [f"{peer:.0f}", f"**{ours / peer:.1f}**"]
        yield f"| `{name}` | {' | '.join(cells)} |"
    yield f"| {copy} | {rates[copy]['AEStream']:.0f} | 1.0 |  |  |"


def area_rows(curves: Sequence[Curve]) -> Iterator[str]:
    """Give a line for each candidate."""
    yield "| filter | " + " | ".join(f"{rate:g} Hz" for rate in NOISE_HZ) + " |"
    yield "| --- |" + " ---: |" * len(NOISE_HZ)
    for name in dict.fromkeys(curve.name for curve in curves):
        areas = (f"{curve.area:.3f}" for curve in curves if curve.name == name)
        yield f"| {name} | {' | '.join(areas)} |"


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw the curves, one picture for each rate of noise."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, len(NOISE_HZ), figsize=(12, 4), sharey=True, layout="constrained")
    for axis, rate_hz in zip(axes, NOISE_HZ, strict=True):
        for curve in (each for each in curves if each.noise_hz == rate_hz):
            style = "-" if curve.name.startswith(("background", "stcf")) else "--"
            axis.plot(curve.noise_kept, curve.signal_kept, style, marker=".", lw=1.2, label=curve.name)
        axis.set(title=f"noise of {rate_hz:g} Hz a pixel", xlabel="noise kept", xlim=(0, 1), ylim=(0, 1.01))
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("signal kept")
    axes[0].legend(fontsize=7, loc="lower right")
    figure.savefig(path, dpi=80)
    plt.close(figure)
