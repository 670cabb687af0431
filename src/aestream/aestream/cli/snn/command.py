"""`aestream snn`: watch a trained network, and hand it to other programs and chips."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aestream.cli.parser import examples_of
from aestream.cli.sinks.paths import check_output_path
from aestream.cli.snn.progress import bar

if TYPE_CHECKING:
    from aestream_bridge.speck import Plan
    from aestream_snn.export.table import Exported
    from aestream_snn.training.config import TrainConfig

EXAMPLES = """examples:
  aestream snn report simgesture                                          the shipped network, on its test data
  aestream snn report out/train/best.safetensors                          on the test data that it was trained for
  aestream snn report best.safetensors hands.aedat4 -o hands.html         on a recording of any length
  aestream snn report best.safetensors data=nmnist --data-dir ~/data/N-MNIST
  aestream snn export best.safetensors --to speck chip.safetensors        plan, and accuracy in floats, 8 bits and twin
  aestream snn export best.safetensors --to speck chip.safetensors --retrain-readout
  aestream snn export best.safetensors --to nir network.nir
  aestream snn export best.safetensors --to torch step.pt2
"""
TO = ("speck", "nir", "torch")
CHECKPOINT = "best.safetensors of a run, or simgesture, which is shipped"


def add_parser(subparsers: Any) -> None:
    """Add `snn` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "snn",
        help="report about a trained spiking network, or export it",
        description="Report about a trained spiking network, or export it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(title="words", metavar="WORD", dest="word", required=True)
    _add_report(words)
    _add_export(words)


def _add_report(words: Any) -> None:
    shown = examples_of(EXAMPLES, "aestream snn report")
    report = words.add_parser(
        "report", help="rates, operations, dead neurons and weights as one HTML file", epilog=shown
    )
    report.add_argument("checkpoint", type=_checkpoint, metavar="CHECKPOINT", help=CHECKPOINT)
    report.add_argument("what", nargs="?", metavar="WHAT", help="a recording, or data=NAME (default: its test data)")
    report.add_argument(
        "-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="page to write (%(default)s)"
    )
    _add_data(report)
    report.set_defaults(run=run_report)


def _add_export(words: Any) -> None:
    shown = examples_of(EXAMPLES, "aestream snn export")
    export = words.add_parser("export", help="to Speck, NIR or torch.export", epilog=shown)
    export.add_argument("checkpoint", type=_checkpoint, metavar="CHECKPOINT", help=CHECKPOINT)
    export.add_argument("output", type=Path, metavar="FILE", help="file to write")
    export.add_argument("--to", choices=TO, required=True, help="what to write")
    export.add_argument("--device", default="speck2f", metavar="NAME", help="chip to plan for (default: %(default)s)")
    export.add_argument(
        "--retrain-readout", action="store_true", help="train the last layer on what the twin's other layers fire"
    )
    export.add_argument("--no-test", action="store_true", help="do not judge the network in the chip's twin")
    _add_data(export)
    export.set_defaults(run=run_export)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where the data lie, if not where they lay")
    parser.add_argument("--recordings", type=int, metavar="N", help="at most that many recordings (default: all)")


def _checkpoint(name: str) -> Path:
    from aestream_snn.shipped import checkpoint_path

    return checkpoint_path(name)


def run_report(args: argparse.Namespace) -> int:
    """Write the page."""
    from aestream_snn.report.command import make_report

    check_output_path(args.output, kind="report", extensions=(".html",))
    with bar("watching") as tell:
        page = make_report(
            args.checkpoint, args.what, data_dir=args.data_dir, recordings=args.recordings, progress=tell
        )
    args.output.write_text(page, encoding="utf-8")
    print(f"{args.output}: {len(page) / 1e3:,.0f} kB, opens in any browser")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write the network in another form; for a chip print the plan, and what it costs.

    Returns:
        Exit status: 0, or 1 where the network does not fit.
    """
    from aestream_bridge.speck import PlanError
    from aestream_snn.export.table import TARGETS, Exported, export
    from aestream_snn.report.command import config_for, spiking_model
    from aestream_snn.training.checkpoint import read_checkpoint
    from aestream_snn.training.compose import from_mapping
    from aestream_snn.training.config import TrainConfig

    check_output_path(args.output, kind=f"--to {args.to}", extensions=(TARGETS[args.to].suffix,))
    checkpoint = read_checkpoint(args.checkpoint)
    network, facts = spiking_model(checkpoint, args.checkpoint), checkpoint.facts
    config = config_for(from_mapping(TrainConfig, facts["config"]), None, args.data_dir)
    what = Exported(network, facts["config"]["model"]["name"], tuple(facts["classes"]), args.device)
    try:
        written = _retrained(what, config) if args.retrain_readout else what
        export(written, args.to, args.output)
    except PlanError as error:
        from aestream.cli.speck.command import print_violations

        print_violations(error, as_json=False)
        return 1
    if args.to == "speck":
        _print_speck(what, written, config, args)
    print(f"{args.output}: {args.output.stat().st_size / 1e3:,.0f} kB")
    return 0


def _retrained(what: "Exported", config: "TrainConfig") -> "Exported":
    from dataclasses import replace

    from aestream_snn.export.readout import better_readout
    from aestream_snn.training.trainer import load_data

    train, validation = (load_data(config, split) for split in ("train", "validation"))
    with bar("training recordings in the twin") as tell:
        network = better_readout(what.network, train, validation, config.data, progress=tell)
    kept = "kept: the new one did no better on the validation data" if network is what.network else "trained again"
    print(f"last layer {kept}")
    return replace(what, network=network)


def _print_speck(what: "Exported", written: "Exported", config: "TrainConfig", args: argparse.Namespace) -> None:
    from aestream.cli.speck.report import print_plan
    from aestream_snn.export.speck import to_speck

    plan = to_speck(written.network, name=written.name, labels=written.labels, device=written.device)
    print_plan(plan)
    if not args.no_test:
        _print_accuracy(what, plan, config, args.recordings)


def _print_accuracy(what: "Exported", plan: "Plan", config: "TrainConfig", recordings: int | None) -> None:
    from aestream_snn.evaluation.choice import some_of
    from aestream_snn.export.speck import compare
    from aestream_snn.training.trainer import load_data

    test = some_of(load_data(config, "test"), recordings)
    got = compare(what.network, plan.network, test, config.data.frames)
    print(f"\naccuracy on {got.recordings} test recordings of {config.data.name}")
    print(f"floats, by steps           {got.exact:6.1%}")
    print(f"8-bit weights, by steps    {got.int8:6.1%}  {100 * (got.int8 - got.exact):+.1f} points")
    print(f"the chip's twin, by events {got.twin:6.1%}  {100 * (got.twin - got.exact):+.1f} points")
    print(f"{got.synops / 1e6:.2f} M synaptic operations a recording in the twin")
