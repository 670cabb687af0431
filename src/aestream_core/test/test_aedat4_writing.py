"""AEDAT4 written: what the twin, dv-processing and aedat read from it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from aedat4_files import START_US, created, drained, some_events
from aedat4_reader import Aedat4File
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, file_info, read_file

COMPRESSIONS = ("none", "lz4", "lz4_high", "zstd", "zstd_high")
FIELDS = {"t": ("timestamp", "t"), "x": ("x", "x"), "y": ("y", "y"), "p": ("polarity", "on")}


def equal(events: npt.NDArray[np.void], structs: npt.NDArray[np.void]) -> bool:
    return len(events) == len(structs) and all(
        np.array_equal(events[name].astype(np.int64), structs[name].astype(np.int64)) for name in "txyp"
    )


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_what_is_written_is_read_back_by_the_suite_and_by_the_twin(tmp_path: Path, compression: str) -> None:
    packets = [some_events(20_000), some_events(1, start_us=START_US + 10**6)]
    path = created(tmp_path / "a.aedat4", *packets, compression=compression)
    events = np.concatenate(packets)
    assert np.array_equal(read_file(path).to_numpy(), events)
    assert equal(events, Aedat4File(path).events())
    info = file_info(path)
    assert (info.width, info.height, info.sensor_assumed) == (64, 48, False)
    assert info.details["compression"] == compression.upper()
    assert info.details["finished"] == "yes"


def test_the_fallback_is_lz4_in_packets_of_8192_events(tmp_path: Path) -> None:
    file = Aedat4File(created(tmp_path / "a.aedat4", some_events(20_000)))
    assert file.compression == 1
    assert [len(packet.events) for packet in file.packets()] == [8192, 8192, 3616]
    assert file.attributes()["typeIdentifier"] == "EVTS"


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_the_data_table_lists_every_packet_as_it_lies_in_the_file(tmp_path: Path, compression: str) -> None:
    path = created(tmp_path / "a.aedat4", some_events(2500), compression=compression, packet_events=1000)
    file = Aedat4File(path)
    packets, table = list(file.packets()), file.table()
    assert [entry.at_byte for entry in table] == [packet.at_byte + 8 for packet in packets]
    assert [entry.size_bytes for entry in table] == [packet.size_bytes for packet in packets]
    assert [entry.elements for entry in table] == [1000, 1000, 500]
    assert [entry.first_us for entry in table] == [int(packet.events["t"].min()) for packet in packets]
    assert [entry.last_us for entry in table] == [int(packet.events["t"].max()) for packet in packets]


def test_a_file_of_many_packets_has_a_table_of_more_than_one_block(tmp_path: Path) -> None:
    events = some_events(8000)
    path = created(tmp_path / "a.aedat4", events, packet_events=1)
    assert len(Aedat4File(path).table()) == 8000
    assert np.array_equal(read_file(path, start_us=int(events["t"][7990])).to_numpy(), events[7990:])


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("count", [1, 2, 3, 8191, 8192, 8193, 30_000])
def test_dv_processing_reads_every_event(tmp_path: Path, compression: str, count: int) -> None:
    dv = pytest.importorskip("dv_processing")
    events = some_events(count)
    recording = dv.io.MonoCameraRecording(str(created(tmp_path / "a.aedat4", events, compression=compression)))
    assert tuple(recording.getEventResolution()) == (64, 48)
    assert recording.getTimeRange() == (int(events["t"][0]), int(events["t"][-1]))
    parts = []
    while (batch := recording.getNextEventBatch()) is not None:
        parts.append(batch.numpy())
    got = np.concatenate(parts)
    assert all(np.array_equal(got[FIELDS[name][0]], events[name].astype(np.int64)) for name in "txyp")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_aedat_reads_every_event(tmp_path: Path, compression: str) -> None:
    aedat = pytest.importorskip("aedat")
    events = some_events(30_000)
    decoder = aedat.Decoder(str(created(tmp_path / "a.aedat4", events, compression=compression)))
    assert decoder.id_to_stream() == {0: {"type": "events", "width": 64, "height": 48}}
    got = np.concatenate([packet["events"] for packet in decoder])
    assert all(np.array_equal(got[FIELDS[name][1]], events[name]) for name in "txyp")


def test_a_real_recording_comes_back_equal_from_every_compression(tmp_path: Path, recordings: Path) -> None:
    for source in ("tonic_sample.aedat4", "expelliarmus_evt3.raw"):
        events = read_file(recordings / source)
        for compression in COMPRESSIONS:
            path = tmp_path / f"{compression}.aedat4"
            writer = create_file(path, width=events.width, height=events.height, compression=compression)
            writer.write(events)
            writer.close()
            assert np.array_equal(read_file(path).to_numpy(), events.to_numpy())
            assert equal(events.to_numpy(), Aedat4File(path).events())


def test_a_file_that_was_not_closed_holds_what_was_flushed(tmp_path: Path) -> None:
    events = some_events(10_000)
    path = tmp_path / "a.aedat4"
    writer = create_file(path, width=64, height=48)
    writer.write(Events.from_numpy(events, width=64, height=48))
    writer.flush()
    assert file_info(path).details["finished"] == "no"
    got, fault = drained(path)
    assert fault is None
    assert np.array_equal(got, events)
    writer.close()
    assert file_info(path).details["finished"] == "yes"


def test_a_file_without_events_is_a_whole_file(tmp_path: Path) -> None:
    path = created(tmp_path / "a.aedat4")
    assert len(read_file(path)) == 0
    assert Aedat4File(path).table() == []


def test_events_hours_apart_are_written_in_packets_of_their_own(tmp_path: Path) -> None:
    events = some_events(6)
    events["t"] = [5, 4_294_967_000, 4_294_967_200, 10, 2_000_000_000, 4_294_967_290]
    path = created(tmp_path / "a.aedat4", events)
    got, fault = drained(path)
    assert fault is None
    assert np.array_equal(got, events)
    assert len(list(Aedat4File(path).packets())) > 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(0), st.integers(0, 300), st.integers(-70_000, 200_000)),
            st.one_of(st.just(7), st.integers(0, 32_766)),
            st.one_of(st.just(7), st.integers(0, 32_766)),
            st.booleans(),
            st.integers(1, 40),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_lz4_blocks_of_any_events_are_what_the_library_reads(
    tmp_path: Path, rows: list[tuple[int, int, int, bool, int]]
) -> None:
    events = np.zeros(len(rows), EVENT_DTYPE)
    events["t"] = START_US + np.cumsum([row[0] for row in rows])
    for name, column in (("x", 1), ("y", 2), ("p", 3)):
        events[name] = [row[column] for row in rows]
    events = np.repeat(events, [row[4] for row in rows])
    path = created(tmp_path / "a.aedat4", events, width=32_767, height=32_767)
    assert equal(events, Aedat4File(path).events())
    assert np.array_equal(read_file(path).to_numpy(), events)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compression": "gzip"}, "compression.*gzip.*none, lz4, lz4_high, zstd or zstd_high"),
        ({"packet_events": 0}, "packet_events.*1 to 1000000"),
        ({"packet_events": "many"}, "packet_events.*many"),
    ],
)
def test_impossible_options_are_refused_with_what_is_allowed(
    tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        create_file(tmp_path / "a.aedat4", width=64, height=48, **options)
