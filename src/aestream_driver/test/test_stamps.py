"""What a packet's stamp is, and what host clocks that are set do to it."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from aestream_core import Events
from aestream_driver.config import DriverConfig
from aestream_driver.sources.decoded import DecodedPacket
from aestream_driver.stamps import Stamper

HOST_NS = 1_700_000_000 * 10**9
DELAY_NS = 300_000


def packet(first_us: int, last_us: int) -> DecodedPacket:
    return DecodedPacket(Events.from_numpy(t=[first_us, last_us], x=[0, 1], y=[0, 1], p=[0, 1], width=4, height=4))


@dataclass
class Host:
    """A host clock that can be set, and a packet each millisecond."""

    set_by_ns: int = 0
    elapsed_us: int = 0
    stamps: list[int] = field(default_factory=list)

    def now_ns(self) -> int:
        return HOST_NS + self.elapsed_us * 1000 + self.set_by_ns

    def stamper(self, stamp: str, **options: object) -> Stamper:
        return Stamper(
            stamp,
            now_ns=self.now_ns,
            monotonic_ns=lambda: self.elapsed_us * 1000,
            **{"rate": 1.0, **options},  # type: ignore[arg-type]
        )

    def run(self, stamper: Stamper, seconds: float) -> None:
        for _ in range(round(seconds * 1000)):
            self.elapsed_us += 1000
            made = packet(self.elapsed_us + 5_000_000 - 900, self.elapsed_us + 5_000_000)
            # Every tenth packet is not delayed beyond the least.
            late_ns = DELAY_NS + (self.elapsed_us // 1000 % 10) * 50_000
            self.stamps.append(stamper.stamp_ns(made, self.now_ns() + late_ns))


def test_arrival_is_the_default_and_gives_the_time_of_arrival() -> None:
    assert DriverConfig().stamp == "arrival"
    host = Host()
    host.run(host.stamper("arrival"), 0.01)
    assert host.stamps[-1] == host.now_ns() + DELAY_NS


def test_a_sensor_stamp_is_the_first_event_s_host_time_without_the_jitter_of_the_way() -> None:
    host = Host()
    host.run(host.stamper("sensor"), 1)
    steps = {after - before for before, after in pairwise(host.stamps[100:])}
    assert all(abs(step - 1_000_000) <= 1000 for step in steps), "even though arrivals jitter by 450 µs"
    first_event_ns = host.now_ns() - 900_000
    assert host.stamps[-1] == pytest.approx(first_event_ns + DELAY_NS, abs=1000)


@pytest.mark.parametrize("stamp", ["arrival", "sensor"])
@pytest.mark.parametrize("step_ns", [3600 * 10**9, -3600 * 10**9])
def test_a_host_clock_that_is_set_moves_stamps_at_once_and_is_counted(stamp: str, step_ns: int) -> None:
    host = Host()
    stamper = host.stamper(stamp)
    host.run(stamper, 1)
    host.set_by_ns = step_ns
    host.run(stamper, 0.02)
    assert abs(host.stamps[-20] - host.now_ns()) < 25_000_000, "the first packet after the step"
    assert abs(host.stamps[-1] - host.now_ns()) < 2_000_000
    assert stamper.estimator.resets == 1


def test_no_stamp_lies_after_the_arrival() -> None:
    host = Host()
    stamper = host.stamper("sensor")
    for elapsed_us in (10_000, 11_000, 12_000):
        assert (
            stamper.stamp_ns(packet(elapsed_us, elapsed_us), HOST_NS + elapsed_us * 900) <= HOST_NS + elapsed_us * 900
        )


def test_where_no_rate_is_known_or_time_is_simulated_nothing_is_estimated() -> None:
    host = Host()
    for options in ({"rate": 0.0}, {"simulated": True}):
        stamper = host.stamper("sensor", **options)
        host.run(stamper, 0.01)
        assert (stamper.estimator.offset_ns, stamper.estimator.resets) == (0, 0)
    assert host.stamps[-1] == host.now_ns(), "the time of /clock"
