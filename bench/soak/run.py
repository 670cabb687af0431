"""One soak: start the pipeline, sample it until its source ends, read the last counters, stop it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aestream_ros.process import make_executor, ros_process, spin_until_shutdown, stop_requested
from bench.soak.listener import STAGES, Listener
from bench.soak.memory import family, resident_mb

LAUNCH_FILE = Path(__file__).with_name("soak.launch.yaml")
GRACE_S = 60
"""Host time beyond the sensor time after which a pipeline that has not ended counts as stuck."""

Sample = dict[str, Any]


@dataclass
class Soak:
    """What a soak showed.

    Attributes:
        samples: one a period.
        books: counters at the end.
        seconds: host time from the first sample to the last.
    """

    samples: list[Sample] = field(default_factory=list)
    books: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def soak(*, seconds: float, rate_hz: float, period_s: float, say: Callable[[Sample], None] = lambda _: None) -> Soak:
    """Run the pipeline for that much sensor time.

    Raises:
        RuntimeError: the pipeline ended early, or did not end.
    """
    result = Soak()
    pipeline = start_pipeline(seconds, rate_hz)
    try:
        with ros_process([]):
            listen(pipeline, result, seconds + GRACE_S, period_s, say)
    finally:
        pipeline.send_signal(signal.SIGINT)
        pipeline.wait(30)
    return result


def start_pipeline(seconds: float, rate_hz: float) -> "subprocess.Popen[bytes]":
    """Launch container and nodes."""
    arguments = [f"rate:={rate_hz}", f"duration:={seconds}"]
    command = [sys.executable, "-m", "aestream", "launch", str(LAUNCH_FILE), *arguments]
    return subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)


def listen(
    pipeline: "subprocess.Popen[bytes]", result: Soak, limit_s: float, period_s: float, say: Callable[[Sample], None]
) -> None:
    """Sample until both stages have finished."""
    listener, executor = Listener(), make_executor()
    executor.add_node(listener)
    begun_s = time.monotonic()

    def sample() -> None:
        if listener.packets:
            result.samples.append(take_sample(listener, pipeline.pid, time.monotonic() - begun_s))
            say(result.samples[-1])

    def done() -> bool:
        return listener.finished or pipeline.poll() is not None or time.monotonic() - begun_s > limit_s

    listener.create_timer(period_s, sample)
    spin_until_shutdown(executor, done=done)
    result.seconds = time.monotonic() - begun_s
    ended = listener.finished or stop_requested()
    drain_s = time.monotonic() + 2
    spin_until_shutdown(executor, done=lambda: time.monotonic() > drain_s or everything_came(listener))
    if listener.status:
        result.books = books(listener)
    executor.remove_node(listener)
    listener.destroy_node()
    executor.shutdown()
    if not ended:
        raise RuntimeError(f"the pipeline did not end by itself: status {pipeline.poll()}, {result.books}")


def everything_came(listener: Listener) -> bool:
    """Say whether the last packet that the driver sent is here."""
    return bool(listener.next_seq >= listener.status[STAGES[0]].products)


def take_sample(listener: Listener, pipeline_pid: int, at_s: float) -> Sample:
    """Give memory, losses and latencies now."""
    here, stage = listener.take_latencies()
    return {
        "at_s": at_s,
        "rss_mb": memory_of(pipeline_pid),
        "dropped": sum(status.dropped_packets for status in listener.status.values()),
        "lost_outside": listener.lost,
        "events": listener.status[STAGES[1]].events if STAGES[1] in listener.status else 0,
        "accumulator_ms": np.median(stage, axis=0).tolist() if stage else [np.nan, np.nan],
        "listener_ms": np.percentile(here, (50, 99)).tolist() if here else [np.nan, np.nan],
    }


def memory_of(pipeline_pid: int) -> dict[str, float]:
    """Give the resident memory of every process in MB."""
    launch, *containers = family(pipeline_pid) or [pipeline_pid]
    named = {"launch": launch, "outside subscriber": os.getpid()}
    named |= {f"container {number}" if number else "container": pid for number, pid in enumerate(containers)}
    return {name: resident_mb(pid) for name, pid in named.items()}


def books(listener: Listener) -> dict[str, int]:
    """Give the counters that must balance."""
    driver, accumulator = (listener.status[stage] for stage in STAGES)
    return {
        "driver_events": driver.events,
        "accumulator_events": accumulator.events,
        "dropped_events": accumulator.dropped_events,
        "invalid_events": accumulator.invalid_events,
        "messages_sent": driver.products,
        "messages_before_matching": listener.first_seq,
        "messages_received": listener.packets,
        "messages_lost": int(driver.products) - int(listener.first_seq) - listener.packets,
    }


def balance(counters: dict[str, int]) -> bool:
    """Say whether every event of the driver was accumulated or counted as lost."""
    seen = counters["accumulator_events"] + counters["dropped_events"] + counters["invalid_events"]
    return counters["driver_events"] == seen
