"""The shape of an Event-SSM, as data."""

from dataclasses import dataclass
from typing import Literal, get_args

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError

Pooling = Literal["last", "avg", "time"]
Discretisation = Literal["zoh", "dirac", "async"]
Norm = Literal["layer", "batch"]
POOLINGS: tuple[str, ...] = get_args(Pooling)
DISCRETISATIONS: tuple[str, ...] = get_args(Discretisation)
NORMS: tuple[str, ...] = get_args(Norm)


@dataclass(frozen=True)
class SSMConfig:
    """All that determines the parameters of an Event-SSM and what they mean (Schöne et al. 2024, arXiv:2404.18508).

    Upstream's names stand in docs/event_ssm.md beside these.
    """

    tokens: int = setting(700, "number of different events", bounds=(1, 1 << 24))
    classes: int = setting(20, "number of classes", bounds=(1, 1 << 20))
    width: int = setting(96, "features of a token and of the first stage", bounds=(1, 4096))
    states: int = setting(
        128, "states of a layer of the first stage, counted before conjugates are left out", bounds=(1, 4096)
    )
    block: int = setting(8, "states of one HiPPO block", bounds=(1, 4096))
    stages: int = setting(2, "groups of layers; the first layer of each pools", bounds=(1, 3))
    layers: int = setting(3, "layers of a stage", bounds=(1, 64))
    stride: int = setting(8, "events that a pooling layer makes one of", bounds=(1, 65536))
    expansion: int = setting(1, "factor by which states and features grow with the second stage", bounds=(1, 16))
    pooling: Pooling = setting("avg", "what is kept of a window of inputs", choices=POOLINGS)
    readout: Pooling = setting("avg", "what is kept of all outputs", choices=POOLINGS)
    discretisation: Discretisation = setting("async", "how inputs enter the state", choices=DISCRETISATIONS)
    norm: Norm = setting("layer", "normalisation at the start of a layer", choices=NORMS)
    conjugate: bool = setting(False, "keep one state of each conjugate pair")
    clip: bool = setting(False, "keep the real parts of the rates at -1e-4 or less")
    dt_min: float = setting(0.001, "smallest initial time scale", unit="1/ms", bounds=(1e-9, 1e3))
    dt_max: float = setting(0.1, "largest initial time scale", unit="1/ms", bounds=(1e-9, 1e3))
    dropout: float = setting(0.0, "share of features dropped in training", bounds=(0.0, 0.99))
    upstream_time: bool = setting(False, "an event decays by the gap to the next one, as in upstream's checkpoints")

    def __post_init__(self) -> None:
        """Check every field, and that they fit each other."""
        validate(self)
        if self.states % self.block or (self.conjugate and self.block % 2):
            raise InvalidArgumentError(
                f"block is {self.block!r}; it must divide states ({self.states}), and be even where conjugate is set"
            )
        if self.dt_min > self.dt_max:
            raise InvalidArgumentError(f"dt_min is {self.dt_min!r}; it must be at most dt_max ({self.dt_max})")

    @property
    def downsampling(self) -> int:
        """Events for one output of the last stage."""
        return int(self.stride**self.stages)

    def stage(self, index: int) -> tuple[int, int, int]:
        """Give features in, features out and states of a stage.

        Upstream's rule (event_ssm/seq_model.py: StackedEncoderModel): the first stage keeps the width, the second
        multiplies it, and states grow with every stage.
        """
        wide = self.width * self.expansion
        into = self.width if index < 2 else wide
        return into, self.width if index == 0 else wide, self.states * self.expansion**index
