"""What the tests of this folder share: helper modules beside them can be imported, and fixtures for launching."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "aestream_driver/test"))

from playback_device import playback  # noqa: F401
from tiny_format import tiny  # noqa: F401
from tiny_package import tiny_environment, write_launch_file  # noqa: F401
