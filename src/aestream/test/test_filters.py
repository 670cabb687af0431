"""Filters in one line of Python."""

from pathlib import Path

import numpy as np
import pytest
from making_recordings import some_events, write_evt3

import aestream
from aestream_core.errors import UnknownNameError


def test_a_packet_a_stream_and_an_input_are_filtered_alike(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    texts = ("downsample:2", "refractory:500")
    kept = aestream.filters.filtered(some_events(), *texts)
    assert 0 < len(kept) < len(some_events())
    stream = aestream.filters.filtered(aestream.stream(path, packet_us=1000), *texts)
    assert aestream.write(tmp_path / "kept.npy", stream).events == len(kept)
    assert stream.chain.counters()["refractory"]["events_out"] == len(kept)
    assert np.array_equal(aestream.read(tmp_path / "kept.npy").to_numpy(), kept.to_numpy())
    with aestream.FileInput(path, packet_us=1000, filters=texts) as packets:
        assert (packets.width, packets.height) == (kept.width, kept.height) == (32, 24)
        assert np.array_equal(np.concatenate([packet.to_numpy() for packet in packets]), kept.to_numpy())


def test_windows_of_an_input_count_what_its_filters_leave() -> None:
    how = {"duration_us": 20_000, "rate_hz": 1e6, "device": "cpu"}
    with aestream.SimInput(filters=["polarity:on", "downsample:4"], **how) as stream:
        window = stream.read("numpy")
    assert window.shape == (2, 120, 160)
    assert window[0].sum() == 0
    assert window[1].sum() > 1000


def test_closing_a_filtered_stream_closes_what_it_reads() -> None:
    stream = aestream.filters.filtered(aestream.SimInput(rate_hz=1e6), "refractory")
    assert len(next(stream))
    stream.close()
    assert sum(1 for _ in stream) == 0


def test_unknown_filters_are_named_before_anything_is_read() -> None:
    with pytest.raises(UnknownNameError, match="unknown filter 'blur'; known: "):
        aestream.SimInput(filters=["blur"])
