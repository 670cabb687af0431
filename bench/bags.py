"""Bags: writing, reading, playing and being killed, against the libraries rosbags and mcap and a plain file."""

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from mcap.writer import CompressionType
from mcap.writer import Writer as LibraryWriter
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Reader, StoragePlugin, Writer

from aestream.bag.config import PlayerConfig, RecorderConfig
from aestream.bag.player import Player
from aestream.bag.recorder import FLUSH_PERIOD_S
from aestream.bag.recording import Recording
from aestream.bag.stored import StoredBag
from aestream_core.errors import AestreamError
from aestream_core.formats.bags.event_packet import DEFINITION, TYPE, TYPE_HASH, EventPacketHead
from aestream_core.formats.bags.storage import Topic
from bench.timing import compare

MESSAGE_BYTES = 50_000
MESSAGES = 4_000
TOPIC = Topic("/events", TYPE, definition=DEFINITION, definition_kind="ros2msg", type_hash=TYPE_HASH)
PLAYED_S = 5
KILL_AFTER_S = 2.3

Messages = list[tuple[int, bytes]]
Write = Callable[[Path, Iterable[tuple[int, bytes]]], None]


def make_messages() -> Messages:
    """Make 200 MB of messages, 1 ms apart; their bytes compress about as those of a camera do."""
    rng = np.random.default_rng(0)
    words = (rng.integers(0, 1 << 12, (32, MESSAGE_BYTES // 2)) | 0x8000).astype("<u2")
    head = EventPacketHead(frame_id="camera", width=1280, height=720)
    heads = (head.make(seq=seq, time_ns=seq * 10**6, size_bytes=MESSAGE_BYTES) for seq in range(MESSAGES))
    return [(10**18 + seq * 10**6, start + words[seq % 32].tobytes()) for seq, start in enumerate(heads)]


def write_file(path: Path, messages: Iterable[tuple[int, bytes]]) -> None:
    """Write nothing but the bytes."""
    with path.open("wb", buffering=0) as file:
        for _, data in messages:
            file.write(data)


def ours(storage: str = "mcap", compression: str = "none") -> Write:
    """Write as `aestream bag record` does, flushes included."""

    def write(path: Path, messages: Iterable[tuple[int, bytes]]) -> None:
        config = RecorderConfig(output=str(path), storage=storage, compression=compression, all=True)
        recording = Recording(config)
        number, flush_s = recording.add_topic(TOPIC), time.monotonic() + FLUSH_PERIOD_S
        for time_ns, data in messages:
            recording.add(number, time_ns, data)
            if time.monotonic() > flush_s:
                recording.flush()
                flush_s = time.monotonic() + FLUSH_PERIOD_S
        recording.close()

    return write


def rosbags(plugin: StoragePlugin, mode: CompressionMode = CompressionMode.NONE) -> Write:
    """Write as the library rosbags does."""

    def write(path: Path, messages: Iterable[tuple[int, bytes]]) -> None:
        writer = Writer(path, version=9, storage_plugin=plugin)
        writer.set_compression(mode, CompressionFormat.ZSTD)
        with writer:
            topic = writer.add_connection(TOPIC.name, TOPIC.type, msgdef=DEFINITION, rihs01=TYPE_HASH)
            for time_ns, data in messages:
                writer.write(topic, time_ns, data)

    return write


def library(path: Path, messages: Iterable[tuple[int, bytes]]) -> None:
    """Write as the library mcap does, without compression."""
    path.mkdir()
    with (path / "bag_0.mcap").open("wb") as file:
        writer = LibraryWriter(file, compression=CompressionType.NONE)
        writer.start(profile="ros2")
        schema = writer.register_schema(TYPE, "ros2msg", DEFINITION.encode())
        channel = writer.register_channel(TOPIC.name, "cdr", schema)
        for time_ns, data in messages:
            writer.add_message(channel, time_ns, data, time_ns)
        writer.finish()


WRITERS: dict[str, Write] = {
    "rosbags, MCAP": rosbags(StoragePlugin.MCAP),
    "rosbags, SQLite": rosbags(StoragePlugin.SQLITE3),
    "rosbags, MCAP, zstd": rosbags(StoragePlugin.MCAP, CompressionMode.STORAGE),
    "mcap": library,
    "aestream, MCAP": ours(),
    "aestream, SQLite": ours("sqlite3"),
    "aestream, MCAP, zstd": ours(compression="zstd"),
}


def bench_writing(folder: Path, messages: Messages) -> None:
    """Print MB/s of each writer into the page cache."""

    def candidate(write: Write) -> Callable[[], object]:
        def run() -> None:
            path = folder / "written"
            write(path, messages)
            shutil.rmtree(path) if path.is_dir() else path.unlink()

        return run

    candidates = {name: candidate(write) for name, write in {"plain file": write_file, **WRITERS}.items()}
    show(f"write {MESSAGES:,} messages of 50 kB", compare(candidates, events=MESSAGES * MESSAGE_BYTES, rounds=3))


def bench_reading(folder: Path, messages: Messages) -> None:
    """Print MB/s of reading what was written."""
    for storage in ("mcap", "sqlite3"):
        path = folder / storage
        ours(storage)(path, messages)
        expected = [data for _, data in messages]

        def by_rosbags(path: Path = path) -> list[bytes]:
            with Reader(path) as reader:
                return [bytes(data) for _, _, data in reader.messages()]

        def by_us(path: Path = path) -> list[bytes]:
            return [message.data for message in StoredBag(path).messages()]

        assert by_rosbags() == by_us() == expected
        candidates = {"rosbags": by_rosbags, "aestream": by_us}
        show(f"read {storage}", compare(candidates, events=MESSAGES * MESSAGE_BYTES, rounds=3))


def bench_playing(folder: Path, messages: Messages) -> None:
    """Print how far from their time messages are handed out at rate 1, 1 kHz of 50 kB."""
    some = messages[: PLAYED_S * 1000]
    for name, compression in (("MCAP", "none"), ("MCAP, zstd", "zstd")):
        path = folder / f"play_{compression}"
        ours(compression=compression)(path, some)
        show_errors(f"play {name}, aestream", played(path), [time_ns for time_ns, _ in some])
    show_errors("play MCAP, rosbags and sleep", slept(folder / "play_none"), [time_ns for time_ns, _ in some])


def played(path: Path) -> list[float]:
    """Play; give when each message was handed out."""
    times_s: list[float] = []
    ended = threading.Event()

    def on_end(error: AestreamError | None) -> None:
        assert error is None
        ended.set()

    player = Player(
        StoredBag(path),
        PlayerConfig(path=str(path)),
        topics=("/events",),
        publish=lambda _topic, _data: times_s.append(time.monotonic()),
        on_end=on_end,
    )
    player.start()
    ended.wait()
    return times_s


def slept(path: Path) -> list[float]:
    """Do the same with rosbags and `time.sleep`."""
    times_s: list[float] = []
    with Reader(path) as reader:
        begin_s = begin_ns = None
        for _, time_ns, _ in reader.messages():
            if begin_s is None or begin_ns is None:
                begin_s, begin_ns = time.monotonic(), time_ns
            time.sleep(max(0.0, begin_s + (time_ns - begin_ns) / 1e9 - time.monotonic()))
            times_s.append(time.monotonic())
    return times_s


def show_errors(title: str, times_s: list[float], times_ns: list[int]) -> None:
    """Print the distances from the recorded times."""
    recorded_s = (np.array(times_ns) - times_ns[0]) / 1e9
    played_s = np.array(times_s) - times_s[0]
    errors_ms = np.abs(played_s - recorded_s) * 1e3
    steps_ms = np.abs(np.diff(played_s) - np.diff(recorded_s)) * 1e3
    print(
        f"  {title:<32} at its time: p50 {np.percentile(errors_ms, 50):.3f} p99 {np.percentile(errors_ms, 99):.3f} "
        f"max {errors_ms.max():.3f} ms; between packets: p99 {np.percentile(steps_ms, 99):.3f} ms"
    )


def bench_killing(folder: Path) -> None:
    """Print how much of two seconds at 500 Hz is left after SIGKILL."""
    print(f"\nkill -9 after {KILL_AFTER_S} s of 500 messages of 50 kB a second")
    for name, write in WRITERS.items():
        path = folder / f"killed_{name.replace(', ', '_')}"
        sent = multiprocessing.Value("i", 0)
        process = multiprocessing.get_context("fork").Process(target=write, args=(path, _slowly(sent)))
        process.start()
        time.sleep(KILL_AFTER_S)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        print(f"  {name:<32} {_left(path)} of {sent.value} messages left")


def _slowly(sent: "multiprocessing.sharedctypes.Synchronized[int]") -> Iterable[tuple[int, bytes]]:
    rng = np.random.default_rng(0)
    while True:
        yield time.time_ns(), bytes([0, 1, 0, 0]) + rng.bytes(MESSAGE_BYTES)
        sent.value += 1
        time.sleep(0.002)


def _left(path: Path) -> int:
    (file,) = (each for each in path.iterdir() if each.suffix in (".mcap", ".db3"))
    if file.stat().st_size == 0:
        return 0
    try:
        return sum(1 for _ in StoredBag(file).messages())
    except AestreamError:
        return 0


def show(title: str, rates: dict[str, float]) -> None:
    """Print MB/s, and the ratio to the baseline, which is the first."""
    baseline = next(iter(rates.values()))
    print(f"\n{title}")
    for name, rate in rates.items():
        print(f"  {name:<32} {rate:8.0f} MB/s   x{rate / baseline:.2f}")


def main() -> None:
    """Run in a temporary folder, which takes up to 1 GB."""
    messages = make_messages()
    with tempfile.TemporaryDirectory() as name:
        bench_writing(Path(name), messages)
        bench_reading(Path(name), messages)
        print("\nplay at rate 1, 1 kHz of 50 kB")
        bench_playing(Path(name), messages)
        bench_killing(Path(name))


if __name__ == "__main__":
    main()
