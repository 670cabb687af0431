"""`aestream bag info`."""

import argparse
import json
import sys

from aestream.bag.survey import in_words, survey_bag


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked for."""
    parser.add_argument("bags", nargs="+", metavar="BAG", help="folders, or files .mcap or .db3")
    parser.add_argument("--events", action="store_true", help="decode and count the events")
    parser.add_argument("--json", action="store_true", help="print a list of objects, one a bag")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Describe bags.

    Raises:
        AestreamError: one of them is none.
    """
    surveys = [survey_bag(path, events=args.events) for path in args.bags]
    if args.json:
        sys.stdout.write(json.dumps([survey.as_dict() for survey in surveys], indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(in_words(survey) for survey in surveys) + "\n")
    return 0
