"""The section on coroutines of docs/benchmarks.md, and its plot."""

from collections.abc import Iterator
from typing import Any

from bench.coroutines.plot import PLOT, draw
from bench.coroutines.program import Case, Cost, Costs
from bench.sections import write_section

PACKETS, EVENTS, LOOP = "coroutine, a packet at a time", "coroutine, an event at a time", "plain loop"
PUBLISHED = ("threads, FIFO under a mutex", "threads, lock-free queue")
REFERENCES = ("threads by reference, FIFO under a mutex", "threads by reference, lock-free queue")

NOTES = """\
- The task of the published comparison: the sum of x + y of a stream whose sum is known. Events lie in memory.
- "threads" is that comparison: the producer gathers the events, which come one by one, in buffers and hands these over;
  consumers add up. Kinder than published: first in, first out; buffers are used again; a consumer takes its share of
  all that waits under one lock; at most 1 MiB waits, so that it stays in the cache.
- "threads by reference" is kinder still: nothing is gathered, threads hand over references to packets that lie ready,
  as packets of the engine do.
- The lock-free queue is a bounded one for many producers and consumers; who finds nothing sleeps on a semaphore.
- A sum is far less work than any stage of a real pipeline does: the table shows what handing over costs, not what
  threads are good for. Where work can be shared out, cores can win: see the recording below.
"""


def write_page(results: dict[str, Any]) -> None:
    """Put the section into docs/benchmarks.md, in place of the one before, and draw the plot."""
    draw(costs_of(results))
    write_section("coroutines", "\n".join(section(results)))


def costs_of(results: dict[str, Any]) -> Costs:
    """Give the costs that results hold."""
    return {
        Case(row["task"], row["method"], row["packet_events"], row["threads"]): Cost(
            row["events"], row["wall_s"], row["cpu_s"]
        )
        for row in results["rows"]
    }


def section(results: dict[str, Any]) -> Iterator[str]:
    """Give the section's lines."""
    costs = costs_of(results)
    yield "# Benchmarks of coroutines\n"
    yield "Written by `python -m bench coroutines --write-docs`.\n"
    load = f"; {results['load']}" if results["load"] else ""
    yield f"- Machine: {results['machine']}{load}"
    yield f"- Rounds: {results['rounds']}, all cases in turn; the best of each"
    yield f"{NOTES}"
    yield f"![Rates by packet size and method]({PLOT.name})\n"
    yield from sums(costs)
    yield from verdict(costs)
    yield from recording(costs, results["recording"])


def sums(costs: Costs) -> Iterator[str]:
    """Give the table of the trivial task."""
    sizes = sizes_of(costs, "sum")
    yield "## A sum over a stream, Mev/s by events a packet or buffer\n"
    yield "| Method | Consumers | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "| --- | ---: |" + " ---: |" * len(sizes)
    for method in (LOOP, PACKETS, *PUBLISHED, *REFERENCES):
        for threads in sorted({case.threads for case in costs if (case.task, case.method) == ("sum", method)}):
            rates = (f"{costs[Case('sum', method, size, threads)].rate:.0f}" for size in sizes)
            shown = "" if method in (LOOP, PACKETS) else str(threads)
            yield f"| {method} | {shown} | " + " | ".join(rates) + " |"
    for name, ratios in (
        ("packets : best threads", ratios_to_best(costs, PUBLISHED)),
        ("the same in processor time, all threads together", ratios_of_processor_time(costs, PUBLISHED)),
        ("packets : best threads by reference", ratios_to_best(costs, REFERENCES)),
        ("packets : plain loop", ratios_to_loop(costs)),
    ):
        yield f"| {name} | | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |"
    yield ""


def verdict(costs: Costs) -> Iterator[str]:
    """Say in words what the table shows."""
    by_event = costs[Case("sum", EVENTS, 1, 1)].rate
    sizes = sizes_of(costs, "sum")
    loops = [costs[Case("sum", LOOP, size, 1)].rate for size in sizes]
    lost = [size for size in sizes if best(costs, PUBLISHED, size) > by_event]
    yield (
        f"One resume an event gives {by_event:.0f} Mev/s, {by_event / max(loops):.2f} of the plain loop; threads pass "
        f"it with {f'buffers of {lost[0]:,} events and more' if lost else 'no buffer measured'}. "
        f"One resume a packet is {min(ratios_to_best(costs, PUBLISHED)):.2f} times the best of the published threads "
        f"and queues or more at every size, "
        f"{min(ratios_of_processor_time(costs, PUBLISHED)):.2f} times in processor time, and from 512 events a packet "
        f"{min(r for s, r in zip(sizes, ratios_to_loop(costs), strict=True) if s >= 512):.2f} of the plain loop or "
        f"more. Against threads that hand over references it is "
        f"{min(ratios_to_best(costs, REFERENCES)):.2f} to {max(ratios_to_best(costs, REFERENCES)):.2f} times.\n"
    )


def recording(costs: Costs, name: str) -> Iterator[str]:
    """Give the table of the real pipeline."""
    sizes = sizes_of(costs, "recording")
    yield "## A recording through two filters into counts\n"
    yield (
        f"EVT3 ({name}), `refractory`, `background_activity`, counts of two polarities; equal counts are checked. "
        "Rates in Mev/s of events read, and processor time in ns an event, all threads together, in brackets. "
        "Two threads: reading, and the rest; four: one a stage; references go through queues of 64 packets; "
        '"buffered" is the engine with its stage of that name behind the reading.\n'
    )
    shown = ["as read" if size == 0 else f"{size:,}" for size in sizes]
    yield "| Method | Threads | " + " | ".join(shown) + " |"
    yield "| --- | ---: |" + " ---: |" * len(sizes)
    for method, threads in dict.fromkeys((c.method, c.threads) for c in costs if c.task == "recording"):
        cells = (costs[Case("recording", method, size, threads)] for size in sizes)
        yield f"| {method} | {threads} | " + " | ".join(f"{c.rate:.1f} ({c.cpu_ns:.1f})" for c in cells) + " |"
    yield ""


def sizes_of(costs: Costs, task: str) -> list[int]:
    """Give the packet sizes of a task; what is as read stands last."""
    sizes = {case.packet_events for case in costs if case.task == task and case.method != EVENTS}
    return sorted(sizes, key=lambda size: size or 1 << 62)


def best(costs: Costs, methods: tuple[str, ...], size: int) -> float:
    """Give the best rate of some methods at a size."""
    return max(
        cost.rate
        for case, cost in costs.items()
        if (case.task, case.packet_events) == ("sum", size) and case.method in methods
    )


def ratios_to_best(costs: Costs, methods: tuple[str, ...]) -> list[float]:
    """Divide the rate of packets by the best of some methods, size by size."""
    return [costs[Case("sum", PACKETS, size, 1)].rate / best(costs, methods, size) for size in sizes_of(costs, "sum")]


def ratios_of_processor_time(costs: Costs, methods: tuple[str, ...]) -> list[float]:
    """Divide the least processor time of some methods by that of packets, size by size."""
    return [
        min(
            cost.cpu_ns
            for case, cost in costs.items()
            if (case.task, case.packet_events) == ("sum", size) and case.method in methods
        )
        / costs[Case("sum", PACKETS, size, 1)].cpu_ns
        for size in sizes_of(costs, "sum")
    ]


def ratios_to_loop(costs: Costs) -> list[float]:
    """Divide the rate of packets by that of the plain loop, size by size."""
    return [
        costs[Case("sum", PACKETS, size, 1)].rate / costs[Case("sum", LOOP, size, 1)].rate
        for size in sizes_of(costs, "sum")
    ]
