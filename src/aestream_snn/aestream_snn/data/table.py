"""The table of data sets: a new one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.data.dvs_gesture import load_dvs_gesture
from aestream_snn.data.labelled import load_labelled, splits_of
from aestream_snn.data.ncars import load_ncars
from aestream_snn.data.nmnist import load_nmnist, load_nmnist_subset
from aestream_snn.data.recordings import Recordings, split_off
from aestream_snn.data.simgesture.dataset import Progress, SimGestureConfig, make_simgesture
from aestream_snn.data.spiking_speech import load_shd, load_ssc

SPLITS: tuple[str, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class DataRequest:
    """What a loader may need.

    Attributes:
        data_dir: folder, or file, of a data set that is not made here.
        seed: of data that is made here.
        progress: told while it is made.
    """

    data_dir: Path | None = None
    seed: int = 0
    progress: Progress | None = None


@dataclass(frozen=True)
class Dataset:
    """One data set.

    Attributes:
        load: gives one of its published splits.
        help: what it is, in one line.
        splits: the splits that were published, or what tells them. Where validation is not among them, it is a share of
            the training data, never the test data.
        needs_dir: whether somebody must have downloaded or recorded it.
    """

    load: Callable[[str, DataRequest], Recordings]
    help: str
    splits: tuple[str, ...] | Callable[[DataRequest], tuple[str, ...]] = ("train", "test")
    needs_dir: bool = True


def _folder(request: DataRequest) -> Path:
    assert request.data_dir is not None  # load_split has checked
    return request.data_dir


def _simgesture(split: str, request: DataRequest) -> Recordings:
    return make_simgesture(split, SimGestureConfig(seed=request.seed), progress=request.progress)


DATASETS: dict[str, Dataset] = {
    "simgesture": Dataset(
        _simgesture, "12 motions of shapes, simulated here; only time tells them apart", SPLITS, needs_dir=False
    ),
    "nmnist": Dataset(lambda s, r: load_nmnist(s, data_dir=_folder(r)), "N-MNIST: digits seen in saccades"),
    "nmnist_subset": Dataset(
        lambda s, r: load_nmnist_subset(s, path=_folder(r)), "recordings of N-MNIST in one .npz: data_dir names it"
    ),
    "ncars": Dataset(lambda s, r: load_ncars(s, data_dir=_folder(r)), "N-CARS: car or background"),
    "dvs_gesture": Dataset(lambda s, r: load_dvs_gesture(s, data_dir=_folder(r)), "DVS128 Gesture: eleven gestures"),
    "shd": Dataset(lambda s, r: load_shd(s, data_dir=_folder(r)), "Spiking Heidelberg Digits, 700 channels of sound"),
    "ssc": Dataset(lambda s, r: load_ssc(s, data_dir=_folder(r)), "Spiking Speech Commands, 700 channels", SPLITS),
    "labelled": Dataset(
        lambda s, r: load_labelled(s, data_dir=_folder(r)),
        "recordings and bags of your own, with a labels.csv beside them",
        lambda r: splits_of(_folder(r)),
    ),
}

VALIDATION_SHARE = 0.1
"""Share of the training data that serves as validation where none was published."""


def load_split(name: str, split: str, request: DataRequest | None = None) -> Recordings:
    """Load one split of a data set.

    Args:
        name: of the data set.
        split: "train", "validation" or "test".
        request: what the loader may need.

    Raises:
        UnknownNameError: no such data set, or no such split.
        InvalidArgumentError: the data set needs a folder that was not given, or is not there.
        FormatError: the folder holds something else.
    """
    request = request or DataRequest()
    if name not in DATASETS:
        raise UnknownNameError("data set", name, tuple(DATASETS))
    if split not in SPLITS:
        raise UnknownNameError("split", split, SPLITS)
    dataset = DATASETS[name]
    if dataset.needs_dir and request.data_dir is None:
        raise InvalidArgumentError(f"data set {name!r} is not made here; give data_dir=, the folder that it lies in")
    if request.data_dir is not None and not dataset.needs_dir:
        raise InvalidArgumentError(f"data set {name!r} is made here; leave out data_dir, {str(request.data_dir)!r}")
    splits = dataset.splits(request) if callable(dataset.splits) else dataset.splits
    if split == "test" or "validation" in splits:
        return dataset.load(split, request)
    parts = split_off(dataset.load("train", request), VALIDATION_SHARE, seed=request.seed)
    return parts[1] if split == "validation" else parts[0]
