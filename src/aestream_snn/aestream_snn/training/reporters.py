"""Who is told how a run goes: the terminal, TensorBoard, Weights & Biases."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from aestream_core.errors import AestreamError, MissingDependencyError
from aestream_snn.monitoring.reading import Reading
from aestream_snn.training.config import LoggingConfig

SILENT = 0.9
"""Share of a layer's places that are dead, or saturated, from which the terminal says so."""


class Reporter(Protocol):
    """Somebody who is told."""

    def batch(self, epoch: int, number: int, of: int, loss: float) -> None:
        """Hear of one update."""

    def epoch(self, row: Mapping[str, float]) -> None:
        """Hear of one epoch: numbers by name."""

    def network(self, epoch: int, reading: Reading) -> None:
        """Hear what the network does after an epoch."""

    def close(self) -> None:
        """Hear that there is no more."""


class TerminalReporter:
    """A bar of the epoch that runs, and a line for each that is complete."""

    def __init__(self, *, live: bool) -> None:
        """Draw only where the output is a terminal."""
        console = Console()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        clocks = (TimeElapsedColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, *clocks, console=console, disable=not (live and console.is_terminal))
        self._progress.start()
        self._task = self._progress.add_task("", total=None)

    def batch(self, epoch: int, number: int, of: int, loss: float) -> None:
        """Move the bar."""
        self._progress.update(
            self._task, completed=number + 1, total=of, description=f"epoch {epoch + 1}  loss {loss:.3f}"
        )

    def epoch(self, row: Mapping[str, float]) -> None:
        """Write a line."""
        self._progress.console.print(
            f"epoch {row['epoch']:3.0f}  loss {row['loss']:7.4f}  train {row['train']:6.1%}  "
            f"validation {row['validation']:6.1%}  {row['seconds']:6.1f} s"
        )

    def network(self, epoch: int, reading: Reading) -> None:
        """Write of silent and restless layers, which learn nothing."""
        for number, layer in enumerate(reading.layers):
            if layer.dead > SILENT or layer.saturated > SILENT:
                said = f"layer {number}: {layer.dead:.0%} of its places silent, {layer.saturated:.0%} saturated"
                self._progress.console.print(said)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


class TensorBoardReporter:
    """Curves for TensorBoard."""

    def __init__(self, folder: Path) -> None:
        """Begin a file of events."""
        self._writer: Any = import_module("torch.utils.tensorboard").SummaryWriter(str(folder))

    def batch(self, epoch: int, number: int, of: int, loss: float) -> None:
        """Write the loss of an update."""
        self._writer.add_scalar("batch/loss", loss, epoch * of + number)

    def epoch(self, row: Mapping[str, float]) -> None:
        """Write all numbers."""
        for name, value in row.items():
            self._writer.add_scalar(f"epoch/{name}", value, int(row["epoch"]))

    def network(self, epoch: int, reading: Reading) -> None:
        """Write scalars and histograms of every layer."""
        for name, value in reading.scalars().items():
            self._writer.add_scalar(f"network/{name}", value, epoch)
        for name, values in reading.distributions().items():
            self._writer.add_histogram(f"network/{name}", values, epoch)

    def close(self) -> None:
        """End the file."""
        self._writer.close()


class WandbReporter:
    """Curves for Weights & Biases, under the names that TensorBoard has them by."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        """Begin a run there.

        Raises:
            MissingDependencyError: it is not installed.
            AestreamError: it begins no run, for example as nobody is logged in.
        """
        if find_spec("wandb") is None:
            raise MissingDependencyError("logging.wandb=true needs Weights & Biases: pip install wandb")
        self._wandb: Any = import_module("wandb")
        try:
            self._run: Any = self._wandb.init(project="aestream", dir=str(folder), config=dict(config))
        except self._wandb.Error as error:
            reason = " ".join(str(error).split())
            offline = "WANDB_MODE=offline keeps the curves on this machine"
            raise AestreamError(f"Weights & Biases began no run: {reason} ({offline})") from None

    def batch(self, epoch: int, number: int, of: int, loss: float) -> None:
        """Send nothing: an epoch is often enough."""

    def epoch(self, row: Mapping[str, float]) -> None:
        """Send all numbers."""
        told = {f"epoch/{name}": value for name, value in row.items()}
        self._run.log(told, step=int(row["epoch"]), commit=True)

    def network(self, epoch: int, reading: Reading) -> None:
        """Send scalars and histograms, to go with the numbers of the epoch."""
        histograms = {name: self._wandb.Histogram(values.numpy()) for name, values in reading.distributions().items()}
        told = {f"network/{name}": value for name, value in {**reading.scalars(), **histograms}.items()}
        self._run.log(told, step=epoch, commit=False)

    def close(self) -> None:
        """End the run."""
        self._run.finish()


def make_reporters(config: LoggingConfig, facts: Mapping[str, Any]) -> list[Reporter]:
    """Make those that the configuration asks for; the terminal's last, as it draws from then on until it is closed."""
    folder = Path(config.folder)
    reporters: list[Reporter] = []
    if config.tensorboard and find_spec("tensorboard") is not None:
        reporters.append(TensorBoardReporter(folder / "tensorboard"))
    if config.wandb:
        reporters.append(WandbReporter(folder, facts))
    return [*reporters, TerminalReporter(live=config.live)]
