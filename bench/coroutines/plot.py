"""The plot docs/benchmarks_coroutines.png: rates over packet sizes, and what a recording costs."""

from typing import Any

from bench.coroutines.program import ROOT, Case, Costs

PLOT = ROOT / "docs" / "benchmarks_coroutines.png"
_COLOURS = {
    "threads, FIFO under a mutex": "tab:red",
    "threads, lock-free queue": "tab:orange",
    "threads by reference, FIFO under a mutex": "tab:purple",
    "threads by reference, lock-free queue": "tab:brown",
}
_STYLES = {1: "-", 2: "--", 4: "-.", 8: ":"}


def draw(costs: Costs) -> None:
    """Draw both tasks side by side."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.2), layout="constrained", width_ratios=(3, 2))
    draw_sums(left, costs)
    draw_recording(right, costs)
    figure.savefig(PLOT, dpi=100)
    plt.close(figure)


def draw_sums(axis: Any, costs: Costs) -> None:
    """Draw rates over packet sizes, one line a method and number of consumers."""
    for method, threads in dict.fromkeys(
        (c.method, c.threads) for c in costs if c.task == "sum" and c.packet_events > 1
    ):
        points = sorted(
            (c.packet_events, cost.rate)
            for c, cost in costs.items()
            if (c.task, c.method, c.threads) == ("sum", method, threads) and c.packet_events > 1
        )
        colour, ours = _COLOURS.get(method, "0.3"), method.startswith("coroutine")
        axis.plot(
            *zip(*points, strict=True),
            color="tab:blue" if ours else colour,
            lw=3 if ours else 1.2,
            ls=_STYLES[threads],
            label=method if threads == 1 else None,
        )
    by_event = costs[Case("sum", "coroutine, an event at a time", 1, 1)].rate
    axis.axhline(by_event, color="tab:cyan", lw=2, label="coroutine, an event at a time")
    for threads, style in _STYLES.items():
        axis.plot([], [], color="0.5", ls=style, label=f"{threads} consumer{'s' if threads > 1 else ''}")
    axis.set_xscale("log", base=2)
    axis.set(xlabel="events a packet or buffer", ylabel="million events a second", ylim=(0, None))
    axis.set_title("a sum over a stream", fontsize=11)
    axis.legend(fontsize=7, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.12))


def draw_recording(axis: Any, costs: Costs) -> None:
    """Draw rates and processor time of the recording, in packets as they are read."""
    rows = [(case, cost) for case, cost in costs.items() if case.task == "recording" and case.packet_events == 0]
    names = [f"{case.method}, {case.threads}" if case.method.startswith("threads") else case.method for case, _ in rows]
    places = range(len(rows))
    axis.barh([at + 0.2 for at in places], [cost.rate for _, cost in rows], height=0.4, label="Mev/s, wall clock")
    axis.barh(
        [at - 0.2 for at in places],
        [1e3 / cost.cpu_ns for _, cost in rows],
        height=0.4,
        label="Mev/s of processor time",
    )
    axis.set_yticks(list(places), names, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel("million events a second")
    axis.set_title("EVT3 file, two filters, counts", fontsize=11)
    axis.legend(fontsize=7, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.12))
