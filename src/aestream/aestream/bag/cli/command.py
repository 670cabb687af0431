"""`aestream bag`: the words after it, a table."""

import argparse
from importlib import import_module
from typing import Any

from aestream.cli.parser import examples_of

EXAMPLES = """examples:
  aestream bag record /event_camera/events -o my_bag
  aestream bag record --all --max-size 4000 --compression zstd
  aestream bag info my_bag --events
  aestream bag play my_bag --rate 0.5 --clock
  aestream bag recover my_bag -o whole_bag
"""

WORDS = {
    "record": "record topics into a bag",
    "play": "publish what is in a bag",
    "info": "say what is in bags",
    "recover": "make a whole bag of one whose recorder was killed",
}


def add_parser(subparsers: Any) -> None:
    """Add `bag` to the commands of `aestream`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "bag",
        help="record, play, describe and recover bags of ROS 2",
        description="Record, play, describe and recover bags of ROS 2 (rosbag2: MCAP or SQLite).",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(title="words", metavar="WORD", dest="word", required=True)
    for word, summary in WORDS.items():
        epilog = examples_of(EXAMPLES, f"aestream bag {word}")
        word_parser = words.add_parser(word, help=summary, description=f"{summary.capitalize()}.", epilog=epilog)
        import_module(f"aestream.bag.cli.{word}").add_arguments(word_parser)
