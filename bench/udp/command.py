"""`python -m bench udp`: the highest rate without loss, by search, and what others do in the same run."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.files.processes import ROOT, peers_python
from bench.sections import begin, end
from bench.timing import machine
from bench.udp.runs import Run, run, run_aestream_sender

RESULTS = ROOT / "out" / "bench_udp.json"
PAGE = ROOT / "docs" / "udp.md"
PROTOCOLS: dict[str, dict[str, Any]] = {
    "framed": {"protocol": "framed"},
    "SPIF, 256 events": {"protocol": "spif"},
    "SPIF with times": {"protocol": "spif", "timestamps": True},
}
PACED_HZ = 20e6
STEP = 1.25
LIMIT_HZ = 1e9
SENDER_IS_THE_LIMIT = 0.85


def main(arguments: list[str]) -> None:
    """Run what the options say."""
    options = parse(arguments)
    rows: list[dict[str, Any]] = []
    for name, how in PROTOCOLS.items():
        rows += own_rows(name, how, seconds=options.seconds, tries=options.tries)
    rows += peer_rows(options) if peers_python() else []
    if not peers_python():
        print("AEStream 0.6 and faery are not installed, so there is nobody to compare with: make bench-peers")
    check(rows)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1))
    print(table(rows))
    if options.write_docs:
        write_docs(f"{table(rows)}\n\n{machine()}; two cores, sender and receiver a process each.")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m bench udp", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long events are sent for in each run")
    parser.add_argument("--tries", type=int, default=3, help="runs at a rate, of which one must lose nothing")
    parser.add_argument("--events", type=int, default=20_000_000, help="events that the others send")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are kept")
    parser.add_argument("--write-docs", action="store_true", help="rewrite the table of docs/udp.md")
    return parser.parse_args(arguments)


def search(attempt: Callable[[float], Run], *, tries: int, first_hz: float = PACED_HZ) -> Run | None:
    """Raise the rate until every try loses events, or the sender does not reach it; gives the best run without loss."""
    best, rate_hz = None, first_hz
    while rate_hz < LIMIT_HZ:
        for _ in range(tries):
            tried = attempt(rate_hz)
            if tried.lost == 0:
                best = max(best or tried, tried, key=lambda each: each.rate_mev_s)
                if tried.rate_mev_s * 1e6 >= SENDER_IS_THE_LIMIT * rate_hz:
                    break
        else:
            return best
        rate_hz *= STEP
    return best


def own_rows(name: str, how: dict[str, Any], *, seconds: float, tries: int) -> list[dict[str, Any]]:
    """Measure this suite with itself."""

    def attempt(rate_hz: float) -> Run:
        sending = {"events": int(rate_hz * seconds), "rate_hz": rate_hz, **how}
        once = {"once": True} if how["protocol"] == "framed" else {}
        return run("receive_own", "send_own", receiving=once, sending=sending)

    paced = min((attempt(PACED_HZ) for _ in range(tries)), key=lambda each: each.lost)
    rows = [row(f"this suite, {name}, paced", paced)]
    best = search(attempt, tries=tries)
    return [*rows, row(f"this suite, {name}, highest without loss", best)] if best else rows


def peer_rows(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the others with themselves, and AEStream with this suite both ways."""

    def into_aestream(rate_hz: float) -> Run:
        sending = {"events": int(rate_hz * options.seconds), "rate_hz": rate_hz}
        sending |= {"protocol": "spif", "events_per_datagram": 128}
        return run("receive_aestream", "send_own", receiving={}, sending=sending)

    rows = [
        row("AEStream 0.6 to itself, as fast as it sends", run_aestream_sender("receive_aestream", options.events)),
        row("AEStream 0.6 to this suite, as fast as it sends", run_aestream_sender("receive_own", options.events)),
    ]
    best = search(into_aestream, tries=options.tries, first_hz=1e6)
    rows += [row("this suite to AEStream 0.6, highest without loss", best)] if best else []
    faery = run("receive_faery", "send_faery", receiving={}, sending={"events": options.events // 10})
    return [*rows, row("faery to itself, as fast as it sends", faery)]


def row(what: str, measured: Run) -> dict[str, Any]:
    """Make and print a row."""
    made = {"what": what, "rate_mev_s": measured.rate_mev_s, "lost": measured.lost, "events": measured.sent}
    print(f"  {what:<58} {made['rate_mev_s']:8.1f} Mev/s  {100 * made['lost']:6.2f} % lost", flush=True)
    return made


def check(rows: list[dict[str, Any]]) -> None:
    """Say how this suite stands to the others."""
    own = [each["rate_mev_s"] for each in rows if "this suite, " in each["what"] and "highest" in each["what"]]
    others = [each for each in rows if "to itself" in each["what"]]
    for each in others:
        print(f"  {max(own, default=0) / each['rate_mev_s']:.1f} times {each['what']}")


def table(rows: list[dict[str, Any]]) -> str:
    """Lay the rows out for the documentation."""
    lines = [f"| {each['what']} | {each['rate_mev_s']:.1f} | {100 * each['lost']:.2f} % |" for each in rows]
    return "\n".join(["| | Mev/s | lost |", "|---|---|---|", *lines])


def write_docs(text: str) -> None:
    """Replace the measurements on the page."""
    before, _, rest = PAGE.read_text().partition(begin("measured"))
    after = rest.partition(end("measured"))[2]
    PAGE.write_text(f"{before}{begin('measured')}\n\n{text}\n\n{end('measured')}{after}")
