"""Training and evaluation of an Event-SSM."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.ahead import one_ahead
from aestream_snn.data.recordings import Recordings
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.training.augment import ClipAugment
from aestream_snn.ssm.training.batches import Batch, BatchMaker, Clips
from aestream_snn.ssm.training.clips import cells_of, token_count
from aestream_snn.ssm.training.embedding import begin_alike
from aestream_snn.ssm.training.optimise import make_optimiser, rate_factor
from aestream_snn.ssm.training.settings import RunSettings
from aestream_snn.ssm.training.tasks import Task
from aestream_snn.ssm.weights import Meaning
from aestream_snn.training.team import ALONE, Team


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to.

    Attributes:
        number: counted from 1.
        seconds: since training began.
        loss: mean cross entropy in training.
        validation: share of the validation recordings that the model is right about.
    """

    number: int
    seconds: float
    loss: float
    validation: float


@dataclass(frozen=True)
class Result:
    """A trained model: that of the epoch with the best validation, and what it does on the test data.

    Attributes:
        model: ready to evaluate.
        meaning: of its classes and tokens.
        curve: the epochs.
        test: share of the test recordings that it is right about.
        seconds: host time of training.
        processor_seconds: processor time of training, of all threads: less than host time where others use the cores.
    """

    model: EventSSM
    meaning: Meaning
    curve: tuple[Epoch, ...]
    test: float
    seconds: float
    processor_seconds: float


class Trainer:
    """Trains alone, or as one process of a team: each takes its share of the batches."""

    def __init__(
        self, task: Task, settings: RunSettings, augment: ClipAugment | None = None, *, team: Team = ALONE
    ) -> None:
        self.task, self.settings = task, settings
        self.augment = task.augment if augment is None else augment
        self.team = team
        torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        self.device = torch.device(settings.device)

    def run(
        self,
        tell: Callable[[Epoch], None] = lambda epoch: None,
        keep: Callable[[EventSSM, Meaning], None] = lambda model, meaning: None,
    ) -> Result:
        """Train to the end, and judge on the test data.

        Args:
            tell: is told of every epoch.
            keep: gets the model whenever it is the best so far, and what it means.

        Raises:
            InvalidArgumentError: there are fewer batches than processes.
        """
        train, validation = (self._maker(split) for split in ("train", "validation"))
        if not train.count(self.team):
            given = f"{len(train.clips)} training recordings in batches of {train.size}"
            raise InvalidArgumentError(f"{given} for {self.team.size} processes; each needs a batch at least")
        model = self._model(train)
        torch.manual_seed(self.settings.seed + 1_000_003 * self.team.rank)  # each process drops out on its own
        start_s, processor_s = time.perf_counter(), time.process_time()
        curve, best = [], (-1.0, model.state_dict())
        runner = nn.parallel.DistributedDataParallel(model) if self.team.size > 1 else model
        steps = _Steps(runner, make_optimiser(model, self.settings), self.settings, train.count(self.team))
        for number in range(self.settings.epochs):
            late = number and self.settings.limit_s and time.perf_counter() - start_s > self.settings.limit_s
            if self.team.agree(bool(late)):
                break
            loss = self._epoch(train, steps, number)
            right = self.judge(model, validation)
            curve.append(Epoch(number + 1, time.perf_counter() - start_s, loss, right))
            if right >= best[0]:
                best = right, {name: value.clone() for name, value in model.state_dict().items()}
                keep(model, self._meaning(train.clips.recordings))
            tell(curve[-1])
        seconds = time.perf_counter() - start_s
        processor_s = float(self.team.total(torch.tensor(time.process_time() - processor_s, dtype=torch.float64)))
        model.load_state_dict(best[1])
        test = self.judge(model, self._maker("test"))
        return Result(model.eval(), self._meaning(train.clips.recordings), tuple(curve), test, seconds, processor_s)

    @torch.no_grad()
    def judge(self, model: EventSSM, batches: BatchMaker) -> float:
        """Give the share of whole recordings that the model is right about; each process asks about its share."""
        model.eval()
        sums = torch.zeros(2, dtype=torch.int64)
        for batch in batches.in_order(self.team):
            said = model(*self._inputs(batch)).argmax(1).cpu()
            sums += torch.tensor([int((said == batch.targets.argmax(1)).sum()), len(said)])
        right, count = self.team.total(sums).tolist()
        return float(right / max(1, count))

    def _maker(self, split: str) -> BatchMaker:
        sliced = self.settings.slice_events if split == "train" else 0
        clips = Clips(self.task.load(split, self.settings), slice_events=sliced)
        size = self.settings.batch if split == "train" else min(self.settings.batch, 16)
        return BatchMaker(
            clips,
            size=size,
            cell_px=self.settings.cell_px,
            no_time=self.settings.no_time,
            upstream_time=self.task.model.upstream_time,
        )

    def _model(self, train: BatchMaker) -> EventSSM:
        data = train.clips.recordings
        sensor = {"width": data.width, "height": data.height, "cell_px": self.settings.cell_px}
        model = EventSSM(replace(self.task.model, tokens=token_count(**sensor), classes=len(data.classes)))
        if self.settings.smooth_cells:
            begin_alike(model.embedding.weight, *cells_of(**sensor), distance=self.settings.smooth_cells)
        return model.to(self.device)

    def _meaning(self, data: Recordings) -> Meaning:
        cells = cells_of(width=data.width, height=data.height, cell_px=self.settings.cell_px)
        return Meaning(data.classes, *cells)

    def _inputs(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return batch.tokens.to(self.device), batch.gaps_ms.to(self.device), batch.lengths.to(self.device)

    def _epoch(self, train: BatchMaker, steps: "_Steps", number: int) -> float:
        rng = np.random.default_rng((self.settings.seed, number))
        batches = one_ahead(train.training(rng, self.augment, self.team))
        losses = [steps.take(self._inputs(batch), batch.targets.to(self.device)) for batch in batches]
        loss, count = self.team.total(torch.tensor([sum(losses), len(losses)], dtype=torch.float64)).tolist()
        return float(loss / count) if count else float("nan")


class _Steps:
    """Steps of the optimiser, one for every `accumulation` batches."""

    def __init__(self, runner: nn.Module, optimiser: torch.optim.AdamW, settings: RunSettings, batches: int) -> None:
        self._runner, self._optimiser, self._every = runner, optimiser, settings.accumulation
        each = batches / self._every
        total, warmup = round(each * settings.epochs), round(each * settings.warmup)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: rate_factor(step, steps=max(1, total), warmup=warmup)
        )
        self._taken = 0

    def take(self, inputs: tuple[torch.Tensor, ...], targets: torch.Tensor) -> float:
        self._runner.train()
        loss = nn.functional.cross_entropy(self._runner(*inputs), targets)
        (loss / self._every).backward()  # type: ignore[no-untyped-call]
        self._taken += 1
        if self._taken % self._every == 0:
            self._optimiser.step()
            self._optimiser.zero_grad()
            self._schedule.step()
        return float(loss.detach())
