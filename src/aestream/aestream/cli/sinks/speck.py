"""The sink `speck`: a spiking network on a Speck chip, or on its software twin."""

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from aestream.cli.parser import add_setting_options, given_settings
from aestream.cli.sinks.base import SinkRow
from aestream.cli.sinks.paths import check_output_path
from aestream_core.events import Events

if TYPE_CHECKING:
    from aestream_bridge.speck.readout import Prediction
    from aestream_bridge.speck.session import SpeckSession

_HELP = "a spiking network on a Speck chip or its software twin; a line per prediction on stdout"
_EXAMPLES = """examples:
  aestream input sim --duration 2 output speck                              the twin, a network that is built in
  aestream input file hands.aedat4 output speck mine.safetensors --window 50000
  aestream input camera output speck mine.safetensors --device speck2f      a board, where samna is installed
  aestream input file hands.aedat4 output speck mine.safetensors --spikes spikes.npz

A line is start_us,end_us,best class, and the spikes of each class; windows without a spike have none. 'aestream speck
plan' says whether a network fits the chip.
"""


class SpeckSink:
    """Runs events through a network, prints predictions, and keeps spikes for a file where asked to."""

    name = "speck"
    prints = True

    def __init__(self, session: "SpeckSession", out: TextIO, *, spikes: Path | None = None) -> None:
        """Print to a stream; `spikes` is a file .npz to write."""
        self._session = session
        self._out = out
        self._lines = csv.writer(out, lineterminator="\n")
        self._path = spikes
        self._kept: list[Any] = []
        self._counts = [0] * len(session.labels)

    def write(self, events: Events) -> None:
        """Run one packet."""
        step = self._session.add(events)
        if self._path:
            self._kept.append(step.spikes)
        self._print(step.predictions)

    def close(self) -> str:
        """Give the open window, the spikes and the device back."""
        step = self._session.poll()
        self._print([*step.predictions, *self._session.flush()])
        self._out.flush()
        if self._path:
            np.savez(self._path, spikes=np.concatenate([*self._kept, step.spikes]))
        said = self._summary()
        self._session.close()
        return said

    def _print(self, predictions: "list[Prediction]") -> None:
        for each in predictions:
            self._counts[each.best] += 1
            label, scores = self._session.labels[each.best], (int(score) for score in each.scores)
            self._lines.writerow([each.start_us, each.end_us, label, *scores])

    def _summary(self) -> str:
        session, counters = self._session, self._session.counters
        chip = session.chip()
        parts = [
            f"speck: {counters.sent:,} events into network {session.plan.network.name} on {session.device}",
            f"{counters.outside:,} beside its input",
            f"{counters.dropped:,} dropped",
            f"{chip.synops:,} synaptic operations" if chip.synops is not None else "",
            f"{chip.congested:,} left out by busy cores" if chip.congested else "",
            f"{counters.predictions:,} predictions: {self._named() or 'no class spiked'}",
        ]
        return ", ".join(part for part in parts if part)

    def _named(self) -> str:
        pairs = zip(self._session.labels, self._counts, strict=True)
        return ", ".join(f"{label} {count}" for label, count in pairs if count)


def _add_options(parser: argparse.ArgumentParser) -> None:
    from aestream_bridge.speck.config import SpeckConfig

    parser.add_argument(
        "network",
        nargs="?",
        default=argparse.SUPPRESS,
        metavar="NETWORK",
        help="quadrants (default) or simgesture, which are built in, or a file .safetensors or .pt",
    )
    add_setting_options(parser, SpeckConfig, skip=("network", "flip_x"))
    parser.add_argument("--flip-x", action="store_true", default=argparse.SUPPRESS, help="mirror left and right")
    parser.add_argument("--spikes", type=Path, metavar="PATH", help="write the spikes that were read to a file .npz")


def _make(args: argparse.Namespace, width: int, height: int) -> SpeckSink:
    from aestream_bridge.speck.config import SpeckConfig
    from aestream_bridge.speck.session import SpeckSession

    if args.spikes:
        check_output_path(args.spikes, kind="a file of arrays", extensions=(".npz",))
    config = SpeckConfig(**given_settings(args, SpeckConfig))
    return SpeckSink(SpeckSession(config), sys.stdout, spikes=args.spikes)


ROW = SinkRow(_HELP, _EXAMPLES, _add_options, _make)
"""Row of the table of sinks."""
