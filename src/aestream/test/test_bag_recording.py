"""Bags that are written: read by other libraries, split, killed, on a full disk."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bag_making import BEGIN_NS, EVENTS, STEP_NS, TEXTS, event_bytes, messages, write_bag

from aestream.bag.config import RecorderConfig
from aestream.bag.errors import RecordingStoppedError
from aestream.bag.recorder import Recorder
from aestream.bag.recording import Recording
from aestream.bag.recovery import in_words, recover
from aestream.bag.stored import StoredBag
from aestream.bag.survey import survey_bag
from aestream_core.errors import AestreamError, InvalidArgumentError

COUNT = 300


def read(path: Path) -> list[tuple[str, int, bytes]]:
    return [(each.topic.name, each.time_ns, each.data) for each in StoredBag(path).messages()]


@pytest.fixture(params=["mcap", "sqlite3", "zstd"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"compression": "zstd"} if request.param == "zstd" else {"storage": request.param}


def test_a_bag_gives_back_every_message_byte_for_byte(tmp_path: Path, settings: dict[str, str]) -> None:
    written = write_bag(tmp_path / "bag", COUNT, **settings)
    assert read(tmp_path / "bag") == written
    survey = survey_bag(tmp_path / "bag")
    assert (survey.messages, survey.finished, survey.metadata, survey.damage) == (COUNT, True, True, [])
    assert {topic.name: topic.messages for topic in survey.topics} == {"/events": 270, "/texts": 30}
    assert survey.duration_s == pytest.approx((COUNT - 1) / 1000)


def test_rosbags_reads_a_bag_with_types_hashes_and_order(tmp_path: Path, settings: dict[str, str]) -> None:
    highlevel = pytest.importorskip("rosbags.highlevel")
    written = write_bag(tmp_path / "bag", COUNT, **settings)
    with highlevel.AnyReader([tmp_path / "bag"]) as reader:
        assert [(c.topic, t, bytes(d)) for c, t, d in reader.messages()] == written
        assert {c.topic: (c.msgtype, c.digest) for c in reader.connections} == {
            topic.name: (topic.type, topic.type_hash) for topic in (EVENTS, TEXTS)
        }
        text = next(reader.messages([c for c in reader.connections if c.topic == "/texts"]))
        assert reader.deserialize(text[2], "std_msgs/msg/String").data == "message 000009"


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_the_library_mcap_reads_a_bag_through_its_index(tmp_path: Path, compression: str) -> None:
    mcap_reader = pytest.importorskip("mcap.reader")
    written = write_bag(tmp_path / "bag", COUNT, compression=compression)
    with (tmp_path / "bag" / "bag_0.mcap").open("rb") as file:
        found = mcap_reader.make_reader(file)
        later = [(c.topic, m.log_time, m.data) for _, c, m in found.iter_messages(starting_at=BEGIN_NS + 100 * STEP_NS)]
        assert later == written[100:]
        assert found.get_summary().statistics.message_count == COUNT
    with (tmp_path / "bag" / "bag_0.mcap").open("rb") as file:
        from mcap.stream_reader import StreamReader

        assert len(list(StreamReader(file, validate_crcs=True).records)) > COUNT


def test_metadata_has_the_fields_that_rosbags_writes_and_the_same_values(tmp_path: Path) -> None:
    writer = pytest.importorskip("rosbags.rosbag2")
    from rosbags.interfaces import Qos, QosDurability, QosHistory, QosLiveliness, QosReliability, QosTime

    forever = QosTime(9223372036, 854775807)
    qos = Qos(
        QosHistory.UNKNOWN, 0, QosReliability.RELIABLE, QosDurability.VOLATILE, forever, forever,
        QosLiveliness.AUTOMATIC, forever, False,
    )  # fmt: skip
    with writer.Writer(tmp_path / "theirs", version=9, storage_plugin=writer.StoragePlugin.MCAP) as theirs:
        topic = theirs.add_connection(
            "/events", EVENTS.type, msgdef=EVENTS.definition, rihs01=EVENTS.type_hash, offered_qos_profiles=[qos]
        )
        for seq in range(10):
            theirs.write(topic, BEGIN_NS + seq, event_bytes(seq))
    theirs_yaml = yaml.safe_load((tmp_path / "theirs" / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    profiles = yaml.safe_dump(theirs_yaml["topics_with_message_count"][0]["topic_metadata"]["offered_qos_profiles"])

    ours = Recording(RecorderConfig(output=str(tmp_path / "ours"), all=True))
    number = ours.add_topic(type(EVENTS)(**{**vars(EVENTS), "qos": profiles}))
    for seq in range(10):
        ours.add(number, BEGIN_NS + seq, event_bytes(seq))
    ours.close()
    ours_yaml = yaml.safe_load((tmp_path / "ours" / "metadata.yaml").read_text())["rosbag2_bagfile_information"]

    # Only the names of the files and of the writer differ, as they must.
    for described, name in ((theirs_yaml, "theirs"), (ours_yaml, "ours")):
        assert described.pop("relative_file_paths") == [described["files"][0].pop("path")]
        assert described.pop("ros_distro"), name
    assert ours_yaml == theirs_yaml


def test_files_begin_anew_at_a_size(tmp_path: Path, settings: dict[str, str]) -> None:
    written = write_bag(tmp_path / "bag", COUNT, max_size_mb=0.1, **settings)
    survey = survey_bag(tmp_path / "bag")
    assert survey.files == [f"bag_{n}{Path(survey.files[0]).suffix}" for n in range(len(survey.files))]
    assert 4 <= len(survey.files) <= 7
    assert read(tmp_path / "bag") == written
    described = yaml.safe_load((tmp_path / "bag" / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert sum(file["message_count"] for file in described["files"]) == described["message_count"] == COUNT


def test_files_begin_anew_after_a_time(tmp_path: Path) -> None:
    highlevel = pytest.importorskip("rosbags.highlevel")
    written = write_bag(tmp_path / "bag", COUNT, max_duration_s=0.1)
    assert len(survey_bag(tmp_path / "bag").files) == 3
    with highlevel.AnyReader([tmp_path / "bag"]) as reader:
        assert [(c.topic, t, bytes(d)) for c, t, d in reader.messages()] == written


@pytest.mark.parametrize("name", ["bag.mcap", "bag.db3"])
def test_a_bag_may_be_one_file(tmp_path: Path, name: str) -> None:
    written = write_bag(tmp_path / name, COUNT)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert read(tmp_path / name) == written


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"output": "a.bag"}, r"output is 'a.bag'; a bag is a folder without the ending of a recording"),
        ({"output": "a.raw"}, r"output is 'a.raw'; a bag is a folder"),
        ({"output": "a.mcap", "max_size_mb": 1.0}, r"output is 'a.mcap', one file: splitting needs a folder"),
        ({"storage": "sqlite3", "compression": "zstd"}, r"compression is 'zstd', which storage 'sqlite3' lacks"),
        ({"storage": "tape"}, r"storage is 'tape'; it must be one of mcap, sqlite3"),
        ({"max_cache_mb": 0.0}, r"max_cache_mb is 0.0; it must be 1 to 1000000 MB"),
    ],
)
def test_what_does_not_go_together_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        RecorderConfig(**settings)  # type: ignore[arg-type]


def test_a_bag_that_is_there_is_not_touched(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag")
    with pytest.raises(InvalidArgumentError, match="which is there already"):
        Recording(RecorderConfig(output=str(tmp_path / "bag"), all=True))
    assert read(tmp_path / "bag") == written


# Killed.

KILLED = """
import sys, time
sys.path.insert(0, sys.argv[3])
from bag_making import EVENTS, event_bytes
from aestream.bag.config import RecorderConfig
from aestream.bag.recorder import Recorder
recorder = Recorder(RecorderConfig(output=sys.argv[1], storage=sys.argv[2], all=True), on_failure=print)
number = recorder.add_topic(EVENTS)
for seq in range(10**6):
    recorder.put(number, time.time_ns(), event_bytes(seq))
    print(seq, time.time_ns(), flush=True)
    time.sleep(0.002)
"""


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_a_recorder_that_is_killed_loses_at_most_the_last_second(tmp_path: Path, storage: str) -> None:
    bag, here = tmp_path / "bag", str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(bag), storage, here], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert process.stdout is not None
    sent: list[tuple[int, int]] = []
    for line in process.stdout:
        seq, time_ns = map(int, line.split())
        sent.append((seq, time_ns))
        if time_ns - sent[0][1] > 1_800_000_000:
            break
    process.send_signal(signal.SIGKILL)
    sent += [(int(line.split()[0]), int(line.split()[1])) for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()

    survey = survey_bag(bag)
    assert (survey.finished, survey.metadata) == (False, False)
    recovery = recover(bag)
    kept = [data for _, _, data in read(recovery.path)]
    assert kept == [event_bytes(seq) for seq in range(len(kept))]
    lost = [time_ns for seq, time_ns in sent if seq >= len(kept)]
    assert not lost or sent[-1][1] - lost[0] < 1_000_000_000, f"{len(lost)} of {len(sent)} messages lost"
    whole = survey_bag(recovery.path)
    assert (whole.finished, whole.metadata, whole.messages) == (True, True, len(kept))
    assert whole.messages == survey.messages > 0
    assert read(bag) == read(recovery.path)
    assert f"{len(kept):,} kept" in in_words(recovery)


@pytest.mark.parametrize("cut_bytes", [1, 500, 3000, 100_000])
def test_of_a_cut_bag_every_whole_message_is_recovered_and_the_byte_is_said(tmp_path: Path, cut_bytes: int) -> None:
    written = write_bag(tmp_path / "cut.mcap", COUNT)
    path = tmp_path / "cut.mcap"
    os.truncate(path, path.stat().st_size - cut_bytes)
    recovery = recover(path)
    assert recovery.path == tmp_path / "cut_recovered"
    kept = read(recovery.path)
    assert kept == written[: len(kept)]
    assert len(kept) >= COUNT - 1 - cut_bytes // 2000
    if cut_bytes > 3000:
        ((name, at_byte, left_bytes, _),) = recovery.losses
        assert name == "cut.mcap"
        assert at_byte + left_bytes == path.stat().st_size
        assert f"damaged at byte {at_byte:,}" in in_words(recovery)


def test_nothing_is_recovered_from_what_is_no_bag(tmp_path: Path) -> None:
    (tmp_path / "a.mcap").write_bytes(b"no bag at all")
    with pytest.raises(AestreamError, match="does not begin like one"):
        recover(tmp_path / "a.mcap")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mcap"]


# Full disks.


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk], capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(recording: Recording) -> str:
    """Record until it stops; say why."""
    number = recording.add_topic(EVENTS)
    with pytest.raises(RecordingStoppedError) as caught:  # noqa: PT012
        for seq in range(10_000):
            recording.add(number, BEGIN_NS + seq * STEP_NS, event_bytes(seq))
        recording.flush()
    return str(caught.value)


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_on_a_full_disk_everything_before_is_kept_in_a_whole_bag(small_disk: Path, storage: str) -> None:
    recording = Recording(RecorderConfig(output=str(small_disk / "bag"), storage=storage, all=True))
    message = fill(recording)
    assert "No space left on device" in message or "full" in message
    kept = recording.kept()
    assert f"{kept} messages are kept, the bag is whole" in message
    survey = survey_bag(small_disk / "bag")
    assert (survey.finished, survey.metadata, survey.messages) == (True, True, kept)
    assert [data for _, _, data in read(small_disk / "bag")] == [event_bytes(seq) for seq in range(kept)]


def test_at_a_limit_of_file_size_everything_before_is_kept(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    recording = Recording(RecorderConfig(output=str(tmp_path / "bag"), all=True))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_500_000, before[1]))
        message = fill(recording)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large" in message
    kept = recording.kept()
    assert kept > 1000
    assert [data for _, _, data in read(tmp_path / "bag")] == [event_bytes(seq) for seq in range(kept)]


def test_a_recorder_that_stopped_counts_what_came_later_as_dropped(small_disk: Path) -> None:
    failures: list[AestreamError] = []
    config = RecorderConfig(output=str(small_disk / "bag"), all=True, max_cache_mb=1000.0)
    recorder = Recorder(config, on_failure=failures.append)
    number = recorder.add_topic(EVENTS)
    for seq in range(5000):
        recorder.put(number, BEGIN_NS + seq, event_bytes(seq))
    recorder.close()
    counters = recorder.counters[0]
    assert len(failures) == 1
    assert counters.received == 5000 == counters.kept + counters.dropped
    assert 0 < counters.kept == len(read(small_disk / "bag"))


def test_a_recorder_counts_what_finds_its_queue_full_and_what_never_arrived(tmp_path: Path) -> None:
    recorder = Recorder(RecorderConfig(output=str(tmp_path / "bag"), all=True, max_cache_mb=1.0), on_failure=print)
    number = recorder.add_topic(EVENTS)
    sent = [seq for seq in range(3000) if seq % 100 != 50]
    for seq in sent:
        recorder.put(number, BEGIN_NS + seq, event_bytes(seq, size_bytes=20_000))
    recorder.close()
    counters = recorder.counters[0]
    assert (counters.received, counters.lost) == (len(sent), 30)
    assert counters.received == counters.kept + counters.dropped
    assert len(read(tmp_path / "bag")) == counters.kept == len(messages(counters.kept))
