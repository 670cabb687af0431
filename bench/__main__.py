"""Run every benchmark, or those named on the command line: `python -m bench accumulate decode`.

Options after the names are for `files`: `python -m bench files --formats evt3 --rounds 3`. Where nothing is named, it
runs on smaller files.
"""

import importlib
import itertools
import sys

from bench.files import command
from bench.timing import machine

SHORT = ["--rounds", "3", "--events", "2000000", "--results", "out/bench_files_short.json"]
BENCHMARKS = ("simulator", "decode", "accumulate", "hand_over", "filters", "files")


def main() -> int:
    """Run and print."""
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options, chosen = sys.argv[1 + len(names) :], names or BENCHMARKS
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    if options and "files" not in chosen:
        print(f"{options[0]}: only benchmark 'files' has options", file=sys.stderr)
        return 2
    print(machine())
    for name in chosen:
        if name == "files":
            command.main(options if names else SHORT)
        else:
            importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
