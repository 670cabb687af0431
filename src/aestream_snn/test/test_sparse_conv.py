"""Convolution along the events: equal to torch's, in its gradients too."""

import pytest
import torch
from torch import nn

from aestream_snn.neurons.sparse_conv import DENSE_ABOVE, event_conv2d

CASES = (
    # channels, features, kernel, stride, padding, height, width
    (2, 8, 3, 1, 0, 20, 17),
    (8, 16, 3, 1, 1, 12, 9),
    (2, 5, 5, 2, 2, 15, 16),
    (3, 32, 2, 2, 0, 8, 9),
    (1, 4, 7, 1, 3, 3, 3),
    (4, 8, 3, 3, 4, 6, 5),
)


def sparse(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    chosen = torch.rand(shape, generator=generator) < DENSE_ABOVE / 2
    return (chosen * torch.randn(shape, generator=generator)).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("channels", "features", "kernel", "stride", "padding", "height", "width"), CASES)
def test_it_equals_the_dense_convolution(channels, features, kernel, stride, padding, height, width):
    conv = nn.Conv2d(channels, features, kernel, stride, padding, bias=False)
    x = sparse(3, channels, height, width).requires_grad_()
    results = []
    for convolve in (lambda value: event_conv2d(value, conv), conv):
        y = convolve(x)
        weights = torch.linspace(0, 1, y.numel()).reshape(y.shape)
        results.append((y, *torch.autograd.grad((y * weights).sum(), (x, conv.weight))))
    for fast, dense in zip(*results, strict=True):
        torch.testing.assert_close(fast, dense, rtol=1e-4, atol=1e-4)


def test_frames_without_events_give_zeros():
    conv = nn.Conv2d(2, 8, 3, bias=False)
    assert not event_conv2d(torch.zeros(1, 2, 8, 8).contiguous(memory_format=torch.channels_last), conv).any()


def test_dense_frames_go_to_torch_and_give_the_same():
    conv, x = nn.Conv2d(2, 8, 3, bias=False), torch.rand(1, 2, 8, 8).contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(event_conv2d(x, conv), conv(x))
