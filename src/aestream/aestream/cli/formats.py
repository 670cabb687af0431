"""`aestream formats`: the file formats, and the options that each has."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from aestream.cli.format_options import describe_option
from aestream.cli.parser import CommandParser
from aestream_core.errors import UnknownNameError
from aestream_core.files import FILE_FORMATS, FileFormat, FormatOption

EXAMPLES = """examples:
  aestream formats                 every format, in one table
  aestream formats aedat4 csv      the options of these
  aestream formats --json | jq 'map(.name)'
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `formats` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "formats",
        help="list the file formats and their options",
        description="List the file formats and their options.",
        epilog=EXAMPLES,
    )
    names = parser.add_argument("names", nargs="*", metavar="NAME", help="format; all without one")
    names.completer = lambda **_: tuple(FILE_FORMATS)  # type: ignore[attr-defined]
    parser.add_argument("--json", action="store_true", help="one JSON array")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the formats that were asked for.

    Returns:
        Exit status 0.

    Raises:
        UnknownNameError: there is no format of that name.
    """
    for name in args.names:
        if name not in FILE_FORMATS:
            raise UnknownNameError("file format", name, tuple(FILE_FORMATS))
    rows = [FILE_FORMATS[name] for name in args.names or FILE_FORMATS]
    if args.json:
        lines = [json.dumps([as_json(row) for row in rows])]
    elif args.names:
        lines = [line for row in rows for line in describe(row)]
    else:
        lines = tabulate(rows)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def tabulate(rows: Iterable[FileFormat]) -> list[str]:
    """Give a line for each format."""
    cells = [("format", "endings", "read", "write", "")]
    cells += [
        (row.name, " ".join(row.extensions), "yes", "yes" if row.create is not None else "-", row.description)
        for row in rows
    ]
    widths = [max(len(row[at]) for row in cells) for at in range(4)]
    return [
        "  ".join(f"{text:{width}}" for text, width in zip(row, [*widths, 0], strict=True)).rstrip() for row in cells
    ]


def describe(row: FileFormat) -> list[str]:
    """Describe a format and its options in lines for people."""
    lines = [f"{row.name}: {row.description}", f"  endings: {' '.join(row.extensions)}"]
    lines += _options("reading", row.read_options)
    return lines + (_options("writing", row.write_options) if row.create is not None else ["  only read"])


def as_json(row: FileFormat) -> dict[str, Any]:
    """Give a format as plain values for JSON."""
    return {
        "name": row.name,
        "description": row.description,
        "extensions": list(row.extensions),
        "read": True,
        "write": row.create is not None,
        "read_options": [vars(option) for option in row.read_options],
        "write_options": [vars(option) for option in row.write_options],
    }


def _options(doing: str, options: Iterable[FormatOption]) -> list[str]:
    lines = [f"    --{option.name.replace('_', '-')}  {describe_option(option)}" for option in options]
    return [f"  {doing}:", *lines] if lines else [f"  {doing}: no options of its own"]
