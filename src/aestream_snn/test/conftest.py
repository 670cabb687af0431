import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def nmnist_subset() -> Path:
    """Recordings of N-MNIST, which not every machine has."""
    path = DATA / "nmnist_small.npz"
    if not path.is_file():
        pytest.skip(f"no recordings of N-MNIST here ({path.name} missing)")
    return path
