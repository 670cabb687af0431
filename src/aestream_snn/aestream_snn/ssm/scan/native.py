"""The scan in C++, on a CPU: arrays cross by address, nothing is copied."""

from typing import Any

import torch

from aestream_core.errors import InvalidArgumentError
from aestream_snn import _ssm

_TYPES = (torch.complex64, torch.complex128)


def can(x: torch.Tensor) -> bool:
    """Say whether an array can be scanned here."""
    return x.dtype in _TYPES


def scan(a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor, threads: int = 1) -> torch.Tensor:
    """Compute the states; arguments are contiguous, (B, L, P) and (B, P)."""
    _check(x)
    h = torch.empty_like(x)
    _ssm.scan(_array(a), _array(x), _array(initial), _array(h), threads)
    return h


def scan_backward(
    a: torch.Tensor, h: torch.Tensor, initial: torch.Tensor, grad: torch.Tensor, threads: int = 1
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of `a` and `x`."""
    _check(h)
    grad_a, grad_x = torch.empty_like(a), torch.empty_like(a)
    _ssm.scan_backward(_array(a), _array(h), _array(initial), _array(grad), _array(grad_a), _array(grad_x), threads)
    return grad_a, grad_x


def _array(x: torch.Tensor) -> Any:
    return x.detach().numpy()


def _check(x: torch.Tensor) -> None:
    if x.device.type != "cpu" or not can(x):
        raise InvalidArgumentError(f"backend 'native' got {x.dtype} on {x.device}; it takes complex on a CPU")
