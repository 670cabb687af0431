"""Every test run meets on a ROS domain of its own, on this machine only, and its processes hear Ctrl-C."""

import os
import random
import signal
from pathlib import Path

import pytest

os.environ.setdefault("ROS_DOMAIN_ID", str(random.SystemRandom().randrange(1, 101)))
os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
# A shell starts what runs in its background with interrupts ignored, and that would be handed on to every process.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

RECORDINGS = Path(__file__).resolve().parent.parent / "shared" / "recordings"


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings, which not every machine has."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"no real recordings here ({RECORDINGS.name} folder missing)")
    return RECORDINGS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip GPU tests where there is no GPU, unless that is to be an error."""
    if os.environ.get("FAIL_WITHOUT_CUDA") == "1" or not any(item.get_closest_marker("gpu") for item in items):
        return
    import torch

    if not torch.cuda.is_available():
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="no CUDA GPU on this machine"))
