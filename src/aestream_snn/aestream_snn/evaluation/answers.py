"""When a model is sure: the first step from which its answer stays, and leads by a margin."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import Recordings
from aestream_snn.models.base import StepModel
from aestream_snn.training.batches import batches_in_order

BATCH = 32
LATE = 0.9


@dataclass(frozen=True)
class Answers:
    """What a model says, and when.

    Attributes:
        right: (R,) bool, whether its last answer is the label.
        settled: (R,) int64, the first step from which its answer is the last one.
        sure: (R,) int64, the first step from which moreover it leads by the margin; the number of steps where never.
        steps: steps of a recording.
    """

    right: Tensor
    settled: Tensor
    sure: Tensor
    steps: int


@dataclass(frozen=True)
class Sureness:
    """How long it takes until answers are sure.

    Attributes:
        share: of all recordings, those whose right answer became sure.
        median_us: time in µs until then, of half of those.
        late_us: time in µs until then, of nine tenths of those.
    """

    share: float
    median_us: float
    late_us: float


def sureness(answers: Answers, step_us: float) -> Sureness | None:
    """Say when right answers were sure; None where none was."""
    sure = answers.right & (answers.sure < answers.steps)
    if not sure.any():
        return None
    times = (answers.sure[sure] + 1).double() * step_us
    median, late = (float(times.quantile(share)) for share in (0.5, LATE))
    return Sureness(float(sure.double().mean()), median, late)


@torch.no_grad()
def ask(model: StepModel, recordings: Recordings, frames: FrameConfig, *, margin: float = 0.2) -> Answers:
    """Follow a model's answers step by step.

    Args:
        model: gives (T, B, classes), and as many steps as there are frames.
        recordings: what it is asked about.
        frames: how recordings become frames.
        margin: share of the first class's score by which it must lead the second.
    """
    rights, settled, sure = [], [], []
    for sequence, labels in batches_in_order(recordings, frames, size=BATCH):
        scores = model(sequence).cumsum(0)
        said = scores.argmax(2)
        first, second = scores.topk(2, 2).values.unbind(2)
        leads = first - second >= margin * first.clamp(min=1e-9)
        rights.append(said[-1] == labels)
        settled.append(first_from(said == said[-1]))
        sure.append(first_from((said == said[-1]) & leads))
    return Answers(torch.cat(rights), torch.cat(settled), torch.cat(sure), frames.steps)


def first_from(holds: Tensor) -> Tensor:
    """Give for each column of (T, B) bool the first row from which it is true to the end; T where it is not."""
    reversed_run = holds.flip(0).to(torch.int64).cumprod(0).sum(0)
    return holds.shape[0] - reversed_run
