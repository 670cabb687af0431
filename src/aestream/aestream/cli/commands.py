"""The table of commands: a new one is one module with `add_parser(subparsers)` and one row."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import aestream
from aestream.cli.parser import CommandParser

EXAMPLES = """examples:
  aestream info recording.raw
  aestream view recording.raw -o recording.mp4
  aestream input file recording.raw output stdout | head
  aestream input file recording.raw output file recording.aedat4
  aestream input sim --rate 10e6 --duration 2 output tensor windows.npz output image
  aestream doctor

'aestream COMMAND --help' describes one command.
"""


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        module: where its `add_parser(subparsers)` is. The parser that it adds sets `run`, a function from the
            parsed arguments to the exit status.
        help: what the command does, in one line.
    """

    module: str
    help: str


COMMANDS = {
    "input": Command(
        "aestream.cli.input", "read events from a camera, a recording, the network or the simulator and put them out"
    ),
    "info": Command("aestream.cli.info", "say what is in recordings"),
    "view": Command("aestream.cli.view", "draw a recording into a picture or a video"),
    "formats": Command("aestream.cli.formats", "list the file formats and their options"),
    "bag": Command("aestream.bag.cli.command", "record, play, describe and recover bags of ROS 2"),
    "speck": Command("aestream.cli.speck.command", "plan spiking networks for the Speck chip"),
    "launch": Command("aestream.launching.cli", "start a pipeline of ROS 2 nodes"),
    "watch": Command("aestream.watch.cli", "show how the stages of a running pipeline do"),
    "train": Command("aestream.cli.train", "train a spiking network on recordings of events"),
    "evaluate": Command("aestream.cli.evaluate", "judge a trained network on its test data"),
    "snn": Command("aestream.cli.snn.command", "report about a trained spiking network, or export it"),
    "demo": Command("aestream.demo", "run the simulated camera to tensor in ROS 2 processes, about 10 s"),
    "doctor": Command("aestream.cli.doctor", "say what is installed, what is missing, and what brings it"),
    "completion": Command("aestream.cli.completion", "print the script that completes this command in a shell"),
}


def installed_commands() -> dict[str, Command]:
    """List the commands whose module is there."""
    return {name: command for name, command in COMMANDS.items() if _is_installed(command.module)}


def build_parser(words: Sequence[str]) -> CommandParser:
    """Make the parser for a command line. Only the module of the command that `words` names is imported."""
    chosen = next((word for word in words if not word.startswith("-")), None)
    commands = installed_commands()
    parser = CommandParser(
        prog="aestream", description="Event cameras: read, convert, look, and run in ROS 2.", epilog=EXAMPLES
    )
    parser.add_argument("--version", action="version", version=f"aestream {aestream.__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, command in commands.items():
        _add(subparsers, name, command, chosen=name == chosen)
    return parser


def _add(subparsers: "argparse._SubParsersAction[CommandParser]", name: str, command: Command, *, chosen: bool) -> None:
    if chosen:
        import_module(command.module).add_parser(subparsers)
    else:
        subparsers.add_parser(name, help=command.help, add_help=False)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
