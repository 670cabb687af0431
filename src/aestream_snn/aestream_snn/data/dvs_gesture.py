"""DVS128 Gesture (Amir et al. 2017, CVPR): eleven gestures of hands and arms under three kinds of light.

A recording holds all gestures of one person, as an AEDAT 3.1 file; a table beside it says which time is which gesture.
"""

import csv
from pathlib import Path

import numpy as np

from aestream_core.events import Events
from aestream_core.files import read_file
from aestream_snn.data.layouts import need, need_some
from aestream_snn.data.mirror import Mirrors, exchange
from aestream_snn.data.recordings import PackedRecordings, Words, pack, words_of

SIDE_PX = 128
CLASSES: tuple[str, ...] = (
    "hand_clapping",
    "right_hand_wave",
    "left_hand_wave",
    "right_arm_clockwise",
    "right_arm_counter_clockwise",
    "left_arm_clockwise",
    "left_arm_counter_clockwise",
    "arm_roll",
    "air_drums",
    "air_guitar",
    "other_gestures",
)
MIRRORS = Mirrors(
    x=exchange(
        CLASSES,
        ("right_hand_wave", "left_hand_wave"),
        ("right_arm_clockwise", "left_arm_counter_clockwise"),
        ("right_arm_counter_clockwise", "left_arm_clockwise"),
    ),
    y=exchange(CLASSES),
)
"""What each gesture is in the mirror; nobody stands on their head, so `y` is not meant to be used."""
SOURCE = "https://research.ibm.com/interactive/dvsgesture (DvsGesture.tar.gz)"


def load_dvs_gesture(split: str, *, data_dir: Path) -> PackedRecordings:
    """Load DVS128 Gesture as published: `trials_to_train.txt`, `trials_to_test.txt`, an .aedat and a table a trial.

    Raises:
        InvalidArgumentError: a file is not there; says where to get the data set.
        FormatError: the list of trials names none.
    """
    folder = need(data_dir, name="DVS128 Gesture", source=SOURCE)
    listed = need(folder / f"trials_to_{split}.txt", name="DVS128 Gesture", source=SOURCE).read_text().split()
    trials = need_some([folder / name for name in listed], folder, name="DVS128 Gesture")
    gestures = [gesture for trial in trials for gesture in _read_trial(trial)]
    words, offsets = pack([each for each, _ in gestures])
    labels = np.array([label for _, label in gestures], np.int64)
    return PackedRecordings(SIDE_PX, SIDE_PX, CLASSES, labels, words, offsets, MIRRORS)


def _read_trial(trial: Path) -> list[tuple[Words, int]]:
    """Cut the gestures out of one trial; in the table they count from 1."""
    need(trial, name="DVS128 Gesture", source=SOURCE)
    table = need(trial.with_name(f"{trial.stem}_labels.csv"), name="DVS128 Gesture", source=SOURCE)
    events = read_file(trial, format="aedat3")
    with table.open(newline="") as rows:
        return [(_cut(events, row), int(row["class"]) - 1) for row in csv.DictReader(rows)]


def _cut(events: Events, row: dict[str, str]) -> Words:
    return words_of(events.slice_time(int(row["startTime_usec"]), int(row["endTime_usec"])))
