"""Steps of the host's clock are found, slewing is none."""

import pytest

from aestream_core.clock_steps import StepDetector


class SetClock:
    """A host clock that can be set, and a monotonic one that cannot."""

    def __init__(self) -> None:
        self.elapsed_ns = 0
        self.set_by_ns = 0

    def detector(self) -> StepDetector:
        return StepDetector(lambda: 10**18 + self.elapsed_ns + self.set_by_ns, lambda: self.elapsed_ns)


@pytest.mark.parametrize("step_ns", [3600 * 10**9, -(10**9), 200_000_000])
def test_a_step_is_given_once_and_with_its_sign(step_ns: int) -> None:
    clock = SetClock()
    detector = clock.detector()
    clock.elapsed_ns = 5 * 10**9
    assert detector.step_ns() == 0
    clock.set_by_ns += step_ns
    assert (detector.step_ns(), detector.step_ns()) == (step_ns, 0)


def test_slewing_is_no_step_however_far_it_goes() -> None:
    clock = SetClock()
    detector = clock.detector()
    for _ in range(100):
        clock.set_by_ns += 5_000_000
        assert detector.step_ns() == 0
