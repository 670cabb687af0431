"""`aestream bag recover`."""

import argparse
import sys

from aestream.bag.recovery import in_words, recover


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked for."""
    parser.add_argument("bag", metavar="BAG", help="folder, or one file .mcap or .db3, whose recorder was killed")
    parser.add_argument("-o", "--output", metavar="OUT", help="the whole bag to write (default: BAG_recovered)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Recover a bag.

    Raises:
        AestreamError: it is no bag, or the new one cannot be written.
    """
    sys.stdout.write(f"{in_words(recover(args.bag, args.output))}\n")
    return 0
