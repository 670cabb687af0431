"""What a training run is, as data. The hydra files under `configs/` fill it in."""

from dataclasses import dataclass, field

from aestream_core.config import setting, validate
from aestream_snn.data.augment import AugmentConfig
from aestream_snn.data.frames import FrameConfig


@dataclass(frozen=True)
class DataConfig:
    """Which data, and as which frames."""

    name: str = setting("simgesture", "Name of the data set.")
    data_dir: str | None = setting(None, "Folder or file of a data set that is not made here.")
    seed: int = setting(
        0, "Seed of data that is made here, and of the share that serves as validation.", bounds=(0, 2**31 - 1)
    )
    frames: FrameConfig = field(default_factory=FrameConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class ModelConfig:
    """Which model."""

    name: str = setting("conv_iaf_deep", "Name of the model.")
    spread: float = setting(0.7, "Currents of a network that was just drawn, in thresholds.", bounds=(0.01, 100))
    start: str | None = setting(None, "Checkpoint of such a model whose weights to start with, instead of drawn ones.")

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class TaskConfig:
    """How it is trained."""

    epochs: int = setting(20, "Passes over the training data.", bounds=(1, 100_000))
    batch: int = setting(16, "Recordings of one update.", bounds=(1, 100_000))
    rate: float = setting(3e-3, "Largest learning rate of Adam; it rises, then falls along a cosine.", bounds=(0, 10))
    warmup: float = setting(0.1, "Share of the updates in which the rate rises.", bounds=(0, 1))
    decay: float = setting(0.0, "Weight decay.", bounds=(0, 10))
    clip: float = setting(1.0, "Largest norm of the gradient; 0 for any.", bounds=(0, 1e9))
    score_scale: float = setting(0.5, "Factor on the spike counts that the loss sees as scores.", bounds=(1e-6, 1e6))
    patience: int = setting(0, "Epochs without a better validation after which to stop; 0 for never.", bounds=(0, 1e6))
    stop_at: float = setting(1.0, "Validation accuracy at which to stop.", bounds=(0, 1))
    synops_limit: float = setting(
        0.0, "Synaptic operations of a recording that cost nothing; 0 for any number.", bounds=(0, 1e12)
    )
    synops_penalty: float = setting(1.0, "Weight of what lies above the limit, as a share of it.", bounds=(0, 1e6))
    rate_penalty: float = setting(0.0, "Weight of rates outside the band below; 0 for none.", bounds=(0, 1e6))
    rate_low: float = setting(0.01, "Spikes of a neuron and step from which the band begins.", bounds=(0, 1e6))
    rate_high: float = setting(0.5, "Spikes of a neuron and step at which it ends; 0 for no end.", bounds=(0, 1e6))
    field_penalty: float = setting(
        0.0, "Weight of the share of currents that cancel in one receptive field and step.", bounds=(0, 1e6)
    )
    int8: bool = setting(False, "Round weights to 8 bits in the forward pass, straight through in the backward one.")
    weight_limit: float = setting(0.0, "Largest weight in thresholds; 0 for any. Speck asks for < 1.", bounds=(0, 1e6))
    limit_s: float = setting(0.0, "Time after which to stop; 0 for any.", unit="s", bounds=(0, 1e7))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class SystemConfig:
    """On what it runs."""

    device: str = setting("cpu", "Where the model runs.", choices=("cpu", "cuda"))
    threads: int = setting(1, "Threads of torch; two are slower than one for networks this small.", bounds=(1, 1024))
    processes: int = setting(
        1,
        "Processes on this machine that share every batch; the curve depends on it. 0: two on a CPU, one on a GPU.",
        bounds=(0, 1024),
    )
    precision: str = setting(
        "float32", "Of convolutions and products; membranes are float32.", choices=("float32", "bfloat16")
    )
    seed: int = setting(0, "Seed of weights, order and augmentations.", bounds=(0, 2**31 - 1))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class LoggingConfig:
    """What is written, and where."""

    folder: str = setting("out/train", "Folder of the run: checkpoints, curves, configuration.")
    tensorboard: bool = setting(True, "Write curves for TensorBoard, where it is installed.")
    wandb: bool = setting(False, "Send curves to Weights & Biases; it must be installed.")
    monitor: bool = setting(True, "Write rates, synaptic operations and weights of every epoch where curves go.")
    live: bool = setting(True, "Show progress while it runs, where the output is a terminal.")

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class TrainConfig:
    """A training run."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    task: TaskConfig = field(default_factory=TaskConfig)
    system: SystemConfig = field(default_factory=SystemConfig)
    logging: LoggingConfig = field(default_factory=LoggingConfig)
