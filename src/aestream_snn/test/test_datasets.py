"""Loaders: tiny stand-ins in the layouts that were published give the events and labels that were put in."""

import struct
from contextlib import closing

import h5py
import numpy as np
import pytest

from aestream_core.errors import FormatError, InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.files import create_file
from aestream_snn.data.recordings import PackedRecordings, pack, records_of, split_off, words_from_columns
from aestream_snn.data.table import DATASETS, DataRequest, load_split

T, X, Y, P = [0, 10, 2000], [1, 2, 3], [4, 5, 6], [1, 0, 1]


def assert_is_the_recording(words):
    records = records_of(words)
    assert records["t"].tolist() == T
    assert records["x"].tolist() == X
    assert (records["yp"] & 0x7FFF).tolist() == Y
    assert (records["yp"] >> 15).tolist() == P


def write(path, *, width, height, later_us=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    events = Events.from_numpy(t=np.array(T) + later_us, x=X, y=Y, p=P, width=width, height=height)
    with closing(create_file(path, width=width, height=height)) as file:
        file.write(events)


def write_nmnist(path):
    """Write 5 bytes an event: x, y, polarity and 23 bits of time."""
    path.parent.mkdir(parents=True)
    rows = zip(T, X, Y, P, strict=True)
    path.write_bytes(b"".join(bytes((x, y)) + (p << 23 | t).to_bytes(3, "big") for t, x, y, p in rows))


def write_aedat3(path, *, later_us):
    """Write a header and one packet of polarity events, 8 bytes each."""
    words = [(1 | p << 1 | y << 2 | x << 17, t + later_us) for t, x, y, p in zip(T, X, Y, P, strict=True)]
    head = struct.pack("<HHIIIIII", 1, 1, 8, 4, 0, len(words), len(words), len(words))
    body = b"".join(struct.pack("<II", data, t) for data, t in words)
    path.write_bytes(b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n" + head + body)


def test_nmnist_is_read_by_folders_of_digits(tmp_path):
    for digit in (0, 7):
        write_nmnist(tmp_path / "Test" / str(digit) / "00001.bin")
    recordings = load_split("nmnist", "test", DataRequest(tmp_path))
    assert recordings.labels.tolist() == [0, 7]
    assert_is_the_recording(recordings.words(1))


def test_ncars_is_read_by_folders_of_classes(tmp_path):
    for name in ("cars", "background"):
        write(tmp_path / "n-cars_test" / name / "obj_000001_td.dat", width=120, height=100, later_us=500)
    recordings = load_split("ncars", "test", DataRequest(tmp_path))
    assert [recordings.classes[label] for label in recordings.labels] == ["background", "cars"]
    assert_is_the_recording(recordings.words(0))


def test_dvs_gesture_is_cut_by_the_table_beside_the_trial(tmp_path):
    (tmp_path / "trials_to_test.txt").write_text("user24_fluorescent.aedat\n")
    write_aedat3(tmp_path / "user24_fluorescent.aedat", later_us=1_000_000)
    (tmp_path / "user24_fluorescent_labels.csv").write_text(
        "class,startTime_usec,endTime_usec\n8,1000000,1002001\n1,1000010,1002000\n"
    )
    recordings = load_split("dvs_gesture", "test", DataRequest(tmp_path))
    assert [recordings.classes[label] for label in recordings.labels] == ["arm_roll", "hand_clapping"]
    assert_is_the_recording(recordings.words(0))
    assert len(recordings.words(1)) == 1


@pytest.mark.parametrize(("name", "file"), [("shd", "shd_test.h5"), ("ssc", "ssc_test.h5")])
def test_spoken_words_are_read_from_their_files(tmp_path, name, file):
    with h5py.File(tmp_path / file, "w") as made:
        times, units = (
            made.create_dataset(f"spikes/{key}", 2, h5py.vlen_dtype(kind))
            for key, kind in (("times", "f2"), ("units", "u2"))
        )
        for index in range(2):
            times[index], units[index] = np.array([0.25, 0.125], np.float16), np.array([699, 3], np.uint16)
        made["labels"] = np.array([1, 0], np.uint16)
        made["extra/keys"] = np.array([b"null", b"eins"])
    recordings = load_split(name, "test", DataRequest(tmp_path))
    records = records_of(recordings.words(0))
    assert (records["x"].tolist(), records["t"].tolist()) == ([3, 699], [0, 125_000])
    assert recordings.labels.tolist() == [1, 0]
    assert recordings.width == 700


def test_own_recordings_are_read_by_their_table(tmp_path):
    write(tmp_path / "a.raw", width=64, height=48, later_us=100)
    write(tmp_path / "b.aedat4", width=64, height=48)
    (tmp_path / "labels.csv").write_text(
        "file,label,split,start_us,end_us\na.raw,wave,test,,\nb.aedat4,clap,test,0,1000\na.raw,clap,train,,\n"
    )
    recordings = load_split("labelled", "test", DataRequest(tmp_path))
    assert recordings.classes == ("clap", "wave")
    assert recordings.labels.tolist() == [1, 0]
    assert_is_the_recording(recordings.words(0))
    assert len(recordings.words(1)) == 2


def test_own_recordings_of_a_split_that_the_table_lacks_are_refused(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label,split\na.raw,wave,train\n")
    with pytest.raises(FormatError, match="no recording of split 'test'; there are train"):
        load_split("labelled", "test", DataRequest(tmp_path))


def test_a_table_without_its_columns_is_refused(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\na.raw,wave\n")
    with pytest.raises(FormatError, match="must have the columns file, label, split"):
        load_split("labelled", "test", DataRequest(tmp_path))


def test_own_recordings_without_validation_give_a_share_of_those_for_training(tmp_path):
    write(tmp_path / "a.raw", width=64, height=48)
    rows = [f"a.raw,{label},{split}" for split, count in (("train", 20), ("test", 1)) for label in "ab" * count]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label,split", *rows]) + "\n", encoding="utf-8-sig")
    sizes = [len(load_split("labelled", split, DataRequest(tmp_path))) for split in ("train", "validation", "test")]
    assert sizes == [36, 4, 2]


@pytest.mark.parametrize(
    ("row", "message"),
    [("a.raw,wave", "line 2 has no split"), ("a.raw,wave,test,nan,5", "line 2: start_us is 'nan', no whole number")],
)
def test_a_row_that_lacks_a_value_or_has_none_that_can_be_read_is_named(tmp_path, row, message):
    (tmp_path / "labels.csv").write_text(f"file,label,split,start_us,end_us\n{row}\n")
    with pytest.raises(FormatError, match=message):
        load_split("labelled", "test", DataRequest(tmp_path))


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_subset_that_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "some.npz").write_bytes(content)
    with pytest.raises(FormatError, match=r"must be an \.npz with train_x, train_y"):
        load_split("nmnist_subset", "train", DataRequest(tmp_path / "some.npz"))


def test_a_folder_for_what_is_made_here_is_refused(tmp_path):
    with pytest.raises(InvalidArgumentError, match="'simgesture' is made here; leave out data_dir"):
        load_split("simgesture", "test", DataRequest(tmp_path))


@pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if dataset.needs_dir])
def test_a_data_set_that_is_not_there_says_where_it_comes_from(name, tmp_path):
    with pytest.raises(InvalidArgumentError, match=r"here; (download it from|you write it)"):
        load_split(name, "test", DataRequest(tmp_path / "nothing"))
    with pytest.raises(InvalidArgumentError, match="give data_dir="):
        load_split(name, "test")


def test_an_unknown_data_set_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="unknown data set 'mnist'; known: dvs_gesture, labelled"):
        load_split("mnist", "test")


def packed(count: int) -> PackedRecordings:
    words, offsets = pack([words_from_columns([0], [index], [0], [0]) for index in range(count)])
    return PackedRecordings(100, 4, ("a", "b"), np.arange(count) % 2, words, offsets)


def test_validation_is_a_share_of_the_training_data_by_class():
    most, some = split_off(packed(40), 0.25, seed=3)
    assert (len(most), len(some), some.labels.sum()) == (30, 10, 5)
    seen = {int(records_of(part.words(i))["x"][0]) for part in (most, some) for i in range(len(part))}
    assert seen == set(range(40))


def test_a_share_that_leaves_nothing_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"a share of 0\.01 of 4 recordings leaves one part empty"):
        split_off(packed(4), 0.01, seed=0)


def test_a_label_without_a_class_is_refused():
    with pytest.raises(InvalidArgumentError, match="label 2 has no class; there are 2"):
        PackedRecordings(10, 10, ("a", "b"), np.array([2]), np.zeros(0, np.int64), np.zeros(2, np.int64))


def test_real_digits_are_read(nmnist_subset):
    recordings = load_split("nmnist_subset", "test", DataRequest(nmnist_subset))
    assert len(recordings) == 100
    records = records_of(recordings.words(3))
    assert 1000 < len(records) < 8000
    assert records["x"].max() < 34
    assert len(load_split("nmnist_subset", "train", DataRequest(nmnist_subset))) == 900
