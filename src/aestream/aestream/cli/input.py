"""`aestream input`: read events from one source, filter them, and put them out to one sink or more."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from aestream.cli.filters.base import Filter, FilterRow
from aestream.cli.filters.native import command_name
from aestream.cli.filters.table import FILTERS
from aestream.cli.grammar import FILTER_KEYWORD, OUTPUT_KEYWORD, is_completing
from aestream.cli.parser import CommandParser
from aestream.cli.pipeline import run_pipeline
from aestream.cli.sinks.base import Sink, SinkRow
from aestream.cli.sinks.table import SINKS
from aestream.cli.sources.table import SOURCES
from aestream.writing import refuse_own_input
from aestream_core.errors import InvalidArgumentError

DESCRIPTION = (
    "Read events from a camera, a recording, a pipe or the simulator and put them out, filtered and to several outputs "
    "at once if you like."
)
USAGE = "aestream input SOURCE [options] [filter NAME ...] ... [output SINK [options]] ..."
OUTPUT_HINT = "Behind the options: filter NAME ..., output SINK [options]. 'aestream input --help' lists them."
EXAMPLES = """examples:
  aestream input file recording.raw                                  CSV lines t,x,y,p on stdout
  aestream input file recording.raw output file recording.aedat4
  aestream input file recording.aedat4 output tensor windows.npz output image
  aestream input file recording.raw filter crop 0 0 640 360 filter polarity on output file part.raw
  aestream input file recording.raw filter hot-pixels 50 filter refractory 500 output file clean.raw
  aestream input sim --scene shapes --rate 1e6 --duration 5 output null

'aestream input SOURCE --help' describes a source, 'aestream input SOURCE output SINK --help' a sink,
'aestream input SOURCE filter NAME --help' a filter.
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `input` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "input",
        help="read events from a camera, a recording, the network or the simulator and put them out",
        description=DESCRIPTION,
        usage=USAGE,
        epilog=f"filters:\n{_list(FILTERS)}\n\nsinks (default: stdout):\n{_list(SINKS)}\n\n{EXAMPLES}",
    )
    sources = parser.add_subparsers(title="sources", metavar="SOURCE", dest="source", required=True)
    for name, row in SOURCES.items():
        source = sources.add_parser(
            name,
            help=row.help,
            description=row.help,
            prog=f"aestream input {name}",
            epilog=f"{row.examples}\n{OUTPUT_HINT}",
        )
        row.add_options(source)
        if is_completing():
            source.add_argument("then", nargs="?", choices=(FILTER_KEYWORD, OUTPUT_KEYWORD))
    parser.set_defaults(run=run)


def make_sink_parser() -> CommandParser:
    """Make the parser for the words after one `output`."""
    parser = CommandParser(prog=f"aestream input SOURCE {OUTPUT_KEYWORD}", description="Put events out.")
    sinks = parser.add_subparsers(title="sinks", metavar="SINK", dest="sink", required=True)
    for name, row in SINKS.items():
        row.add_options(sinks.add_parser(name, help=row.help, description=row.help, epilog=row.examples))
    return parser


def make_filter_parser() -> CommandParser:
    """Make the parser for the words after one `filter`."""
    parser = CommandParser(prog=f"aestream input SOURCE {FILTER_KEYWORD}", description="Keep some of the events.")
    filters = parser.add_subparsers(title="filters", metavar="FILTER", dest="filter", required=True)
    for name, row in FILTERS.items():
        each = filters.add_parser(name, help=row.help, description=row.help, epilog=row.examples)
        row.add_options(each)
        if is_completing():
            each.add_argument("then", nargs="?", choices=(FILTER_KEYWORD, OUTPUT_KEYWORD))
    return parser


def run(args: argparse.Namespace) -> int:
    """Run a pipeline as the command line says.

    Returns:
        Exit status 0; what goes wrong is raised after everything before it went out.
    """
    outputs = [make_sink_parser().parse_args(words) for words in args.outputs or [["stdout"]]]
    filters = [make_filter_parser().parse_args(_with_dashes(words)) for words in args.filters]
    source = SOURCES[args.source].open(args)
    with source.stream as stream:
        _check_paths(source.path, outputs)
        kept = _make_filters(filters, stream.width, stream.height)
        size = (kept[-1].width, kept[-1].height) if kept else (stream.width, stream.height)
        sinks: list[Sink] = [SINKS[each.sink].make(each, *size) for each in outputs]
        run_pipeline(source, sinks, filters=kept, report=sys.stderr)
    return 0


def _with_dashes(words: Sequence[str]) -> list[str]:
    """Spell a filter's name as the table does: `hot_pixels` is `hot-pixels`."""
    return [command_name(word) if at == 0 else word for at, word in enumerate(words)]


def _make_filters(filters: Sequence[argparse.Namespace], width: int, height: int) -> list[Filter]:
    """Make each filter for the size that the one before it gives."""
    made: list[Filter] = []
    for each in filters:
        made.append(FILTERS[each.filter].make(each, width, height))
        width, height = made[-1].width, made[-1].height
    return made


def _list(rows: Mapping[str, FilterRow | SinkRow]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:{width}} {row.help}" for name, row in rows.items())


def _check_paths(source: str, outputs: Sequence[argparse.Namespace]) -> None:
    """Refuse outputs onto what is read, and two onto the same file."""
    seen: set[Path] = set()
    for each in outputs:
        path = getattr(each, "path", None)
        if path is None:
            continue
        refuse_own_input(source, str(path))
        if Path(path).resolve() in seen:
            raise InvalidArgumentError(f"two outputs write to {str(path)!r}; give each a file of its own")
        seen.add(Path(path).resolve())
