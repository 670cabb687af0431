"""Run every benchmark, or those named on the command line: `python -m bench accumulate decode`.

Options after the names are for the first, where it has any: `python -m bench files --formats evt3 --rounds 3`. Where
nothing is named, those run on less.
"""

import importlib
import itertools
import sys

from bench.timing import machine

WITH_OPTIONS = {"files": "bench.files.command", "surfaces": "bench.surfaces.command", "copies": "bench.copies"}
SHORT = {
    "files": ["--rounds", "3", "--events", "2000000", "--results", "out/bench_files_short.json"],
    "surfaces": ["--rounds", "2", "--largest", "100000", "--results", "out/bench_surfaces_short.json"],
    "copies": ["--duration-s", "2"],
}
BENCHMARKS = ("simulator", "decode", "accumulate", "hand_over", "files", "surfaces", "copies")


def main() -> int:
    """Run and print."""
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options, chosen = sys.argv[1 + len(names) :], names or BENCHMARKS
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    if options and not (names and chosen[0] in WITH_OPTIONS):
        print(f"{options[0]}: only {', '.join(WITH_OPTIONS)}, named first, have options", file=sys.stderr)
        return 2
    print(machine())
    for name in chosen:
        if name in WITH_OPTIONS:
            given = options if name == chosen[0] else []
            importlib.import_module(WITH_OPTIONS[name]).main(given if names else SHORT[name])
        else:
            importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
