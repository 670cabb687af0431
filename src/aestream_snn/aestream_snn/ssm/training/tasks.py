"""The table of tasks: data, model, augmentations and hyper-parameters; one row each."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from aestream_snn.data.recordings import Recordings
from aestream_snn.data.simgesture.dataset import SimGestureConfig, make_simgesture
from aestream_snn.data.table import DataRequest, load_split
from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.presets import preset
from aestream_snn.ssm.training.augment import ClipAugment
from aestream_snn.ssm.training.settings import RunSettings
from aestream_snn.ssm.training.synthetic import make_chirp, make_delay


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        help: one sentence.
        load: gives the recordings of a split ("train", "validation", "test").
        model: the network; its tokens and classes follow the data.
        settings: hyper-parameters.
        augment: augmentations.
    """

    help: str
    load: Callable[[str, RunSettings], Recordings]
    model: SSMConfig
    settings: RunSettings
    augment: ClipAugment = field(default_factory=ClipAugment)


def _data_set(name: str) -> Callable[[str, RunSettings], Recordings]:
    def load(split: str, settings: RunSettings) -> Recordings:
        folder = Path(settings.data_dir) if settings.data_dir else None
        return load_split(name, split, DataRequest(data_dir=folder, seed=settings.seed, progress=_tell))

    return load


def _tell(done: int, total: int) -> None:
    if done % max(1, total // 5) == 0:
        sys.stderr.write(f"made {done} of {total} recordings; they are kept for the next time\n")


def _simgesture(split: str, settings: RunSettings) -> Recordings:
    if split != "train" or not settings.recordings:
        return _data_set("simgesture")(split, settings)
    return make_simgesture(split, SimGestureConfig(seed=settings.seed, train=settings.recordings), progress=_tell)


_AUDIO = ClipAugment(drop=0.1, chunk=0.02, jitter_px=0.55, jitter_us=1, skew=1.2, noise=35, cutmix=0.3)
_DVS = ClipAugment(
    drop=0.05, chunk=0.02, jitter_px=0.3, jitter_us=5, skew=1.12, roll_px=32, angle_deg=10, scale=1.2, cutmix=0.4
)
_SHD_RUN = RunSettings(epochs=30, batch=32, ssm_rate=5.4e-4, rate=5.4e-3, weight_decay=0.03, warmup=3)
_SSC_RUN = RunSettings(epochs=200, batch=64, ssm_rate=3.2e-4, rate=1.6e-3, weight_decay=0.05, warmup=20)
_SSC_AUGMENT = replace(_AUDIO, jitter_px=1.0, jitter_us=3, noise=100, skew=1.05)
_DVS_RUN = RunSettings(
    epochs=200, batch=32, ssm_rate=3.8e-4, rate=2.3e-3, weight_decay=0.02, warmup=10, slice_events=65_536
)
_SMALL = SSMConfig(width=32, states=32, stages=2, layers=2, stride=8, dt_min=0.002, conjugate=True)

TASKS: dict[str, Task] = {
    "chirp": Task(
        "made here: rising or falling sounds in SHD's layout",
        lambda split, settings: make_chirp(split, settings.seed),
        SSMConfig(width=16, states=16, stages=1, layers=2, stride=8, dt_min=0.004, conjugate=True),
        RunSettings(epochs=4, batch=32, ssm_rate=2e-3, rate=1e-2, weight_decay=0.01, warmup=0.5),
    ),
    "delay": Task(
        "made here: recall a cue, and how long ago it was",
        lambda split, settings: make_delay(split, settings.seed),
        SSMConfig(width=32, states=32, stages=1, layers=2, stride=8, dt_min=0.002, readout="last", conjugate=True),
        RunSettings(epochs=14, batch=32, ssm_rate=2e-3, rate=1e-2, weight_decay=0.01, warmup=1),
    ),
    "shd": Task("Spiking Heidelberg Digits, medium", _data_set("shd"), preset("shd_medium"), _SHD_RUN, _AUDIO),
    "shd_tiny": Task(
        "Spiking Heidelberg Digits, the smallest model", _data_set("shd"), preset("shd_tiny"),
        replace(_SHD_RUN, batch=16, ssm_rate=8e-4, rate=8e-3, weight_decay=0.01, warmup=1, epochs=10), _AUDIO,
    ),
    "ssc": Task("Spiking Speech Commands, medium", _data_set("ssc"), preset("ssc_medium"), _SSC_RUN, _SSC_AUGMENT),
    "ssc_small": Task("Spiking Speech Commands, small", _data_set("ssc"), preset("ssc_small"), _SSC_RUN, _SSC_AUGMENT),
    "dvs_gesture": Task("DVS128 Gesture, small", _data_set("dvs_gesture"), preset("dvs_small"), _DVS_RUN, _DVS),
    "dvs_gesture_medium": Task(
        "DVS128 Gesture, medium", _data_set("dvs_gesture"), preset("dvs_medium"), _DVS_RUN, _DVS
    ),
    "simgesture_events": Task(
        "made here: simulated gestures", _simgesture, replace(_SMALL, stride=16),
        RunSettings(
            epochs=6, batch=8, processes=0, ssm_rate=1e-3, rate=6e-3, weight_decay=0.02, warmup=0.3, cell_px=2,
            smooth_cells=6, recordings=5760,
        ),
        ClipAugment(drop=0.3, jitter_px=1.0, skew=1.1, roll_px=24, angle_deg=10, scale=1.2, flip_x=0.5, flip_y=0.5),
    ),
    "nmnist": Task(
        "N-MNIST, its subset in one file", _data_set("nmnist_subset"), _SMALL,
        RunSettings(epochs=14, batch=32, ssm_rate=1e-3, rate=8e-3, weight_decay=0.05, warmup=1),
        ClipAugment(drop=0.2, jitter_px=0.6, skew=1.1, roll_px=2),
    ),
}  # fmt: skip
