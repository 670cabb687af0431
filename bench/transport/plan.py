"""Which cases make the table, and which the sweeps."""

import dataclasses
from collections.abc import Iterator

from bench.transport.case import Case
from bench.transport.paths.table import PATHS

RATES_MEV_S = (1.0, 10.0, 50.0, 100.0)
MEV = 1e6
WHOLE_MESSAGES = 10_000_000
"""Events at which no packet is cut."""

GROUPS = ("rates", "points")


def rates(wanted_mev_s: tuple[float, ...]) -> Iterator[Case]:
    """Give every path at every rate, in packets as the driver makes them, baselines beside them."""
    for rate in wanted_mev_s:
        at_rate = {path: Case(path, rate * MEV) for path in PATHS}
        dds = at_rate.pop("dds")
        yield from at_rate.values()
        yield dataclasses.replace(dds, profile="default", malloc=False)
        yield dds
        yield dataclasses.replace(dds, reliability="best_effort")
        if rate == RATES_MEV_S[1]:
            yield dataclasses.replace(dds, executor="single")


def points() -> Iterator[Case]:
    """Give the cases that have a target: 1 kHz x 50 kB, 200 MB/s, and messages over Fast DDS's own segment."""
    yield Case("exchange", 6.25 * MEV)
    yield Case("driver", 6.25 * MEV)
    yield Case("plain", 12 * MEV)
    yield Case("dds", 12 * MEV)
    yield Case("plain", 51 * MEV, reliability="best_effort")
    yield Case("dds", 51 * MEV, reliability="best_effort")
    megabyte = Case("dds", 50 * MEV, packet_us=5000, packet_events=WHOLE_MESSAGES, reliability="best_effort")
    yield dataclasses.replace(megabyte, profile="default", malloc=False)
    yield megabyte
