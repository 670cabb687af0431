"""`aestream input`: read events from one source and put them out to one sink or more."""

import argparse
import sys

from aestream.cli.grammar import OUTPUT_KEYWORD, is_completing
from aestream.cli.parser import CommandParser
from aestream.cli.pipeline import run_pipeline
from aestream.cli.sinks.base import Sink
from aestream.cli.sinks.table import SINKS
from aestream.cli.sources.table import SOURCES

DESCRIPTION = "Read events from a recording or the simulator and put them out, to several outputs at once if you like."
USAGE = "aestream input SOURCE [options] [output SINK [options]] [output SINK [options]] ..."
OUTPUT_HINT = "Behind the options: output SINK [options]. 'aestream input --help' lists the sinks."
EXAMPLES = """examples:
  aestream input file recording.raw                                  CSV lines t,x,y,p on stdout
  aestream input file recording.aedat4 output tensor windows.npz output image
  aestream input sim --scene shapes --rate 1e6 --duration 5 output null

'aestream input SOURCE --help' describes a source, 'aestream input SOURCE output SINK --help' a sink.
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `input` to the commands of `aestream`."""
    sinks = "\n".join(f"  {name:10} {row.help}" for name, row in SINKS.items())
    parser = subparsers.add_parser(
        "input",
        help="read events from a recording or the simulator and put them out",
        description=DESCRIPTION,
        usage=USAGE,
        epilog=f"sinks (default: stdout):\n{sinks}\n\n{EXAMPLES}",
    )
    sources = parser.add_subparsers(title="sources", metavar="SOURCE", dest="source", required=True)
    for name, row in SOURCES.items():
        source = sources.add_parser(
            name, help=row.help, description=row.help, prog=f"aestream input {name}", epilog=OUTPUT_HINT
        )
        row.add_options(source)
        if is_completing():
            source.add_argument("then", nargs="?", choices=(OUTPUT_KEYWORD,))
    parser.set_defaults(run=run)


def make_sink_parser() -> CommandParser:
    """Make the parser for the words after one `output`."""
    parser = CommandParser(prog=f"aestream input SOURCE {OUTPUT_KEYWORD}", description="Put events out.")
    sinks = parser.add_subparsers(title="sinks", metavar="SINK", dest="sink", required=True)
    for name, row in SINKS.items():
        row.add_options(sinks.add_parser(name, help=row.help, description=row.help))
    return parser


def run(args: argparse.Namespace) -> int:
    """Run a pipeline as the command line says.

    Returns:
        Exit status 0; what goes wrong is raised after everything before it went out.
    """
    outputs = [make_sink_parser().parse_args(words) for words in args.outputs or [["stdout"]]]
    source = SOURCES[args.source].open(args)
    with source.stream as stream:
        sinks: list[Sink] = [SINKS[each.sink].make(each, stream.width, stream.height) for each in outputs]
        run_pipeline(source, sinks, report=sys.stderr)
    return 0
