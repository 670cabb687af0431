"""Some of many recordings."""

import numpy as np

from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.recordings import Recordings, SomeRecordings


def some_of(recordings: Recordings, count: int | None) -> Recordings:
    """Choose at most `count` recordings at random, always the same; all of them if None.

    Raises:
        InvalidArgumentError: `count` is less than 1.
    """
    if count is not None and count < 1:
        raise InvalidArgumentError(f"recordings is {count}; it must be 1 or more")
    if count is None or count >= len(recordings):
        return recordings
    order = np.random.default_rng(0).permutation(len(recordings))[:count]
    return SomeRecordings(recordings, np.sort(order))
