"""Pictures of count tensors."""

import numpy as np
import torch

from aestream_gpu.render import BACKGROUND, render, render_counts


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


def test_a_signed_plane_shows_its_sign_and_shares_show_the_largest_plane() -> None:
    signed = render(torch.tensor([[[2.0, -2.0, 0.0]]]), ("signed",))
    assert tuple(signed[0, 2]) == BACKGROUND
    assert signed[0, 0, 2] > signed[0, 0, 0], "more on than off is blue"
    assert signed[0, 1, 0] > signed[0, 1, 2], "more off than on is orange"
    shares = torch.tensor([[[0.0, 1.0]], [[0.0, 1.0]], [[0.5, 0.0]], [[1.0, 0.0]]])
    picture = render(shares, ("off_0", "off_1", "on_0", "on_1"), values="shares", colour_map="gray")
    assert picture.tolist() == [[[255, 255, 255], [0, 0, 0]]]
