"""Some of many recordings."""

import numpy as np

from aestream_snn.data.recordings import Recordings, SomeRecordings


def some_of(recordings: Recordings, count: int | None) -> Recordings:
    """Choose at most `count` recordings at random, always the same; all of them if None."""
    if count is None or count >= len(recordings):
        return recordings
    order = np.random.default_rng(0).permutation(len(recordings))[:count]
    return SomeRecordings(recordings, np.sort(order))
