"""Real recordings are read to the last bit; the digests come from independent decoders."""

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from recording_files import joined

from aestream_core.evt3 import Evt3Decoder
from aestream_core.files import file_info, open_file, read_file
from aestream_core.raw_files import open_raw_file

REAL = ("expelliarmus_evt3.raw", "tonic_sample.aedat4", "faery_evt2.raw", "tonic_ncars.dat")


def digest(events: npt.NDArray[np.void]) -> dict[str, str]:
    kinds = {"t": "<i8", "x": "<u2", "y": "<u2", "p": "u1"}
    return {name: hashlib.sha256(events[name].astype(kind).tobytes()).hexdigest() for name, kind in kinds.items()}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("options", [{}, {"packet_us": 100}, {"packet_us": 10_000}, {"packet_events": 777}], ids=str)
def test_real_recordings_are_read_exactly(recordings: Path, name: str, options: dict[str, int]) -> None:
    expected = json.loads((recordings / "digests.json").read_text())[name]
    stream = open_file(recordings / name, **options)
    events = joined(list(stream))
    assert len(events) == expected["events"]
    assert digest(events) == expected["sha256"]
    assert stream.counters()["outside_sensor"] == 0


@pytest.mark.parametrize("name", REAL)
def test_real_recordings_are_read_exactly_as_one_packet(recordings: Path, name: str) -> None:
    expected = json.loads((recordings / "digests.json").read_text())[name]
    assert digest(read_file(recordings / name).to_numpy()) == expected["sha256"]


@pytest.mark.parametrize("options", [{}, {"packet_us": 1}, {"max_bytes": 999}], ids=str)
def test_a_real_recording_decodes_exactly_from_raw_packets(recordings: Path, options: dict[str, int]) -> None:
    path = recordings / REAL[0]
    pieces = list(open_raw_file(path, **options))
    assert b"".join(piece.data.tobytes() for piece in pieces) == path.read_bytes()[file_info(path).data_begin :]
    decoder = Evt3Decoder(width=1280, height=720)
    packets = [packet for piece in pieces for packet in decoder.decode(piece.data, near_us=piece.base_us)]
    expected = json.loads((recordings / "digests.json").read_text())[REAL[0]]
    assert digest(joined(packets)) == expected["sha256"]
