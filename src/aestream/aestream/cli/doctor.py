"""`aestream doctor`: what is installed, what is missing, and what brings it."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from aestream.cli.parser import CommandParser

if TYPE_CHECKING:
    from aestream.cli.checks.base import Finding

_COLOURS = {"ok": "32", "missing": "33", "problem": "31"}
"""ANSI colours of the states. No library is needed to say that libraries are missing."""

EXAMPLES = """examples:
  aestream doctor
  aestream doctor --json > machine.json
  aestream doctor --udev                      rules that let every user open event cameras
  sudo $(which aestream) doctor --install-udev

The exit status is 1 where a part is missing that nothing works without.
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `doctor` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is installed, what is missing, and what brings it",
        description="Say what is installed, what is missing, and the command that brings it.",
        epilog=EXAMPLES,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="print a JSON object")
    what.add_argument("--udev", action="store_true", help="print the udev rules of event cameras, and check nothing")
    what.add_argument("--install-udev", action="store_true", help="install these rules; for root")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run every check and print what they found.

    Returns:
        Exit status: 0, or 1 where a required part is missing.
    """
    if args.udev or args.install_udev:
        return _udev(install=args.install_udev)
    from aestream.cli.checks.table import run_checks

    findings = run_checks()
    failed = any(finding.fails for finding in findings)
    if args.json:
        json.dump({"ok": not failed, "findings": [asdict(each) for each in findings]}, sys.stdout, indent=2)
        print()
    else:
        sys.stdout.writelines(f"{line}\n" for line in describe(findings, colours=sys.stdout.isatty()))
    return int(failed)


def _udev(*, install: bool) -> int:
    from aestream.cli.udev import install_rules, rules_text

    sys.stdout.write("\n".join([*install_rules(), ""]) if install else rules_text())
    return 0


def describe(findings: Sequence["Finding"], *, colours: bool) -> list[str]:
    """Describe findings in lines for people."""
    width = max(len(finding.name) for finding in findings)
    lines = []
    for each in findings:
        state = f"{each.status:7}"
        lines.append(f"{_paint(state, each.status) if colours else state}  {each.name:{width}}  {each.detail}")
        if each.status != "ok" and each.fix:
            lines.append(f"{'':9}{'':{width}}  fix: {each.fix}")
    return [*lines, "", _verdict(findings)]


def _paint(text: str, status: str) -> str:
    return f"\033[{_COLOURS[status]}m{text}\033[0m"


def _verdict(findings: Sequence["Finding"]) -> str:
    failing = [finding.name for finding in findings if finding.fails]
    if failing:
        return f"missing and required: {', '.join(failing)}"
    optional = sum(finding.status != "ok" for finding in findings)
    return "everything that is required is here" + (
        f"; {optional} other parts are missing or could be better" if optional else ""
    )
