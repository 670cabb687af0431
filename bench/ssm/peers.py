"""Other ways to scan h_t = a_t h_{t-1} + x_t, each as a function of (B, L, P) complex64 that autograd goes through."""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch


def torch_associative(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Scan by torch's own operator (not public in 2.13; on a CPU only its generic mode works)."""
    from torch._higher_order_ops import associative_scan

    def combine(left: Any, right: Any) -> tuple[torch.Tensor, torch.Tensor]:
        return left[0] * right[0], right[0] * left[1] + right[1]

    return associative_scan(combine, (a, x), dim=1, combine_mode="generic")[1]


def log_depth(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Scan by pairs, then pairs of pairs (Blelloch 1990): log2(L) levels, O(L) work; L is a power of 2."""
    if x.shape[1] == 1:
        return x
    odd = log_depth(a[:, 1::2] * a[:, ::2], a[:, 1::2] * x[:, ::2] + x[:, 1::2])
    before = torch.cat([torch.zeros_like(odd[:, :1]), odd[:, :-1]], 1)
    even = a[:, ::2] * before + x[:, ::2]
    return torch.stack([even, odd], 2).flatten(1, 2)


class PlainLoop:
    """A plain C++ loop over steps and states, compiled for this machine with -O3 -march=native."""

    def __init__(self) -> None:
        """Compile it."""
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder, "loop.so")
            source = Path(__file__).with_name("plain_loop.cpp")
            subprocess.run(["g++", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library], check=True)
            self._native = ctypes.CDLL(str(library))

    def __call__(self, a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Scan."""
        native, sizes = self._native, [ctypes.c_size_t(size) for size in x.shape]

        class Loop(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
                h = torch.empty_like(x)
                native.forward(*_addresses(a, x, h), *sizes)
                ctx.save_for_backward(a, h)
                return h

            @staticmethod
            def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
                a, h = ctx.saved_tensors
                grad_a, grad_x = torch.empty_like(a), torch.empty_like(a)
                native.backward(*_addresses(a, h, grad, grad_a, grad_x), *sizes)
                return grad_a, grad_x

        return Loop.apply(a, x)


def _addresses(*tensors: torch.Tensor) -> list[ctypes.c_void_p]:
    return [ctypes.c_void_p(each.data_ptr()) for each in tensors]
