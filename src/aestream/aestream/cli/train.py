"""`aestream train`: train a model on recordings of events."""

import argparse
from pathlib import Path

from aestream.cli.parser import CommandParser

EXAMPLES = """settings are words: GROUP=NAME takes a file of a group, GROUP.KEY=VALUE sets one value
  groups: data, model, task, system, logging; --groups lists their files, --show prints all values of a run

examples:
  aestream train                                        the simulated gestures, minutes on two cores
  aestream train data=simgesture model=conv_iaf task.epochs=5
  aestream train model=histogram_cnn logging.folder=out/control      a control that sees no time
  aestream train data=nmnist_subset data.data_dir=nmnist_small.npz
  aestream train data=labelled data.data_dir=my_recordings data.frames.steps=50
  aestream train ssm=chirp                              a state-space model, event by event; ssm= alone lists its tasks
  aestream train ssm=nmnist data_dir=nmnist_small.npz epochs=5 model.width=64
  aestream train --resume out/train/last.safetensors    go on, with the settings that it holds
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "train",
        help="train a spiking network on recordings of events",
        description="Train a spiking network on recordings of events.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("settings", nargs="*", metavar="SETTING", help="group=name or group.key=value")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="checkpoint (last.safetensors) to go on from")
    parser.add_argument("--show", action="store_true", help="print the settings of the run, and end")
    parser.add_argument("--groups", action="store_true", help="list the groups and their files, and end")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from aestream_snn.training.command import train

    if any(word.startswith("ssm=") for word in args.settings):
        return _run_events(args)
    if args.groups or args.show:
        return _print_settings(args)
    result = train(args.settings, resume=args.resume)
    phases = ", ".join(f"{name} {share:.0%}" for name, share in result.phases.items())
    print(f"{result.epochs} epochs in {result.seconds:.0f} s: {phases}")
    print(f"validation {result.validation:.1%}, test {result.test:.1%}: {result.best}")
    return 0


def _run_events(args: argparse.Namespace) -> int:
    """Train a state-space model."""
    import json
    from dataclasses import asdict

    from aestream_core.errors import InvalidArgumentError
    from aestream_snn.ssm.training.command import parse, train
    from aestream_snn.ssm.training.tasks import TASKS

    if args.resume:
        raise InvalidArgumentError("--resume goes on with networks of frames; a run of ssm= begins anew: leave it out")
    if args.groups:
        print("\n".join(f"{name:20} {task.help}" for name, task in TASKS.items()))
    elif args.show:
        task = parse(args.settings)
        shown = {part: asdict(getattr(task, part)) for part in ("model", "augment")}
        print(json.dumps(asdict(task.settings) | shown, indent=2))
    else:
        train(args.settings)
    return 0


def _print_settings(args: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from aestream_snn.training.compose import GROUPS, compose_config, group_choices

    if args.show:
        print(json.dumps(asdict(compose_config(args.settings)), indent=2))
        return 0
    for group in GROUPS:
        print(f"{group:8} {', '.join(group_choices(group))}")
    return 0
