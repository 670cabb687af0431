"""Draw what the clock estimator makes of two simulated clocks: `python -m bench.clock docs/time.png`.

Two minutes of a camera whose clock is 50 ppm slow against the host, a packet a millisecond, delays as those of a busy
USB bus, and a host clock that is set back by 20 ms after 80 seconds. The result is checked before it is drawn.
"""

import argparse
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from aestream_core.clock import ClockEstimator

SKEW_PPM = 50.0
STEP_AT_S, STEP_NS = 80.0, -20_000_000
SECONDS, PERIOD_US = 120, 1000
LEAST_DELAY_NS, MEAN_DELAY_NS, STALLS, STALL_NS = 50_000, 400_000, 0.003, 30_000_000
EVERY = 50


@dataclass
class Curves:
    """What is drawn, one value each `EVERY` packets; times in s, errors in ms.

    Attributes:
        time_s: sensor time.
        arrival_ms: arrival after the true host time of the event.
        estimate_ms: estimated host time after the true one.
        skew_ppm: estimated skew.
    """

    time_s: list[float] = field(default_factory=list)
    arrival_ms: list[float] = field(default_factory=list)
    estimate_ms: list[float] = field(default_factory=list)
    skew_ppm: list[float] = field(default_factory=list)


def true_host_ns(sensor_us: int) -> int:
    """Give the host time at which something happens that the sensor sees at `sensor_us`."""
    step_ns = STEP_NS if sensor_us >= STEP_AT_S * 1e6 else 0
    return 10**18 + sensor_us * 1000 + round(sensor_us * SKEW_PPM / 1000) + step_ns


def simulate() -> tuple[ClockEstimator, Curves]:
    """Run both clocks and the estimator; the delay is drawn anew for every packet."""
    dice, estimator, curves = random.Random(0), ClockEstimator(), Curves()
    for sensor_us in range(0, SECONDS * 1_000_000, PERIOD_US):
        delay_ns = LEAST_DELAY_NS + dice.expovariate(1 / MEAN_DELAY_NS) + (STALL_NS if dice.random() < STALLS else 0)
        true_ns = true_host_ns(sensor_us)
        estimator.update(sensor_us, true_ns + round(delay_ns))
        if sensor_us // PERIOD_US % EVERY == 0:
            curves.time_s.append(sensor_us / 1e6)
            curves.arrival_ms.append(delay_ns / 1e6)
            curves.estimate_ms.append((estimator.to_host_ns(sensor_us) - true_ns) / 1e6)
            curves.skew_ppm.append(estimator.skew_ppm)
    return estimator, curves


def check(estimator: ClockEstimator, curves: Curves) -> None:
    """Refuse to draw what is wrong."""
    assert estimator.resets == 1, estimator.resets
    assert abs(estimator.skew_ppm - SKEW_PPM) < 1, estimator.skew_ppm
    assert abs(curves.estimate_ms[-1] - LEAST_DELAY_NS / 1e6) < 0.02, curves.estimate_ms[-1]


def draw(curves: Curves, path: Path) -> None:
    """Draw the errors of arrivals and of the estimate, and the estimated skew."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (errors, skew) = plt.subplots(2, 1, sharex=True, figsize=(8, 4.4), height_ratios=[2, 1])
    errors.plot(curves.time_s, curves.arrival_ms, ".", markersize=2, color="#8d99ae", label="arrival")
    errors.plot(curves.time_s, curves.estimate_ms, color="#d1495b", label="estimate")
    errors.set_ylim(-0.2, 3)
    errors.set_ylabel("after the event [ms]")
    errors.legend(loc="upper left", frameon=False, ncols=2)
    skew.plot(curves.time_s, curves.skew_ppm, color="#d1495b")
    skew.axhline(SKEW_PPM, color="#8d99ae", linestyle=":")
    skew.set_ylabel("skew [ppm]")
    skew.set_xlabel("sensor time [s]; the host's clock is set back by 20 ms at 80 s")
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def main() -> None:
    """Simulate, check, draw, and say what an update costs."""
    parser = argparse.ArgumentParser(prog="python -m bench.clock", description=__doc__)
    parser.add_argument("image", type=Path, help="picture to write, .png")
    path: Path = parser.parse_args().image
    estimator, curves = simulate()
    check(estimator, curves)
    draw(curves, path)
    timed, count = ClockEstimator(), 200_000
    begin_s = time.perf_counter()
    for number in range(count):
        timed.update(number * PERIOD_US, number * PERIOD_US * 1000)
    cost_us = (time.perf_counter() - begin_s) / count * 1e6
    print(f"skew {estimator.skew_ppm:.2f} ppm, {estimator.resets} reset, {cost_us:.2f} us an update; drawn to {path}")


if __name__ == "__main__":
    main()
