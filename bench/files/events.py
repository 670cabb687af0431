"""The events that files hold: real ones, repeated, and simulated ones.

Real events are a recording's, sorted by time because some libraries refuse others, from time 0, and repeated with
shifted times.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import AestreamError
from aestream_core.files import read_file
from aestream_core.simulator import SimConfig, open_simulator
from bench.files.cases import Case
from bench.files.processes import ROOT

RECORDINGS_VARIABLE = "AESTREAM_BENCH_RECORDINGS"


class NoDataError(Exception):
    """There are no events of a kind, or nobody can write the file."""


def recordings_folder() -> Path:
    """Give the folder of real recordings, which not every machine has."""
    return Path(os.environ.get(RECORDINGS_VARIABLE) or ROOT.parent / "shared" / "recordings")


def real(case: Case, events: int) -> tuple[npt.NDArray[Any], int, int, str]:
    """Repeat the first of a case's recordings that is there."""
    name, packet = recorded(case.recordings)
    array = from_zero(packet.to_numpy())
    repeated = repeat(array, -(-events // len(array)), int(array["t"][-1]) + 1)
    width, height = case.sensor or (packet.width, packet.height)
    return fit(repeated[:events], case.span_us), width, height, name


def fit(array: npt.NDArray[Any], span_us: int | None) -> npt.NDArray[Any]:
    """Move events closer together where they last longer than a format can say."""
    last_us = int(array["t"][-1])
    if span_us is not None and last_us >= span_us:
        array["t"] = array["t"] * (span_us - 1) // last_us
    return array


def recorded(names: tuple[str, ...]) -> tuple[str, Any]:
    """Read the first recording that is there."""
    for name in names:
        try:
            return name, read_file(recordings_folder() / name)
        except AestreamError:
            continue
    raise NoDataError("no real recording is there")


def from_zero(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sort events by time and let them begin at 0."""
    array = array[np.argsort(array["t"], kind="stable")]
    array["t"] -= array["t"][0]
    return array


def repeat(array: npt.NDArray[Any], repeats: int, period_us: int) -> npt.NDArray[Any]:
    """Repeat events one after the other, each time later by a period."""
    repeated = np.tile(array, repeats)
    repeated["t"] += np.repeat(np.arange(repeats) * period_us, len(array))
    return repeated


def simulated(case: Case, events: int) -> tuple[npt.NDArray[Any], int, int, str]:
    """Simulate a sensor."""
    config = SimConfig(width=case.width, height=case.height, scene="shapes", rate_hz=case.rate_hz)
    with open_simulator(config) as stream:
        array = np.concatenate(list(take(stream, events)))[:events]
    return fit(from_zero(array), case.span_us), case.width, case.height, f"shapes, {case.rate_hz / 1e6:g} Mev/s"


def take(stream: Any, events: int) -> Iterator[npt.NDArray[Any]]:
    """Take packets until they hold as many events as asked for."""
    count = 0
    while count < events:
        array = next(stream).to_numpy()
        count += len(array)
        yield array
