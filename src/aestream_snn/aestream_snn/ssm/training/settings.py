"""What a run of training is, as data."""

from dataclasses import dataclass

from aestream_core.config import setting, validate


@dataclass(frozen=True)
class RunSettings:
    """How a model is trained; a task's row brings its own values."""

    epochs: int = setting(10, "passes over the training data", bounds=(1, 100_000))
    batch: int = setting(32, "recordings of one batch", bounds=(1, 65_536))
    accumulation: int = setting(1, "batches of one step of the optimiser", bounds=(1, 65_536))
    ssm_rate: float = setting(1e-3, "learning rate of B and of the rates, without decay", bounds=(0, 1))
    rate: float = setting(5e-3, "learning rate of all else", bounds=(0, 1))
    weight_decay: float = setting(0.02, "weight decay of all else", bounds=(0, 1))
    warmup: float = setting(1.0, "epochs over which the rates grow; then they fall along a cosine", bounds=(0, 100_000))
    slice_events: int = setting(
        0, "training sees slices of that many events, half overlapping; 0 for whole recordings", bounds=(0, 2**31)
    )
    cell_px: int = setting(1, "side of the squares of pixels that share their tokens", unit="px", bounds=(1, 4096))
    smooth_cells: float = setting(
        0.0, "distance over which tokens begin alike; 0 draws each on its own", unit="cells", bounds=(0, 4096)
    )
    recordings: int = setting(
        0, "simulated gestures to train with; 0 for as many as the data set has", bounds=(0, 1_000_000)
    )
    no_time: bool = setting(False, "control: every gap is 1 ms, so the model knows the order alone")
    limit_s: float = setting(0.0, "time after which no epoch begins; 0 for none", unit="s", bounds=(0, 1e7))
    seed: int = setting(0, "of weights, order, augmentations and of data made here", bounds=(0, 2**31 - 1))
    device: str = setting("cpu", "auto, cpu, cuda or cuda:N")
    threads: int = setting(1, "threads on the CPU", bounds=(1, 1024))
    processes: int = setting(
        1,
        "processes on this machine, each with batches of its own: a step sees as many; 0: two on a CPU, one on a GPU",
        bounds=(0, 1024),
    )
    data_dir: str = setting("", "where the data lies that is not made here")
    folder: str = setting("out/ssm", "where the model and its curve go")

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
