import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.data.recordings import PackedRecordings, pack, words_from_columns
from aestream_snn.ssm import EventSSM, SSMConfig, gaps_ms
from aestream_snn.ssm.engine import StreamingEngine
from aestream_snn.ssm.training.augment import ClipAugment, augment, cutmix
from aestream_snn.ssm.training.batches import BatchMaker, Clips
from aestream_snn.ssm.training.clips import Clip, clip_of, token_count, tokens_of
from aestream_snn.ssm.training.command import parse, train
from aestream_snn.ssm.training.embedding import begin_alike
from aestream_snn.ssm.training.optimise import make_optimiser, rate_factor
from aestream_snn.ssm.training.settings import RunSettings
from aestream_snn.ssm.training.synthetic import SIZES, make_chirp, make_delay
from aestream_snn.ssm.training.tasks import TASKS
from aestream_snn.ssm.training.trainer import Trainer, _Steps
from aestream_snn.ssm.weights import Meaning, load_meaning, load_model
from aestream_snn.training.team import Team

SIDE = {"width": 20, "height": 10}


def random_clip(events: int = 400, *, seed: int = 0) -> Clip:
    rng = np.random.default_rng(seed)
    t_us = np.sort(rng.uniform(0, 1e5, events))
    return Clip(t_us, rng.integers(0, 20, events), rng.integers(0, 10, events), rng.integers(0, 2, events))


def recordings(lengths: list[int]) -> PackedRecordings:
    made = [
        words_from_columns(np.arange(n) * 10, np.arange(n) % 7, np.zeros(n), np.ones(n, np.uint16)) for n in lengths
    ]
    words, offsets = pack(made)
    return PackedRecordings(7, 1, ("a", "b"), np.arange(len(lengths)) % 2, words, offsets)


def test_the_chirp_is_learned_completely_and_its_model_runs_online(tmp_path: Path, capsys: Any) -> None:
    result = train(["ssm=chirp", "epochs=3", f"folder={tmp_path}"])
    assert result.test == 1.0
    assert "test 100.0%" in capsys.readouterr().out
    assert len(json.loads((tmp_path / "run.json").read_text())["curve"]) == 3
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    engine, test = StreamingEngine(load_model(tmp_path / "model.safetensors")), make_chirp("test", 0)
    for index in range(20):
        clip = clip_of(test.words(index))
        scores, _ = engine.push_tokens(clip.x, clip.t_us.astype(np.int64), engine.start())
        assert scores.argmax() == test.labels[index]


def test_how_many_events_a_delay_has_says_nothing_about_its_time() -> None:
    made = make_delay("train", 0)
    counts, long = np.diff(made.offsets), made.labels % 2 == 1
    assert abs(counts[long].mean() - counts[~long].mean()) < 10
    spans = np.array([clip_of(made.words(index)).t_us[-1] for index in range(len(made))])
    assert spans[long].min() > spans[~long].max()
    assert np.array_equal(clip_of(made.words(0)).x[:1], [0])


@pytest.mark.parametrize("make", [make_chirp, make_delay])
def test_splits_are_disjoint_and_follow_from_the_seed(make: Any) -> None:
    train_words = make("train", 0).all_words
    assert np.array_equal(train_words, make("train", 0).all_words)
    assert not np.array_equal(train_words[:100], make("train", 1).all_words[:100])
    assert not np.array_equal(train_words[:100], make("test", 0).all_words[:100])
    with pytest.raises(UnknownNameError, match="unknown split 'all'"):
        make("all", 0)


CHANGES = {
    "drop": 0.3, "chunk": 0.5, "jitter_px": 2.0, "jitter_us": 500.0, "skew": 1.5, "noise": 50, "roll_px": 5,
    "angle_deg": 30.0, "scale": 1.5,
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_each_augmentation_changes_events_and_keeps_order_and_sensor(name: str) -> None:
    clip, config, changed = random_clip(), ClipAugment(**{name: CHANGES[name]}), 0
    for seed in range(20):
        out = augment(clip, config, np.random.default_rng(seed), **SIDE)
        assert (np.diff(out.t_us) >= 0).all()
        assert ((out.x >= 0) & (out.x < 20) & (out.y >= 0) & (out.y < 10)).all()
        changed += len(out) != len(clip) or not (np.array_equal(out.t_us, clip.t_us) and np.array_equal(out.x, clip.x))
    assert changed > 2


def test_without_augmentation_nothing_changes() -> None:
    clip = random_clip()
    out = augment(clip, ClipAugment(), np.random.default_rng(0), **SIDE)
    assert all(np.array_equal(getattr(out, name), getattr(clip, name)) for name in ("t_us", "x", "y", "p"))


@pytest.mark.parametrize("name", CHANGES)
def test_a_recording_without_events_survives_augmentation(name: str) -> None:
    empty = random_clip(0)
    for seed in range(10):
        assert len(augment(empty, ClipAugment(**{name: CHANGES[name]}), np.random.default_rng(seed), **SIDE)) == 0
    assert cutmix(empty, random_clip(), np.random.default_rng(0))[1] == 0


@pytest.mark.parametrize("seed", range(5))
def test_cutmix_weighs_labels_by_their_share_of_events(seed: int) -> None:
    own, other = random_clip(), random_clip(300, seed=1)
    own, other = replace(own, x=own.x * 0), replace(other, x=other.x * 0 + 1)
    mixed, share = cutmix(own, other, np.random.default_rng(seed))
    assert share == pytest.approx(np.mean(mixed.x == 1))
    run = mixed.t_us[mixed.x == 1]
    assert not ((mixed.t_us >= run[0]) & (mixed.t_us <= run[-1]) & (mixed.x == 0)).any()


def test_an_epoch_gives_every_recording_once_in_buckets_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 500, 64).tolist()
    maker = BatchMaker(Clips(recordings(lengths)), size=4)
    batches = list(maker.training(np.random.default_rng(0), ClipAugment()))
    assert sorted(torch.cat([batch.lengths for batch in batches]).tolist()) == sorted(lengths)
    padded = sum(batch.tokens.numel() for batch in batches)
    assert padded < 1.3 * sum(lengths)
    assert [int(batch.lengths.max()) for batch in batches] != sorted(int(batch.lengths.max()) for batch in batches)


def test_gaps_of_a_batch_are_those_of_the_events_or_one_without_time() -> None:
    for no_time, want in ((False, 0.01), (True, 1.0)):
        batch = next(BatchMaker(Clips(recordings([5, 3])), size=2, no_time=no_time).in_order())
        assert batch.gaps_ms[0, 1:3].tolist() == pytest.approx([want, want])
        assert batch.lengths.tolist() == [3, 5]


def test_long_recordings_are_trained_in_half_overlapping_slices_and_judged_whole() -> None:
    sliced = Clips(recordings([1000, 30]), slice_events=400)
    assert [(piece, len(sliced.get(index)[0])) for index, piece in enumerate(sliced.pieces)] == [
        ((0, 0), 400), ((0, 200), 400), ((0, 400), 400), ((0, 600), 400), ((1, 0), 30),
    ]  # fmt: skip
    assert [len(Clips(recordings([1000])).get(0)[0])] == [1000]


def test_sound_is_numbered_by_channel_and_vision_by_polarity_column_and_row() -> None:
    clip = random_clip()
    assert np.array_equal(tokens_of(clip, width=20, height=1), clip.x)
    assert np.array_equal(tokens_of(clip, **SIDE), clip.p * 200 + clip.x * 10 + clip.y)


def test_cells_share_tokens_and_the_edge_belongs_to_the_last() -> None:
    clip, sensor = random_clip(), {**SIDE, "cell_px": 3}
    columns, rows = np.minimum(clip.x // 3, 5), np.minimum(clip.y // 3, 2)
    assert np.array_equal(tokens_of(clip, **sensor), clip.p * 18 + columns * 3 + rows)
    assert (token_count(**sensor), token_count(width=700, height=1, cell_px=3)) == (36, 700)


def test_tokens_that_begin_alike_are_so_over_the_distance_and_no_further() -> None:
    torch.manual_seed(0)
    weight = torch.empty(2 * 64 * 64, 512)
    begin_alike(weight, 64, 64, distance=6.0)
    cells = weight.view(2, 64, 64, 512)
    assert float(weight.var()) == pytest.approx(1 / 512, rel=0.05)
    near, far = (float((cells[0, 20, 20] * cells[0, 20 + step, 20]).sum()) for step in (2, 30))
    assert near == pytest.approx(np.exp(-((2 / 6) ** 2) / 2), abs=0.1)
    assert abs(far) < 0.2
    assert abs(float((cells[0, 20, 20] * cells[1, 20, 20]).sum())) < 0.2


def test_more_gestures_for_training_leave_those_for_validation_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    task = parse(["ssm=simgesture_events", "recordings=24", "seed=5"])
    assert len(task.load("train", task.settings)) == 24
    monkeypatch.setattr("aestream_snn.ssm.training.tasks.load_split", lambda _, split, request: (split, request.seed))
    assert task.load("validation", task.settings) == ("validation", 5)


def test_b_and_the_rates_form_the_group_without_decay() -> None:
    model = EventSSM(SSMConfig(tokens=9, classes=2, width=8, states=8, layers=2, stages=1))
    slow, regular = make_optimiser(model, RunSettings(ssm_rate=1e-4, rate=1e-2, weight_decay=0.1)).param_groups
    names = {id(value): name for name, value in model.named_parameters()}
    assert {names[id(value)].split(".")[-1] for value in slow["params"]} == {"b", "rate_re", "rate_im"}
    assert len(slow["params"]) + len(regular["params"]) == len(names)
    assert (slow["weight_decay"], slow["lr"], regular["weight_decay"], regular["lr"]) == (0.0, 1e-4, 0.1, 1e-2)


def test_rates_grow_in_a_line_and_fall_along_a_cosine() -> None:
    factors = [rate_factor(step, steps=110, warmup=10) for step in range(111)]
    assert factors[:2] == pytest.approx([0.1, 0.2])
    assert factors[10] == 1.0
    assert factors[60] == pytest.approx(0.5)
    assert factors[110] == pytest.approx(0.0)


def test_words_set_the_run_the_model_and_the_augmentations() -> None:
    task = parse(["ssm=shd", "rate=1e-3", "model.width=32", "augment.noise=0", "no_time=true"])
    assert (task.settings.rate, task.model.width, task.augment.noise, task.settings.no_time) == (1e-3, 32, 0, True)
    assert task.settings.folder == "out/ssm/shd"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ssm=mnist"], "unknown task 'mnist'; known: chirp"),
        (["ssm=chirp", "epoch=3"], "unknown setting 'epoch'; known: accumulation, batch"),
        (["ssm=chirp", "net.width=3"], "unknown setting 'net.width'; known: augment, model"),
        (["ssm=chirp", "epochs"], "'epochs' is no assignment"),
        (["ssm=chirp", "epochs=0"], "epochs is 0"),
        (["ssm=chirp", "epochs=many"], "epochs is 'many'"),
        (["ssm=chirp", "epochs=["], "epochs is '\\[', which is no value"),
        (["ssm=chirp", "device=gpu"], "device is 'gpu'; it must be auto, cpu, cuda or cuda:N"),
        (["ssm=chirp", f"folder={__file__}"], "cannot be made: File exists"),
        (["ssm=shd"], "give data_dir="),
    ],
)
def test_words_that_mean_nothing_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        train(words)


def write_spoken(path: Path, count: int) -> None:
    """Write sounds in the layout of SHD and SSC."""
    with h5py.File(path, "w") as file:
        kind = h5py.vlen_dtype(np.float32), h5py.vlen_dtype(np.uint16)
        times, units = (
            file.create_dataset(f"spikes/{each}", (count,), dtype=dtype)
            for each, dtype in zip(("times", "units"), kind, strict=True)
        )
        for index in range(count):
            times[index] = np.linspace(0, 0.5, 90, dtype=np.float32)
            units[index] = np.arange(90, dtype=np.uint16) * 7
        file["labels"] = np.arange(count) % 2
        file["extra/keys"] = np.array([b"null", b"eins"])


def small(folder: Path) -> list[str]:
    """Give the words of a short run of a narrow model."""
    return ["epochs=1", "model.width=16", "model.states=16", f"data_dir={folder}", f"folder={folder / 'out'}"]


def test_shd_is_one_command_where_its_files_lie(tmp_path: Path) -> None:
    write_spoken(tmp_path / "shd_train.h5", 20)
    write_spoken(tmp_path / "shd_test.h5", 6)
    result = train(["ssm=shd", *small(tmp_path)])
    assert result.model.config.tokens == 700
    assert result.meaning == Meaning(("null", "eins"), 700, 1)
    assert load_model(tmp_path / "out" / "model.safetensors").config == result.model.config


@pytest.mark.parametrize("task", ["ssc", "ssc_small"])
def test_ssc_is_one_command_where_its_files_lie(tmp_path: Path, task: str) -> None:
    for part, count in (("train", 24), ("valid", 4), ("test", 4)):
        write_spoken(tmp_path / f"ssc_{part}.h5", count)
    result = train([f"ssm={task}", *small(tmp_path)])
    assert (result.model.config.tokens, result.model.config.classes) == (700, 35)
    assert load_meaning(tmp_path / "out" / "model.safetensors").rows == 1


def write_trial(folder: Path, name: str, gestures: int, *, events: int) -> None:
    """Write one person of DVS128 Gesture: an AEDAT 3.1 file, and a table of which time is which gesture."""
    rng = np.random.default_rng(gestures)
    t_us = np.sort(rng.integers(0, gestures * 100_000, gestures * events))
    data = 1 | rng.integers(0, 2, len(t_us)) << 1 | rng.integers(0, 128, (2, len(t_us))).T @ np.array([1 << 2, 1 << 17])
    head = struct.pack("<HHIIIIII", 1, 1, 8, 4, 0, *[len(t_us)] * 3)
    body = np.stack([data, t_us], 1).astype("<u4").tobytes()
    path = folder / f"{name}.aedat"
    path.write_bytes(b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n" + head + body)
    rows = [f"{index % 11 + 1},{index * 100_000},{(index + 1) * 100_000}" for index in range(gestures)]
    (folder / f"{name}_labels.csv").write_text("\n".join(["class,startTime_usec,endTime_usec", *rows]) + "\n")


@pytest.mark.parametrize("task", ["dvs_gesture", "dvs_gesture_medium"])
def test_dvs_gesture_is_one_command_where_its_files_lie(tmp_path: Path, task: str) -> None:
    for split, name, gestures in (("train", "user01_led", 66), ("test", "user24_led", 11)):
        write_trial(tmp_path, name, gestures, events=300)
        (tmp_path / f"trials_to_{split}.txt").write_text(f"{name}.aedat\n")
    result = train([f"ssm={task}", "slice_events=280", *small(tmp_path)])
    assert (result.model.config.tokens, result.model.config.classes) == (128 * 128 * 2, 11)
    assert load_meaning(tmp_path / "out" / "model.safetensors").labels[7] == "arm_roll"


def test_two_processes_share_the_batches_and_keep_one_model(tmp_path: Path) -> None:
    words = ["ssm=chirp", "epochs=1", f"folder={tmp_path}"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launch, "-m", "aestream_snn.ssm.training.command", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test ") == 1
    assert (tmp_path / "model.safetensors").exists()


def test_fewer_batches_than_processes_are_refused() -> None:
    settings = replace(TASKS["chirp"].settings, batch=2048)
    with pytest.raises(InvalidArgumentError, match=r"training recordings in batches of 2048 for 2 processes"):
        Trainer(TASKS["chirp"], settings, team=Team(0, 2)).run()


def test_a_limit_of_time_leaves_one_epoch_whose_model_is_kept(tmp_path: Path) -> None:
    result = train(["ssm=chirp", "limit_s=1e-3", f"folder={tmp_path / 'a folder, of 2'}"])
    assert len(result.curve) == 1
    assert {path.name for path in (tmp_path / "a folder, of 2").iterdir()} == {
        "model.safetensors", "run.json", "curve.png",
    }  # fmt: skip


def test_the_best_model_so_far_is_kept_while_it_trains() -> None:
    kept: list[str] = []
    task = replace(TASKS["chirp"], settings=replace(TASKS["chirp"].settings, epochs=2))
    Trainer(task, task.settings).run(lambda epoch: kept.append("epoch"), lambda model, meaning: kept.append("model"))
    assert kept[:2] == ["model", "epoch"]


def test_accumulated_batches_step_as_one() -> None:
    task = TASKS["chirp"]
    assert task.settings.accumulation == 1

    model = EventSSM(replace(task.model, tokens=9, classes=2))
    steps = _Steps(model, make_optimiser(model, task.settings), replace(task.settings, accumulation=2, warmup=0), 2)
    before, tokens = model.head.weight.clone(), torch.arange(9)[None]
    batch = tokens, torch.from_numpy(gaps_ms(np.arange(9) * 1000))[None], torch.tensor([9])
    steps.take(batch, torch.tensor([[1.0, 0.0]]))
    assert torch.equal(model.head.weight, before)
    steps.take(batch, torch.tensor([[1.0, 0.0]]))
    assert not torch.equal(model.head.weight, before)


def test_sizes_of_made_data_are_those_stated() -> None:
    assert len(make_chirp("validation", 0)) == SIZES["chirp"]["validation"]
