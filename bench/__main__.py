"""Run every benchmark, or those named on the command line: `python -m bench accumulate decode`."""

import importlib
import sys

from bench.timing import machine

BENCHMARKS = ("simulator", "decode", "accumulate", "hand_over")


def main() -> int:
    """Run and print."""
    chosen = sys.argv[1:] or BENCHMARKS
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    print(machine())
    for name in chosen:
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
