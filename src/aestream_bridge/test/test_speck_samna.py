"""The way to a chip, against a stand-in with samna's documented names: nothing here ran with samna or a chip."""

import sys
from pathlib import Path

import numpy as np
import pytest
from samna_stand_in import DvsEvent, StandIn
from speck_cases import branched, random_events

from aestream_bridge._speck import StandInSpike
from aestream_bridge.speck import SpeckConfig, SpeckError, SpeckSession, Twin, plan
from aestream_bridge.speck.backends.samna import LEAD_US, SamnaBackend
from aestream_bridge.speck.backends.samna_library import load_samna, samna_state
from aestream_bridge.speck.events_out import as_objects
from aestream_bridge.speck.input_map import make_input_map
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.planning import Plan
from aestream_bridge.speck.sensor import SpeckSensor
from aestream_bridge.speck.spikes import make_spikes
from aestream_core.errors import AestreamError, MissingDependencyError
from aestream_core.events import Events

BEGIN_US = 5 * 10**12
"""A sensor time that 32 bits do not hold."""


def opened(stand_in: StandIn, made: Plan, chip: str = "speck2f") -> SamnaBackend:
    backend = SamnaBackend(chip, load=lambda: stand_in)
    backend.open()
    backend.configure(made)
    return backend


def packet(events: Array) -> Events:
    return Events.from_numpy(
        t=events["t"] + BEGIN_US, x=events["x"], y=events["y"], p=events["feature"], width=17, height=17
    )


@pytest.mark.parametrize(("chip", "board"), [("speck2f", "Speck2fDevKit"), ("speck2e", "Speck2eTestBoard")])
def test_a_network_reaches_the_cores_as_it_was_planned_and_its_spikes_come_back_in_sensor_time(
    chip: str, board: str
) -> None:
    made, stand_in = plan(branched(2), device=chip), StandIn(board)
    events = random_events(600, shape=made.network.input_shape)
    twin = Twin(made.network)
    table = make_input_map(17, 17, shape=made.network.input_shape)
    twin.inject(table.spikes(packet(events)))
    backend = opened(stand_in, made, chip)
    written = backend.write(packet(events), table)
    assert (written.sent, written.outside, written.dropped) == (600, 0, 0)
    expected = twin.take()
    assert len(expected) > 100
    np.testing.assert_array_equal(backend.read(), expected)
    assert backend.counters().spikes == {"last": len(expected)}
    assert backend.device == f"{chip} 0042"
    backend.close()
    assert stand_in.closed
    assert stand_in.chip.calls == ["graph", "apply", "reset", "watch", "unwatch", "ungraph"]


def test_events_are_due_after_they_are_written_and_as_far_apart_as_they_were() -> None:
    stand_in = StandIn()
    made = plan(branched(0))
    backend = opened(stand_in, made)
    sent: list[StandInSpike] = []
    stand_in.chip.write = sent.extend  # type: ignore[method-assign]
    events = make_spikes([0, 7, 1000], [0, 1, 0], [3, 4, 5], [6, 7, 8])
    backend.write(packet(events), make_input_map(17, 17, shape=(2, 17, 17)))
    assert [each.timestamp - sent[0].timestamp for each in sent] == [0, 7, 1000]
    assert LEAD_US <= sent[0].timestamp < LEAD_US + 10_000_000
    assert {each.layer for each in sent} == {made.cores["first"]}
    assert abs(backend.clock_us() + LEAD_US - BEGIN_US) < 10_000_000


def test_a_network_without_biases_leaves_the_slow_clock_alone_and_one_with_them_starts_it() -> None:
    from dataclasses import replace

    network = branched(0)
    still = StandIn()
    opened(still, plan(network))
    assert still.slow_clock == []
    layers = tuple(replace(each, biases=np.ones(each.features, np.int8)) for each in network.layers)
    ticking = StandIn()
    opened(ticking, plan(replace(network, layers=layers)))
    assert ticking.slow_clock == [1000, True]


def test_a_configuration_that_samna_refuses_is_an_error_with_its_words_and_gives_the_board_back() -> None:
    stand_in = StandIn()
    stand_in.chip.refusal = "layer 3 is odd"
    backend = SamnaBackend("speck2f", load=lambda: stand_in)
    with pytest.raises(SpeckError, match="samna refuses network 'quadrants' for speck2f: layer 3 is odd"):
        SpeckSession(SpeckConfig(device="speck2f"), backend=backend)
    assert stand_in.closed


def test_a_board_that_is_not_there_is_an_error_that_lists_those_that_are() -> None:
    backend = SamnaBackend("speck2e", load=StandIn)
    with pytest.raises(SpeckError, match="no board with speck2e is free; boards found: Speck2fModuleDevKit 0042"):
        backend.open()
    other = SamnaBackend("speck2f", serial="7", load=StandIn)
    with pytest.raises(SpeckError, match="no board with speck2f with serial number 7 is free"):
        other.open()


def test_a_backend_that_is_not_open_says_so() -> None:
    with pytest.raises(AestreamError, match="device speck2f is not open; call open first"):
        SamnaBackend("speck2f").read()


def test_objects_are_those_of_a_loop_over_the_events() -> None:
    events = random_events(200, shape=(2, 128, 128))
    events["t"] += 2**32 - 50
    made = as_objects(events, StandInSpike, layer=4)
    assert len(made) == len(events)
    for each, event in zip(made, events, strict=True):
        assert (each.layer, each.feature, each.y, each.x) == (4, event["feature"], event["y"], event["x"])
        assert each.timestamp == event["t"] % 2**32


def test_the_sensor_of_a_chip_is_a_stream_whose_times_go_on_where_32_bits_end() -> None:
    stand_in = StandIn()
    sensor = SpeckSensor("speck2f", load=lambda: stand_in)
    assert stand_in.chip.configuration.dvs_layer.raw_monitor_enable
    stand_in.chip.waiting = [DvsEvent(1, 3, 2, 2**32 - 5), StandInSpike(), DvsEvent(0, 127, 126, 4)]
    events = next(sensor).to_numpy()
    assert events["t"].tolist() == [2**32 - 5, 2**32 + 4]
    assert events[["x", "y", "p"]].tolist() == [(2, 3, True), (126, 127, False)]
    stand_in.chip.waiting = [DvsEvent(1, 0, 200, 9)]
    assert len(next(sensor)) == 0
    assert sensor.outside == 1
    sensor.close()
    assert list(sensor) == []
    assert stand_in.closed


def test_a_sensor_with_a_duration_ends_with_the_packet_that_reaches_it() -> None:
    stand_in = StandIn()
    sensor = SpeckSensor("speck2f", duration_us=100, load=lambda: stand_in)
    stand_in.chip.waiting = [DvsEvent(1, 3, 2, 99)]
    assert len(next(sensor)) == 1
    stand_in.chip.waiting = [DvsEvent(1, 3, 2, 100)]
    assert [len(packet) for packet in sensor] == [1]
    assert stand_in.closed


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package like the stub of PyPI, which leaves a trace where it is imported."""
    trace = tmp_path / "imported"
    folder = tmp_path / "samna"
    folder.mkdir()
    text = f"PYPI_SAMNA = True\nfrom pathlib import Path\nPath({str(trace)!r}).touch()\n"
    (folder / "__init__.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "samna", raising=False)
    return trace


def test_the_stub_of_pypi_is_recognised_and_never_imported(stub: Path) -> None:
    assert samna_state() == "stub"
    with pytest.raises(MissingDependencyError, match=r"only the stub of PyPI.*install SynSense's own build"):
        load_samna()
    assert not stub.exists()
    assert "samna" not in sys.modules


@pytest.mark.skipif(samna_state() != "missing", reason="something called samna is installed")
def test_where_samna_is_missing_one_line_says_what_to_install() -> None:
    with pytest.raises(MissingDependencyError, match=r"^a Speck chip needs samna, which is not installed: install"):
        SpeckSession(SpeckConfig(device="speck2f"))
