"""Run every benchmark, or those named on the command line: `python -m bench accumulate decode`.

Options after a name are for it: `python -m bench files --formats evt3 --rounds 3`. Where nothing is named, those that
take long run shorter.
"""

import importlib
import itertools
import sys

from bench.timing import machine

SIMPLE = (
    "simulator",
    "decode",
    "messages",
    "pacing",
    "accumulate",
    "hand_over",
    "filters",
    "bags",
    "links",
    "speck",
    "monitor",
)
COMMANDS = {
    "files": ["--rounds", "3", "--events", "2000000", "--results", "out/bench_files_short.json"],
    "surfaces": ["--rounds", "2", "--largest", "100000", "--results", "out/bench_surfaces_short.json"],
    "coroutines": ["--rounds", "2", "--events", "2000000", "--results", "out/bench_coroutines_short.json"],
    "copies": ["--duration-s", "2"],
    "transport": ["--rates", "10", "--seconds", "1", "--results", "out/bench_transport_short.json"],
    "inference": ["--seconds", "3", "--tries", "1"],
    "ssm": ["--length", "8192", "--rounds", "3"],
    "ssm_online": ["--events", "262144", "--rounds", "2"],
    "ssm_training": ["--rounds", "2"],
    "ssm_latency": ["--seconds", "4", "--most", "0"],
    "snn": ["--rounds", "2", "--share", "0.1"],
    "soak": ["--minutes", "0.3"],
    "udp": ["--seconds", "0.3", "--tries", "1", "--events", "2000000", "--results", "out/bench_udp_short.json"],
}
MODULES = {
    "copies": "bench.copies",
    "ssm_online": "bench.ssm.online",
    "ssm_training": "bench.ssm.training",
    "ssm_latency": "bench.ssm.latency",
}
"""Benchmarks with options (`bench.<name>.command` or the module named here), and those for the run of all."""


def main() -> int:
    """Run and print."""
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options, chosen = sys.argv[1 + len(names) :], names or [*SIMPLE, *COMMANDS]
    unknown = [name for name in chosen if name not in SIMPLE and name not in COMMANDS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join([*SIMPLE, *COMMANDS])}", file=sys.stderr)
        return 2
    if options and (len(names) != 1 or names[0] not in COMMANDS):
        print(f"{options[0]}: only one of {', '.join(COMMANDS)}, named alone, has options", file=sys.stderr)
        return 2
    print(machine())
    for name in chosen:
        if name in COMMANDS:
            importlib.import_module(MODULES.get(name, f"bench.{name}.command")).main(
                options if names else COMMANDS[name]
            )
        else:
            importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
