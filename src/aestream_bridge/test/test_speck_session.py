"""Packets in, predictions out, and the books balance."""

from pathlib import Path

import numpy as np
import pytest
from speck_cases import branched

from aestream_bridge.speck import Prediction, SpeckConfig, SpeckSession, save_network
from aestream_bridge.speck.backends.table import BACKENDS, make_backend
from aestream_bridge.speck.config import DEVICE_NAMES
from aestream_bridge.speck.input_map import make_input_map
from aestream_bridge.speck.readout import Readout
from aestream_bridge.speck.spikes import make_spikes
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.events import Events

QUARTERS = {"top left": (0, 0), "top right": (1, 0), "bottom left": (0, 1), "bottom right": (1, 1)}


def around(
    x: float, y: float, *, count: int = 20_000, width: int = 128, height: int = 128, begin_us: int = 0
) -> Events:
    """Make events of 100 ms around a point of the sensor, and noise all over it."""
    rng = np.random.default_rng(3)
    centre = rng.normal((x, y), 8, (count, 2))
    noise = rng.uniform((0, 0), (width, height), (count // 4, 2))
    places = np.concatenate([centre, noise]).clip(0, (width - 1, height - 1)).astype(int)
    times = begin_us + rng.integers(0, 100_000, len(places))
    order = np.argsort(times)
    p = rng.integers(0, 2, len(places))
    return Events.from_numpy(t=times[order], x=places[order, 0], y=places[order, 1], p=p, width=width, height=height)


@pytest.mark.parametrize("label", QUARTERS)
@pytest.mark.parametrize(("width", "height"), [(128, 128), (640, 480), (1280, 720)])
def test_the_network_that_is_built_in_tells_the_quarters_apart(label: str, width: int, height: int) -> None:
    side = min(width, height)
    column, row = QUARTERS[label]
    x = width / 2 + (column - 0.5) * side / 2
    y = height / 2 + (row - 0.5) * side / 2
    session = SpeckSession(SpeckConfig())
    session.add(around(x, y, width=width, height=height))
    [prediction] = session.flush()
    assert session.labels[prediction.best] == label
    assert (prediction.start_us, prediction.end_us) == (0, 100_000)
    assert prediction.scores[prediction.best] > 0.9 * prediction.scores.sum()


def test_activity_everywhere_is_no_quarter() -> None:
    rng = np.random.default_rng(0)
    columns = rng.integers(0, 128, (2, 50_000))
    events = Events.from_numpy(
        t=np.arange(50_000), x=columns[0], y=columns[1], p=np.zeros(50_000, int), width=128, height=128
    )
    session = SpeckSession(SpeckConfig())
    session.add(events)
    assert session.poll().predictions + session.flush() == []


def test_events_in_are_events_sent_outside_and_dropped() -> None:
    session = SpeckSession(SpeckConfig(max_rate_hz=50_000.0))
    total = 0
    for at in range(5):
        events = around(300, 200, width=640, height=480, begin_us=at * 100_000)
        session.add(events)
        total += len(events)
    counters = session.counters
    assert counters.events == total
    assert counters.sent + counters.outside + counters.dropped == total
    assert counters.sent + counters.outside == pytest.approx(25_000, rel=0.05)


def test_a_rate_that_is_kept_drops_nothing() -> None:
    session = SpeckSession(SpeckConfig(max_rate_hz=1e6))
    session.add(around(60, 60))
    assert session.counters.dropped == 0


def test_a_busy_core_is_told() -> None:
    session = SpeckSession(SpeckConfig(core_synops_hz=1e4))
    session.add(around(60, 60))
    chip = session.chip()
    assert chip.congested is not None
    assert chip.congested > 10_000
    assert chip.synops is not None
    assert chip.synops < 2000


def test_a_network_with_two_layers_that_are_read_out_gives_no_predictions(tmp_path: Path) -> None:
    from dataclasses import replace

    network = branched(0)
    layers = tuple(replace(each, destinations=()) if each.name == "left" else each for each in network.layers)
    last = replace(layers[0], weights=layers[0].weights[:, :7])
    save_network(replace(network, layers=(last, *layers[1:])), tmp_path / "two.safetensors")
    with pytest.raises(InvalidArgumentError, match="is read out at 'left', 'last' and has 0 labels"):
        SpeckSession(SpeckConfig(network=str(tmp_path / "two.safetensors")))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"device": "speck9"}, "device is 'speck9'; it must be one of sim, speck2f, speck2e"),
        ({"network": "x.bin"}, r"network is 'x.bin'; it must be one of quadrants, simgesture, \*.safetensors, \*.pt"),
        ({"network": "x.pt"}, "network 'x.pt' is not there"),
        ({"window_us": 1}, "window_us is 1; it must be 100 to 60000000 us"),
        ({"fit": "squeeze"}, "fit is 'squeeze'; it must be one of cover, stretch, crop"),
    ],
)
def test_a_setting_that_cannot_be_is_named(values: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        SpeckSession(SpeckConfig(**values))  # type: ignore[arg-type]


def test_every_device_that_can_be_chosen_has_a_backend() -> None:
    assert tuple(BACKENDS) == DEVICE_NAMES


def test_an_unknown_backend_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown device 'moon'; known: sim, speck2e, speck2f"):
        make_backend("moon")


def spikes_at(*times: int, feature: int = 1, layer: int = 2) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    zeros = np.zeros(len(times), int)
    return make_spikes(list(times), zeros + feature, zeros, zeros, layer)


def test_a_prediction_is_the_class_that_spiked_most_in_its_window() -> None:
    readout = Readout(3, layer=2, window_us=100)
    given = readout.add(spikes_at(10, 20, 99), 99)
    given += readout.add(spikes_at(130, feature=2), 150)
    given += readout.add(spikes_at(160, layer=0), 320)
    assert [(each.start_us, each.end_us, each.best, each.scores.tolist()) for each in given] == [
        (0, 100, 1, [0, 3, 0]),
        (100, 200, 2, [0, 0, 1]),
    ]
    assert readout.silent == 0
    assert readout.flush() == []
    assert readout.silent == 1


def test_a_clock_that_jumps_back_begins_anew() -> None:
    readout = Readout(3, layer=2, window_us=100)
    readout.add(spikes_at(100_010), 100_020)
    assert readout.add(spikes_at(5), 50) == []
    [prediction] = readout.flush()
    assert isinstance(prediction, Prediction)
    assert (prediction.start_us, prediction.scores.sum()) == (0, 1)


@pytest.mark.parametrize(
    ("fit", "width", "height", "corners"),
    [
        ("cover", 640, 480, {(0, 0): (-1, 0), (80, 0): (0, 0), (559, 479): (127, 127), (560, 0): (-1, 0)}),
        ("stretch", 640, 480, {(0, 0): (0, 0), (639, 479): (127, 127), (320, 240): (64, 64)}),
        ("crop", 640, 480, {(256, 176): (0, 0), (383, 303): (127, 127), (255, 176): (-1, 0)}),
        ("cover", 34, 34, {(0, 0): (47, 47), (33, 33): (80, 80)}),
        ("stretch", 34, 34, {(0, 0): (47, 47)}),
        ("cover", 128, 128, {(0, 0): (0, 0), (127, 127): (127, 127)}),
    ],
)
def test_a_sensor_lies_on_the_input_as_fit_says(
    fit: str, width: int, height: int, corners: dict[tuple[int, int], tuple[int, int]]
) -> None:
    table = make_input_map(width, height, shape=(2, 128, 128), fit=fit)
    for (x, y), place in corners.items():
        assert (table.columns[x], table.rows[y]) == place
    mirrored = make_input_map(width, height, shape=(2, 128, 128), fit=fit, flip_x=True)
    assert mirrored.columns.tolist() == table.columns.tolist()[::-1]


@pytest.mark.parametrize(
    ("polarity", "channels", "features"),
    [("auto", 2, (0, 1)), ("auto", 1, (0, 0)), ("merge", 2, (0, 0)), ("on", 1, (-1, 0)), ("off", 1, (0, -1))],
)
def test_polarities_become_channels(polarity: str, channels: int, features: tuple[int, int]) -> None:
    assert make_input_map(9, 9, shape=(channels, 9, 9), polarity=polarity).features == features


def test_polarities_of_an_input_with_more_channels_must_be_chosen() -> None:
    with pytest.raises(InvalidArgumentError, match="the input has 3 channels; a camera has 2 polarities"):
        make_input_map(9, 9, shape=(3, 9, 9))
