"""What leaves the process: the source's own bytes, or its events in the encoding asked for."""

from pathlib import Path

import numpy as np
import pytest

from aestream_core import SimConfig, create_file, open_simulator, read_file
from aestream_core.messages import MessageDecoder
from aestream_driver.config import DriverConfig
from aestream_driver.encoding import AUTO, ENCODINGS, WireEncoding
from aestream_driver.sources.table import open_source


@pytest.fixture(params=["a.raw evt3", "a.raw evt2", "a.raw evt21", "a.aedat4 aedat4"])
def recording(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    name, kind = request.param.split()
    writer = create_file(tmp_path / name, width=64, height=48, format=kind)
    for packet in open_simulator(SimConfig(width=64, height=48, rate_hz=2e5, duration_us=100_000)):
        writer.write(packet)
    writer.close()
    return tmp_path / name, kind


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_recording_is_sent_in_every_encoding(recording: tuple[Path, str], encoding: str) -> None:
    path, kind = recording
    config = DriverConfig(source="file", path=str(path), speed=0.0, encoding=encoding)
    source = open_source(config)
    wire_encoding = WireEncoding(config.encoding, source.encoding)
    own = kind if kind.startswith("evt") else "evt3"
    assert wire_encoding.name == (own if encoding == AUTO else encoding)
    decoder = MessageDecoder(wire_encoding.name, width=64, height=48)
    out = []
    for packet in source:
        for wire in wire_encoding.messages(packet):
            assert wire.encoded == (wire_encoding.name != kind)
            out += decoder.decode(wire.data, time_base_ns=wire.base_us * 1000)
    expected = read_file(path).to_numpy()
    assert len(expected) > 10_000
    assert np.array_equal(np.concatenate([events.to_numpy() for events in out]), expected)
