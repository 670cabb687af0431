"""Fixtures of this package's tests."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the slow twins beside the tests: evt3_reference, aedat4_writer


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Give the folder of real recordings, or skip where it does not exist."""
    folder = HERE.parents[3] / "shared" / "recordings"
    if not folder.is_dir():
        pytest.skip(f"real recordings are not here: no folder {folder}")
    return folder
