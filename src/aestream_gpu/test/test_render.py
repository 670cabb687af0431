"""Pictures of count tensors."""

import numpy as np
import torch

from aestream_gpu.render import BACKGROUND, render_counts


def test_silence_is_background_and_more_events_come_closer_to_the_polaritys_colour() -> None:
    counts = torch.zeros(2, 2, 3)
    counts[1, 0, 0], counts[1, 0, 1], counts[1, 0, 2] = 1, 3, 1000
    counts[0, 1, 0] = 5
    picture = render_counts(counts)
    assert (picture.shape, picture.dtype) == ((2, 3, 3), np.uint8)
    assert tuple(picture[1, 1]) == BACKGROUND
    blue = picture[0, :, 2].astype(int)
    assert BACKGROUND[2] < blue[0] < blue[1] < blue[2]
    assert picture[1, 0, 0] > picture[1, 0, 2], "off events are orange"


def test_the_counts_stay_as_they_are() -> None:
    counts = torch.full((2, 1, 1), 99.0)
    render_counts(counts)
    assert counts.sum() == 198
