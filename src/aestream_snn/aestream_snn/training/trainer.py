"""The loop: epochs of updates, validation, checkpoints; stops early by validation data, never by test data."""

import math
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from aestream_snn.data.ahead import one_ahead
from aestream_snn.data.frames import frame_shape, frames_of
from aestream_snn.data.noise import noise_for
from aestream_snn.data.recordings import Recordings
from aestream_snn.data.table import DataRequest, load_split
from aestream_snn.models.base import StepModel
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import limit_weights, quantised
from aestream_snn.models.table import make_model
from aestream_snn.monitoring.monitor import Monitor
from aestream_snn.monitoring.reading import Reading
from aestream_snn.training.accuracy import judge
from aestream_snn.training.batches import TrainingBatches
from aestream_snn.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.epoch_sums import EpochSums
from aestream_snn.training.loss import precision_of, scores_and_loss
from aestream_snn.training.phases import PhaseClock
from aestream_snn.training.reporters import Reporter
from aestream_snn.training.run_state import RunState, load_weights
from aestream_snn.training.team import ALONE, Team

CALIBRATION = 32
"""Recordings by which the weights of a new network are scaled."""

WATCHED = 16
"""Recordings of the validation data that the network is watched on after an epoch."""


@dataclass(frozen=True)
class TrainResult:
    """What came of a run.

    Attributes:
        best: checkpoint of the epoch that was best on the validation data.
        validation: its accuracy there.
        test: its accuracy on the test data, which played no part before.
        epochs: epochs that were trained.
        seconds: time of training, without loading the data.
        phases: share of that time by phase.
    """

    best: Path
    validation: float
    test: float
    epochs: int
    seconds: float
    phases: dict[str, float]


class Trainer:
    """One run, or one process's part in it: same configuration, same curve."""

    def __init__(self, config: TrainConfig, train: Recordings, validation: Recordings, *, team: Team = ALONE) -> None:
        """Make the model, scaled to the data."""
        self.config, self._validation, self._team = config, validation, team
        self.clock = PhaseClock()
        self.classes = train.classes
        self.model = new_model(config, train).to(config.system.device)
        self._batches = TrainingBatches(
            train,
            frames=config.data.frames,
            augment=config.data.augment,
            size=config.task.batch,
            seed=config.system.seed,
            noise=noise_for(train, config.data.frames, config.data.augment, seed=config.system.seed),
            team=team,
        )
        optimiser = AdamW(self.model.parameters(), lr=config.task.rate, weight_decay=config.task.decay)
        updates = config.task.epochs * len(self._batches)
        schedule = LambdaLR(optimiser, lambda update: rate_factor(update, updates, config.task.warmup))
        self.state = RunState(self.model, optimiser, schedule)
        self.folder = Path(config.logging.folder)

    @property
    def last_path(self) -> Path:
        """Where the checkpoint to resume from is written."""
        return self.folder / "last.safetensors"

    @property
    def best_path(self) -> Path:
        """Where the best model is written."""
        return self.folder / "best.safetensors"

    def resume(self, path: Path) -> None:
        """Go on where a checkpoint was written: the same curve as without the stop.

        The best model so far lies beside it, and comes along into another folder; where it is gone, the next is best.
        """
        self.state.restore(read_checkpoint(path))
        best = path.with_name(self.best_path.name)
        if not self._team.agree(best.exists()):
            self.state.best = -1.0
        elif self._team.rank == 0 and best.resolve() != self.best_path.resolve():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(best, self.best_path)

    def run(self, reporters: Sequence[Reporter] = ()) -> None:
        """Train until the epochs, the patience or the time is over."""
        self._team.copy_first(self.model.parameters())
        while not self._team.agree(self.finished()):
            start_s = time.perf_counter()
            row = self._epoch(reporters)
            self.state.elapsed_s += time.perf_counter() - start_s
            row["seconds"] = self.state.elapsed_s
            self.state.curve.append(row)
            with self.clock.phase("logging"):
                self._keep(row["validation"])
                self._tell(reporters, row)

    def _tell(self, reporters: Sequence[Reporter], row: Mapping[str, float]) -> None:
        reading = self.reading() if reporters and self.config.logging.monitor else None
        for reporter in reporters:
            if reading is not None:
                reporter.network(self.state.epoch, reading)
            reporter.epoch(row)

    def reading(self) -> Reading | None:
        """Watch the network on some of the validation data; None for a model that does not spike."""
        if not isinstance(self.model, SpikingNetwork):
            return None
        count = min(len(self._validation), WATCHED)
        some = [index * len(self._validation) // count for index in range(count)]
        monitor = Monitor(self.model, fields=True)
        monitor.run(frames_of(self._validation, some, self.config.data.frames).to(self.config.system.device))
        return monitor.reading()

    def finished(self) -> bool:
        """Say whether there is nothing more to do."""
        task, state = self.config.task, self.state
        waited = task.patience > 0 and state.epoch - state.best_epoch >= task.patience
        late = task.limit_s > 0 and state.elapsed_s >= task.limit_s
        return state.epoch >= task.epochs or waited or late or (state.best >= task.stop_at < 1)

    def _epoch(self, reporters: Sequence[Reporter]) -> dict[str, float]:
        epoch, tally = self.state.epoch, EpochSums()
        torch.manual_seed(self.config.system.seed * 1_000_003 + epoch)
        batches = one_ahead(self._batches.epoch(epoch))
        for number in range(len(self._batches)):
            with self.clock.phase("data"):
                sequence, labels = (tensor.to(self.config.system.device) for tensor in next(batches))
            loss, scores = self._update(sequence, labels)
            tally.add(loss, scores, labels)
            with self.clock.phase("logging"):
                for reporter in reporters:
                    reporter.batch(epoch, number, len(self._batches), loss)
        with self.clock.phase("validation"):
            accuracy = self._judge(self._validation)
        self.state.epoch += 1
        return {"epoch": float(epoch + 1), **tally.means(self._team), "validation": accuracy}

    def _update(self, sequence: Tensor, labels: Tensor) -> tuple[float, Tensor]:
        with self.clock.phase("forward"):
            scores, loss = self._scores_and_loss(sequence, labels)
        with self.clock.phase("backward"):
            self.state.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        with self.clock.phase("update"):
            self._team.average(weights.grad for weights in self.model.parameters())
            if self.config.task.clip:
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.task.clip)
            self.state.optimiser.step()
            self.state.schedule.step()
            if self.config.task.weight_limit and isinstance(self.model, SpikingNetwork):
                limit_weights(self.model, self.config.task.weight_limit)
        return float(loss.detach()), scores.detach()

    def _scores_and_loss(self, sequence: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        with precision_of(self.config.system):
            return scores_and_loss(self.model, sequence, labels, self.config.task)

    def _judge(self, recordings: Recordings) -> float:
        """Judge the model, with 8 bits where it is trained for them."""
        model = self.model
        if self.config.task.int8 and isinstance(model, SpikingNetwork):
            model = quantised(model)
        device, frames = self.config.system.device, self.config.data.frames
        return judge(model, recordings, frames, device=device, team=self._team).accuracy

    def _keep(self, accuracy: float) -> None:
        """Write the checkpoints."""
        better = accuracy > self.state.best
        if better:
            self.state.best, self.state.best_epoch = accuracy, self.state.epoch
        if self._team.rank:
            return
        checkpoint = Checkpoint(
            self.state.tensors(), facts_of(self.config, self.classes, self.model) | self.state.facts()
        )
        write_checkpoint(self.last_path, checkpoint)
        if better:
            weights = {name: tensor for name, tensor in checkpoint.tensors.items() if name.startswith("model.")}
            write_checkpoint(self.best_path, Checkpoint(weights, checkpoint.facts))

    def result(self, test: Recordings) -> TrainResult:
        """Judge the best model on the test data; process 0 alone reads it, others may be on other machines."""
        if self._team.rank == 0:
            load_weights(self.model, read_checkpoint(self.best_path))
        self._team.copy_first(self.model.state_dict().values())
        state = self.state
        accuracy = self._judge(test)
        return TrainResult(self.best_path, state.best, accuracy, state.epoch, state.elapsed_s, self.clock.shares())


def new_model(config: TrainConfig, train: Recordings) -> StepModel:
    """Draw a model from the run's seed, and scale it to the data."""
    torch.set_num_threads(config.system.threads)
    torch.manual_seed(config.system.seed)
    shape = frame_shape(train.width, train.height, config.data.frames)
    model = make_model(config.model.name, shape, len(train.classes))
    if config.model.start is not None:
        load_weights(model, read_checkpoint(Path(config.model.start)))
    elif isinstance(model, SpikingNetwork):
        some = torch.randperm(len(train))[:CALIBRATION].tolist()
        calibrate(model, frames_of(train, some, config.data.frames), spread=config.model.spread)
    return model


def rate_factor(update: int, updates: int, warmup: float) -> float:
    """Give the learning rate of an update as a share of the largest: up on a line, down on a cosine."""
    rising = max(1, round(warmup * updates))
    if update < rising:
        return (update + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * min((update - rising) / max(updates - rising, 1), 1)))


def facts_of(config: TrainConfig, classes: Sequence[str], model: StepModel) -> dict[str, Any]:
    """Give what somebody needs to make the model again."""
    return {"config": asdict(config), "classes": list(classes), "input_shape": list(model.input_shape)}


def model_of(checkpoint: Checkpoint) -> StepModel:
    """Make the model that a checkpoint holds, with its weights."""
    config: Mapping[str, Any] = checkpoint.facts["config"]
    shape = tuple(checkpoint.facts["input_shape"])
    model = make_model(config["model"]["name"], (shape[0], shape[1], shape[2]), len(checkpoint.facts["classes"]))
    load_weights(model, checkpoint)
    return model


def load_data(config: TrainConfig, split: str, request: DataRequest | None = None) -> Recordings:
    """Load one split of the run's data."""
    data = config.data
    folder = None if data.data_dir is None else Path(data.data_dir)
    progress = None if request is None else request.progress
    return load_split(data.name, split, DataRequest(folder, data.seed, progress))
