"""Sources: packets as events or as bytes, each made at most once; errors by name."""

from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

from aestream_core import AestreamError, Events, InvalidArgumentError
from aestream_core.evt3 import Evt3Decoder, encode_evt3
from aestream_driver.config import DriverConfig
from aestream_driver.sources.names import ENTRY_POINTS, OWN_NAMES, SOURCE_NAMES
from aestream_driver.sources.table import MAX_MESSAGE_BYTES, SOURCES, open_source


@pytest.fixture
def recording(tmp_path: Path) -> tuple[Path, Events]:
    rng = np.random.default_rng(0)
    count = 50_000
    events = Events.from_numpy(
        t=20_000_000 + np.sort(rng.integers(0, 20_000, count)),
        x=rng.integers(0, 320, count),
        y=rng.integers(0, 240, count),
        p=rng.integers(0, 2, count),
        width=320,
        height=240,
    )
    path = tmp_path / "made.raw"
    path.write_bytes(b"% evt 3.0\n% format EVT3;height=240;width=320\n% end\n" + bytes(encode_evt3(events)))
    return path, events


def test_the_table_has_a_row_for_every_name() -> None:
    assert sorted(SOURCES) == sorted(OWN_NAMES)
    added = [name for name in SOURCE_NAMES if name not in SOURCES]
    assert added == sorted({entry.name for entry in entry_points(group=ENTRY_POINTS)})


def test_an_evt3_recording_passes_through_byte_for_byte_and_decodes_on_request(recording: tuple[Path, Events]) -> None:
    path, events = recording
    source = open_source(DriverConfig(source="file", path=str(path), speed=0.0))
    sent, decoded = [], []
    for packet in source:
        wire = packet.wire()
        assert not wire.encoded
        assert wire.data.nbytes <= MAX_MESSAGE_BYTES
        sent.append(bytes(wire.data))
        decoded += packet.events()
    assert b"".join(sent) == path.read_bytes().split(b"% end\n", 1)[1]
    joined = np.concatenate([piece.to_numpy() for piece in decoded])
    # The recording's clock has 24 bits: what it says is the time since its last wrap.
    assert np.array_equal(joined["t"] + 16_777_216, events.to_numpy()["t"])
    assert np.array_equal(joined[["x", "y", "p"]], events.to_numpy()[["x", "y", "p"]])


def test_what_the_simulator_sends_decodes_to_what_it_hands_over() -> None:
    config = DriverConfig(source="sim", width=128, height=96, rate_hz=1e6, speed=0.0, duration_s=0.05)
    source = open_source(config)
    decoder = Evt3Decoder(width=128, height=96)
    count = 0
    for packet in source:
        (events,) = packet.events()
        wire = packet.wire()
        assert wire.encoded
        (decoded,) = decoder.decode(wire.data, near_us=wire.base_us)
        assert np.array_equal(decoded.to_numpy(), events.to_numpy())
        count += packet.count
    assert count > 30_000


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"source": "file"}, "source is 'file' but path is empty"),
        ({"source": "file", "path": "missing.raw"}, "missing.raw"),
        ({"source": "file", "path": "x.raw", "width": 10}, "give width and height together"),
        ({"source": "lidar"}, "source is 'lidar'; it must be one of camera, file, sim"),
        ({"rate_hz": -1.0}, "rate_hz is -1.0; it must be 1 to 1000000000 events/s"),
        ({"scene": "moon"}, "scene is 'moon'; it must be one of"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(config: dict[str, object], message: str) -> None:
    with pytest.raises(AestreamError, match=message):
        open_source(DriverConfig(**config))  # type: ignore[arg-type]


def test_an_impossible_speed_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"speed is -1.0; it must be 0 to 1000"):
        DriverConfig(speed=-1.0)
