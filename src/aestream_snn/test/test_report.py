"""Reports: self-contained, complete, and true of what was watched."""

import re

import numpy as np
import pytest
import torch
from making_networks import corner_recordings, small_network

from aestream_snn.data.frames import FrameConfig, make_frames
from aestream_snn.data.recordings import records_of, words_from_columns
from aestream_snn.monitoring.weights import read_weights
from aestream_snn.report.command import page_of
from aestream_snn.report.findings import findings
from aestream_snn.report.watching import centred, watch_recordings, watch_words
from aestream_snn.training.accuracy import judge
from aestream_snn.training.checkpoint import Checkpoint

FRAMES = FrameConfig(steps=10, duration_us=100_000)
FACTS = {"config": {"model": {"name": "small <net>"}}, "classes": ["a", "b", "c"], "curve": []}


def test_watching_gives_the_verdict_that_judging_gives():
    network, recordings = small_network()[0], corner_recordings(40)
    watched = watch_recordings(network, recordings, FRAMES)
    assert watched.verdict.confusion.tolist() == judge(network, recordings, FRAMES).confusion.tolist()
    assert watched.events.sum() == pytest.approx(300)
    assert watched.spikes.shape == (10, 3)


def test_a_long_recording_is_watched_with_one_state_to_its_end():
    network = small_network()[0]
    rng = np.random.default_rng(0)
    t = np.sort(rng.integers(0, 1_000_000, 4000))
    words = words_from_columns(t, rng.integers(0, 16, 4000), rng.integers(0, 16, 4000), rng.integers(0, 2, 4000))
    watched = watch_words(network, words, (16, 16), FRAMES)
    assert len(watched.spikes) == 128
    assert watched.events.sum() == 4000
    whole = make_frames([words], width=16, height=16, config=FrameConfig(steps=100, duration_us=1_000_000))
    assert torch.allclose(watched.outputs[:100], network(whole)[:, 0])


def test_a_network_sees_the_centre_of_a_larger_sensor_in_whole_cells():
    words = words_from_columns([0, 1, 2, 3], [0, 10, 41, 50], [5, 5, 36, 5], [1, 0, 1, 0])
    kept, shrink, part = centred(words, (52, 37), (2, 16, 16))
    assert (shrink, part) == (2, (32, 32))
    records = records_of(kept)
    assert records["x"].tolist() == [0]
    assert (records["yp"] & 0x7FFF).tolist() == [3]
    _, shrink, part = centred(words, (8, 8), (2, 16, 16))
    assert (shrink, part) == (1, (16, 16))


def test_a_page_loads_nothing_and_escapes_what_files_say():
    network, recordings = small_network()[0], corner_recordings(6)
    watched = watch_recordings(network, recordings, FRAMES)
    page = page_of("best.safetensors", "six <b>", network, Checkpoint({}, FACTS), watched).html()
    assert not re.search(r"https?://|<script|<link", page)
    assert "small &lt;net&gt;" in page
    assert "six &lt;b&gt;" in page
    assert page.count("<img ") == 6
    assert page.count("<tr>") == 1 + 3


def test_what_stands_out_is_said():
    network, recordings = small_network()[0], corner_recordings(6)
    network.weights[0].weight.data.mul_(20)
    network.weights[2].weight.data.neg_().abs_().neg_()
    watched = watch_recordings(network, recordings, FRAMES)
    said = list(findings(watched.reading.layers, read_weights(network)))
    assert any(line.startswith("Layer 0: the largest weight is") for line in said)
    assert any(line.startswith("Layer 2: 100% of the places never spiked") for line in said)
