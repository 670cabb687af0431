"""`aestream speck`: does a network fit the chip, which chips there are, is what they need here."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from aestream.cli.failure import print_error
from aestream.cli.parser import examples_of

if TYPE_CHECKING:
    from aestream_bridge.speck.errors import PlanError

EXAMPLES = """examples:
  aestream speck plan mine.safetensors                 memory table, cores, warnings; or every limit that is broken
  aestream speck plan quadrants --device speck2e --json
  aestream speck plan mine.safetensors --picture plan.png
  aestream speck devices
  aestream speck doctor

'aestream input ... output speck mine.safetensors' runs a network; docs/speck.md lists the limits.
"""


def add_parser(subparsers: Any) -> None:
    """Add `speck` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "speck",
        help="plan spiking networks for the Speck chip",
        description="Plan spiking networks for the Speck chip; no chip and no samna needed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(title="words", metavar="WORD", dest="word", required=True)
    shown = examples_of(EXAMPLES, "aestream speck plan")
    plan = words.add_parser(
        "plan", help="check a network against every limit, and give each layer a core", epilog=shown
    )
    plan.add_argument("network", metavar="NETWORK", help="quadrants or simgesture, or a file .safetensors or .pt")
    plan.add_argument("--device", default="speck2f", metavar="NAME", help="chip (default: %(default)s)")
    plan.add_argument("--json", action="store_true", help="print a JSON object")
    plan.add_argument("--picture", metavar="PATH", help="draw how full the cores are, .png or .svg")
    plan.set_defaults(run=run_plan)
    words.add_parser("devices", help="list the chips and their memories").set_defaults(run=run_devices)
    words.add_parser("doctor", help="say whether samna and a board are here").set_defaults(run=run_doctor)


def run_plan(args: argparse.Namespace) -> int:
    """Plan a network and print the table.

    Returns:
        Exit status: 0, or 1 where the network does not fit.
    """
    from aestream.cli.speck.report import plan_as_dict, print_plan
    from aestream_bridge.speck.errors import PlanError
    from aestream_bridge.speck.loading.table import load_network
    from aestream_bridge.speck.planning import plan

    network = load_network(args.network)
    try:
        made = plan(network, device=args.device)
    except PlanError as error:
        print_violations(error, as_json=args.json)
        return 1
    if args.picture:
        from aestream.cli.speck.picture import draw_plan

        draw_plan(made, args.picture)
    if args.json:
        print(json.dumps(plan_as_dict(made), indent=2))
    else:
        print_plan(made)
    return 0


def run_devices(_: argparse.Namespace) -> int:
    """List the chips."""
    from aestream.cli.speck.report import print_devices

    print_devices()
    return 0


def run_doctor(_: argparse.Namespace) -> int:
    """Say what is here for the chip; the twin needs nothing, so the status is 0 in any case."""
    from aestream.cli.checks.speck import check_speck

    finding = check_speck()
    fix = f"\n         fix: {finding.fix}" if finding.fix else ""
    print(f"ok       sim: the software twin\n{finding.status:8} {finding.name}: {finding.detail}{fix}")
    return 0


def print_violations(error: "PlanError", *, as_json: bool) -> None:
    """Print every limit that is broken, a line each."""
    if as_json:
        print(json.dumps({"fits": False, "violations": [vars(each) for each in error.violations]}, indent=2))
    for each in error.violations:
        print_error(type(error)([each]))
    sys.stderr.flush()
