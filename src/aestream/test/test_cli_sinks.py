"""The sinks of `aestream input`: what they write is what the slow twins say."""

from pathlib import Path

import numpy as np
import pytest
import torch
from making_recordings import some_events, write_evt3
from PIL import Image

from aestream.cli.main import main
from aestream.cli.sinks.contact_sheet import MAX_PICTURES, ContactSheet, Picture
from aestream_core.csv import BLOCK_EVENTS, format_csv, format_csv_ref
from aestream_core.events import Events
from aestream_gpu.surfaces.count import count_ref


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def size_of(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size


@pytest.mark.parametrize("start_us", [0, 999_990, 16_000_000, 1_605_537_493_718_345, 2**63 - 200_000])
def test_csv_lines_equal_the_slow_twin(start_us: int) -> None:
    events = some_events(3000, start_us=start_us)
    assert b"".join(format_csv(events)) == format_csv_ref(events)


def test_csv_lines_cover_every_length_of_number() -> None:
    times = np.array([0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 999_999, 1_000_000, 4_000_000_000])
    sides = np.minimum(times, 32_766)
    events = Events.from_numpy(t=times, x=sides, y=sides, p=times % 2, width=32_767, height=32_767)
    assert b"".join(format_csv(events)) == format_csv_ref(events)


def test_csv_lines_come_in_bounded_blocks() -> None:
    events = some_events(2 * BLOCK_EVENTS + 5)
    blocks = list(format_csv(events))
    assert [block.count(b"\n") for block in blocks] == [BLOCK_EVENTS, BLOCK_EVENTS, 5]
    assert b"".join(blocks) == format_csv_ref(events)
    assert list(format_csv(events.slice_time(0, 0))) == []


def test_tensor_files_hold_the_windows_and_their_times(recording: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"windows{extension}" for extension in (".npz", ".npy", ".pt")]
    outputs = [word for path in paths for word in ("output", "tensor", str(path), "--window-us", "20000")]
    assert main(["input", "file", str(recording), *outputs, "--device", "cpu"]) == 0
    expected = [
        count_ref(some_events().slice_time(at, at + 20_000), width=64, height=48) for at in range(0, 100_000, 20_000)
    ]
    npz, pt = dict(np.load(paths[0])), torch.load(paths[2])
    assert np.array_equal(npz["counts"], torch.stack(expected).numpy())
    assert np.array_equal(np.load(paths[1]), npz["counts"])
    assert torch.equal(pt["counts"], torch.stack(expected))
    assert npz["start_us"].tolist() == pt["start_us"].tolist() == [0, 20_000, 40_000, 60_000, 80_000]
    assert np.load(tmp_path / "windows.end_us.npy").tolist() == [20_000, 40_000, 60_000, 80_000, 100_000]
    assert npz["event_count"].sum() == 20_000
    assert not list(tmp_path.glob("*.part"))


def test_a_tensor_file_without_windows_can_be_loaded(tmp_path: Path) -> None:
    empty = write_evt3(tmp_path / "none.raw", some_events(10))
    empty.write_bytes(empty.read_bytes().split(b"% end\n")[0] + b"% end\n" + bytes.fromhex("0080"))
    for name in ("a.npy", "a.npz", "a.pt"):
        assert main(["input", "file", str(empty), "output", "tensor", str(tmp_path / name)]) == 0
    assert np.load(tmp_path / "a.npy").shape == np.load(tmp_path / "a.npz")["counts"].shape == (0, 2, 48, 64)


def test_tensor_without_a_path_prints_a_line_per_window(recording: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["input", "file", str(recording), "output", "tensor", "--window-us", "50000"]) == 0
    lines = [tuple(map(int, line.split(","))) for line in capfd.readouterr().out.splitlines()]
    assert [line[:2] for line in lines] == [(0, 50_000), (50_000, 100_000)]
    assert sum(line[2] for line in lines) == 20_000


def test_images_are_a_sheet_or_one_file_per_window(recording: Path, tmp_path: Path) -> None:
    sheet, pattern = tmp_path / "sheet.png", str(tmp_path / "frame{:04}.png")
    words = ["output", "image", str(sheet), "--window-us", "2000", "output", "image", pattern, "--every", "4"]
    assert main(["input", "file", str(recording), *words]) == 0
    frames = sorted(tmp_path.glob("frame*.png"))
    assert [frame.name for frame in frames] == ["frame0000.png", "frame0001.png", "frame0002.png"]
    assert size_of(frames[0]) == (64, 48)
    # 50 windows are thinned to 13, of which the sheet has four in a row.
    assert size_of(sheet) == (4 * 68 + 4, 4 * 52 + 4)


def test_a_sheet_keeps_few_pictures_evenly_spread(tmp_path: Path) -> None:
    sheet = ContactSheet()
    for start_us in range(1000):
        sheet.add(Picture(np.zeros((8, 8, 3), np.uint8), start_us=start_us))
    kept = [picture.start_us for picture in sheet._kept]
    assert MAX_PICTURES // 2 <= len(kept) <= MAX_PICTURES
    assert kept == list(range(0, 1000, 64))
    sheet.save(tmp_path / "sheet.png")
    assert size_of(tmp_path / "sheet.png") == (4 * 12 + 4, 4 * 12 + 4)
