import argparse
import math
import signal
import socket
import sys
import time

import pytest

from aestream import demo, demo_launch
from aestream.demo import DemoError, require_accumulated, require_nothing_dropped, summary_text
from aestream.demo_launch import LaunchProcess, LaunchStopError, free_domain_id, own_environment
from aestream.launching.errors import LaunchError
from aestream.watch.model import History, StatusReading

WAIT_FOR_SIGINT = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(int(sys.argv[1])))
print("ready", flush=True)
time.sleep(60)
"""
IGNORE_SIGINT = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def history_of(**values) -> History:
    history = History()
    for stage in ("source", "accumulator"):
        for time_s in (0.0, 1.0, 2.0):
            events = int(12e6 * time_s)
            history.add_reading(
                StatusReading(
                    **{
                        "node": f"/{stage}",
                        "stage": stage,
                        "state": "active",
                        "received_s": time_s,
                        "stamp_s": time_s,
                        "events": events,
                        "bytes_copied": 8 * events,
                        **values,
                    }
                )
            )
    return history


def started(script: str, *arguments: str, log_path) -> LaunchProcess:
    launch = LaunchProcess([sys.executable, "-c", script, *arguments], log_path=log_path)
    while "ready" not in launch.log_tail(lines=1):
        assert launch.status() is None
        time.sleep(0.01)
    return launch


def test_what_is_set_in_the_environment_stays():
    given = {"ROS_DOMAIN_ID": "7", "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "PYTHONUNBUFFERED": ""}
    assert own_environment(given) == {}


def test_a_bare_environment_gets_a_domain_on_this_machine_only():
    added = own_environment({})
    assert 1 <= int(added["ROS_DOMAIN_ID"]) <= 101
    assert added["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "LOCALHOST"


def test_a_domain_in_use_is_not_chosen(monkeypatch):
    monkeypatch.setattr(demo_launch, "DOMAIN_IDS", range(90, 92))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as participant:
        participant.bind(("", 7400 + 250 * 90 + 10))
        assert free_domain_id() == 91


def test_a_full_machine_is_an_error_that_names_the_way_out(monkeypatch):
    monkeypatch.setattr(demo_launch, "_is_free", lambda domain_id: False)
    with pytest.raises(Exception, match="no free ROS domain between 1 and 101; set ROS_DOMAIN_ID"):
        free_domain_id()


@pytest.mark.parametrize(("status", "failed"), [(0, False), (130, False), (3, True)])
def test_a_launch_ends_on_sigint_and_its_status_tells_how(tmp_path, status, failed):
    with started(WAIT_FOR_SIGINT, str(status), log_path=tmp_path / "out" / "launch.log") as launch:
        assert launch.status() is None
        assert not launch.failed()
    assert launch.status() == status
    assert launch.failed() == failed


def test_a_launch_that_does_not_end_is_forced_to_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_launch, "STOP_STEPS_S", ((signal.SIGINT, 0.2), (signal.SIGTERM, 5.0)))
    launch = started(IGNORE_SIGINT, log_path=tmp_path / "launch.log")
    with pytest.raises(LaunchStopError, match=r"did not end within 0\.2 s of Ctrl-C"):
        launch.stop()
    assert launch.status() == -signal.SIGTERM


def test_the_end_of_the_log_is_at_hand(tmp_path):
    with LaunchProcess([sys.executable, "-c", "print('a\\nb\\nc')"], log_path=tmp_path / "launch.log") as launch:
        launch._process.wait()
    assert launch.log_tail(lines=2) == "b\nc"


def test_a_run_without_accumulator_or_without_events_has_accumulated_nothing():
    with pytest.raises(DemoError, match="no accumulator was heard"):
        require_accumulated(History())
    with pytest.raises(DemoError, match="/accumulator handled no event"):
        require_accumulated(history_of(events=0))
    assert require_accumulated(history_of()).events == 24_000_000


def test_drops_are_an_error_that_says_where_and_how_many():
    require_nothing_dropped(history_of())
    with pytest.raises(DemoError, match="/source dropped 24 events in 3 packets; /accumulator dropped 24 events in 3"):
        require_nothing_dropped(history_of(dropped_events=24, dropped_packets=3))


def test_the_summary_is_one_line_with_units():
    history = history_of(device="cpu", latency_p50_ms=1.2, latency_p99_ms=3.4)
    assert summary_text(require_accumulated(history)) == (
        "12.00 Mev/s through the accumulator on cpu, 0 events dropped, latency p50 1.20 ms, p99 at most 3.40 ms, "
        "8.00 bytes copied per event"
    )
    assert "no latency measured" in summary_text(require_accumulated(history_of(latency_p50_ms=math.nan)))


def test_malformed_launch_arguments_are_refused_before_anything_starts(tmp_path):
    args = argparse.Namespace(arguments=["source=file"], duration=1.0, out=tmp_path)
    with pytest.raises(LaunchError, match="'source=file'"):
        demo.run(args)
    assert not list(tmp_path.iterdir())
