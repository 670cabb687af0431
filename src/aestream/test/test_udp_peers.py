"""Both ways between this suite and the real AEStream 0.6 over SPIF; skipped where it is not installed."""

import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from making_recordings import some_events

import aestream

LONG_S = 30.0
# Both are called aestream: theirs must not find ours.
THEIRS = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
ROOT = Path(__file__).resolve().parents[3]

RECEIVER = """
import sys, time, numpy, aestream
port, expected = int(sys.argv[1]), int(sys.argv[2])
with aestream.UDPInput((64, 48), port=port) as stream:
    time.sleep(0.2)  # its thread says nowhere that it listens
    print("ready", flush=True)
    frame, end_s = numpy.zeros((64, 48), numpy.float32), time.monotonic() + 10
    while frame.sum() < expected and time.monotonic() < end_s:
        frame += numpy.array(stream.read("numpy"))
        time.sleep(0.01)
    numpy.save(sys.argv[3], frame)
    import os
    os._exit(0)  # its thread never ends
"""


@pytest.fixture(scope="session")
def peers() -> Path:
    """The interpreter that has AEStream 0.6: `make bench-peers` makes one."""
    given = os.environ.get("AESTREAM_BENCH_PEERS_PYTHON")
    python = Path(given) if given else ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists() or not _has_aestream_06(python):
        pytest.skip("AEStream 0.6 is not installed; make bench-peers installs it")
    return python


def _has_aestream_06(python: Path) -> bool:
    tried = subprocess.run([python, "-c", "from aestream import UDPInput"], env=THEIRS, cwd="/", capture_output=True)
    return tried.returncode == 0


@pytest.mark.parametrize("timestamps", [False, True])
def test_what_aestream_06_sends_arrives_whole(peers: Path, tmp_path: Path, timestamps: bool) -> None:
    events = some_events(1000)
    recording = tmp_path / "sent.dat"
    aestream.write(recording, events)
    with aestream.UdpInput(port=0, width=64, height=48, idle_timeout_s=1.0) as stream:
        words = ["input", "file", str(recording), "output", "udp", "127.0.0.1", str(stream.port)]
        words += ["--include-timestamp", "true"] if timestamps else []
        sending = threading.Thread(
            target=subprocess.run,
            args=([peers.parent / "aestream", *words],),
            kwargs={"capture_output": True, "env": THEIRS},
        )
        sending.start()
        got = np.concatenate([packet.to_numpy() for packet in stream])
        sending.join(LONG_S)
        assert stream.counters()["outside_sensor"] == 0
    expected = events.to_numpy()
    fields = ["t", "x", "y", "p"] if timestamps else ["x", "y", "p"]
    # With times it sends its last datagram at twice its length: events of before once more.
    assert len(got) >= len(expected) if timestamps else len(got) == len(expected)
    for field in fields:
        assert np.array_equal(got[field][: len(expected)], expected[field])


def test_aestream_06_gets_what_is_sent_to_it(peers: Path, tmp_path: Path) -> None:
    events = some_events(10_000)
    port, saved = "45333", tmp_path / "frame.npy"
    with subprocess.Popen(
        [peers, "-c", RECEIVER, port, str(len(events)), str(saved)], stdout=subprocess.PIPE, cwd=tmp_path, env=THEIRS
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        how = {"protocol": "spif", "events_per_datagram": 128, "rate_hz": 1e5}
        aestream.send_udp(events, "127.0.0.1", int(port), **how)
        assert process.wait(LONG_S) == 0
    expected = np.zeros((64, 48), np.float32)
    rows = events.to_numpy()
    np.add.at(expected, (rows["x"], rows["y"]), 1)
    assert np.array_equal(np.load(saved), expected)
