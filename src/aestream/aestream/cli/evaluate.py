"""`aestream evaluate`: what a trained model is worth, and what it withstands."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aestream.cli.parser import CommandParser
from aestream.cli.sinks.paths import check_output_path

if TYPE_CHECKING:
    from aestream_snn.evaluation.report import Evaluation

PLOTS = (".png", ".svg", ".pdf")

EXAMPLES = """examples:
  aestream evaluate out/train/best.safetensors
  aestream evaluate out/train/best.safetensors --recordings 100 --no-robustness
  aestream evaluate out/train/best.safetensors --plot robustness.png
  aestream evaluate model.safetensors --data-dir ~/data/N-MNIST --json result.json
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "evaluate",
        help="judge a trained network on its test data",
        description="Judge a trained network on the test data of its data set: accuracy, confusion, 8-bit weights, "
        "time to a sure answer, and what it withstands.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "checkpoint", metavar="CHECKPOINT", help="best.safetensors of a run, or the name of a shipped network"
    )
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where the data lie, if not where they lay")
    parser.add_argument("--recordings", type=int, metavar="N", help="judge at most that many (default: all)")
    parser.add_argument("--no-robustness", action="store_true", help="do not disturb the recordings")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw what it withstands: .png, .svg or .pdf")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    import json

    from aestream_snn.evaluation.report import evaluate
    from aestream_snn.shipped import checkpoint_path

    _check_outputs(args)
    path = checkpoint_path(args.checkpoint)
    evaluation = evaluate(path, data_dir=args.data_dir, recordings=args.recordings, robustness=not args.no_robustness)
    _print(evaluation)
    if args.json:
        args.json.write_text(json.dumps(evaluation.facts(), indent=2) + "\n")
    if args.plot:
        _draw(evaluation, args.plot)
    return 0


def _check_outputs(args: argparse.Namespace) -> None:
    """Refuse files that cannot be written before minutes are spent."""
    from aestream_core.errors import InvalidArgumentError

    if args.json:
        check_output_path(args.json, kind="numbers", extensions=(args.json.suffix,))
    if args.plot:
        check_output_path(args.plot, kind="a plot", extensions=PLOTS)
        if args.no_robustness:
            raise InvalidArgumentError(f"--plot {args.plot} draws what a network withstands; leave out --no-robustness")


def _draw(evaluation: "Evaluation", path: Path) -> None:
    from aestream_snn.evaluation.plot import write_plot

    write_plot(evaluation.robustness, evaluation.verdict.accuracy, path)
    print(f"\n{path}: accuracy over the strength of each disturbance")


def _print(evaluation: "Evaluation") -> None:
    print(f"accuracy  {evaluation.verdict.accuracy:6.1%} of {int(evaluation.verdict.confusion.sum())} recordings")
    if evaluation.int8 is not None:
        print(f"8 bits    {evaluation.int8:6.1%}")
    if (sure := evaluation.sureness()) is not None:
        times = f"{sure.median_us / 1e3:.0f} ms (median), {sure.late_us / 1e3:.0f} ms (9 of 10)"
        print(f"sure      after {times} of right answers, {sure.share:.0%} of all")
    if (activity := evaluation.activity) is not None:
        print(f"synops    {float(activity.synops.sum()) / 1e6:.2f} M a recording", end="")
        until = evaluation.synops_until_sure()
        print("" if until is None else f", {until / 1e6:.2f} M until it is sure")
        for number, (rate, dead) in enumerate(zip(activity.rates.tolist(), activity.dead.tolist(), strict=True)):
            print(f"layer {number}   {rate:.3f} spikes a neuron and step, {dead:.0%} of the neurons silent")
    classes = evaluation.verdict.classes
    width = max(len(name) for name in classes)
    print(f"\n{'true':{width}}  said, in the same order")
    for name, row in zip(classes, evaluation.verdict.confusion.tolist(), strict=True):
        print(f"{name:{width}}  " + " ".join(f"{count or '.':>4}" for count in row))
    if evaluation.robustness:
        print(f"\n{'disturbance':32} accuracy")
    for name, strength, unit, accuracy in evaluation.robustness:
        print(f"{f'{name}, {strength:g} {unit}':32} {accuracy:7.1%}")
