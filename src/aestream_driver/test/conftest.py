"""The playback camera for the tests of this package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from playback_device import playback

__all__ = ["playback"]
