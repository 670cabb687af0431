"""One differentiable scan over several implementations."""

from typing import Any, Literal, get_args

import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.ssm.scan import chunked, native

Backend = Literal["auto", "native", "chunked", "triton"]


def scan_fn(
    a: torch.Tensor,
    x: torch.Tensor,
    initial: torch.Tensor | None = None,
    *,
    backend: Backend = "auto",
    threads: int = 1,
) -> torch.Tensor:
    """Compute h_t = a_t h_{t-1} + x_t along the middle axis; its backward is a scan from the end.

    Smith et al. 2023 (arXiv:2208.04933) scan states in parallel, by Blelloch 1990. With g_t the gradient of what h_t is
    used for, G_t = g_t + conj(a_{t+1}) G_{t+1} is that of x_t, and G_t conj(h_{t-1}) that of a_t: the chain rule, in
    torch's convention for complex numbers.

    Kept for the backward pass are `a` and the result: memory grows with L, not with L log L. Tested to L = 1,048,576.

    Args:
        a: (B, L, P) factors; magnitudes should be 1 or less.
        x: (B, L, P) inputs, of the same type: complex64 or complex128 (`native`, `triton`), or any (`chunked`).
        initial: (B, P) state before the first step; zeros if None.
        backend: `native` is C++ on the CPU, `triton` runs on a GPU, `chunked` is pure torch anywhere; `auto` takes the
            first of these that can.
        threads: threads of `native`; they share samples and states, the result is the same.

    Returns:
        (B, L, P) states, contiguous.

    Raises:
        InvalidArgumentError: shapes or types differ.
        UnknownNameError: there is no such backend.
    """
    _check(a, x, initial)
    start = x.new_zeros(x.shape[0], x.shape[2]) if initial is None else initial
    name = _choose(x) if backend == "auto" else backend
    if name not in get_args(Backend):
        raise UnknownNameError("backend", backend, get_args(Backend))
    result: torch.Tensor = _Scan.apply(a.contiguous(), x.contiguous(), start.contiguous(), name, threads)  # type: ignore[no-untyped-call]
    return result


def _check(a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor | None) -> None:
    if a.shape != x.shape or x.dim() != 3 or a.dtype != x.dtype:
        raise InvalidArgumentError(
            f"a is {tuple(a.shape)} {a.dtype} and x {tuple(x.shape)} {x.dtype}; both must be (B, L, P) of one type"
        )
    if initial is not None and (initial.shape != (x.shape[0], x.shape[2]) or initial.dtype != x.dtype):
        raise InvalidArgumentError(
            f"initial is {tuple(initial.shape)} {initial.dtype}; "
            f"it must be (B, P) = {(x.shape[0], x.shape[2])} {x.dtype}"
        )


def _choose(x: torch.Tensor) -> str:
    if x.is_cuda and x.dtype == torch.complex64:
        return "triton"
    return "native" if x.device.type == "cpu" and native.can(x) else "chunked"


def _forward(name: str, a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor, threads: int) -> torch.Tensor:
    if name == "native":
        return native.scan(a, x, initial, threads)
    if name == "triton":
        from aestream_snn.ssm.scan.triton_kernels import scan_triton

        return scan_triton(a, x, initial)
    return chunked.scan_chunked(a, x, initial).contiguous()


def _backward(
    name: str, a: torch.Tensor, h: torch.Tensor, initial: torch.Tensor, grad: torch.Tensor, threads: int
) -> tuple[torch.Tensor, torch.Tensor]:
    if name == "native":
        return native.scan_backward(a, h, initial, grad, threads)
    if name == "triton":
        from aestream_snn.ssm.scan.triton_kernels import scan_backward_triton

        return scan_backward_triton(a, h, initial, grad)
    return chunked.scan_chunked_backward(a, h, initial, grad)


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor, name: str, threads: int
    ) -> torch.Tensor:
        h = _forward(name, a, x, initial, threads)
        ctx.save_for_backward(a, h, initial)
        ctx.how = name, threads
        return h

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # type: ignore[override]
        a, h, initial = ctx.saved_tensors
        name, threads = ctx.how
        grad_a, grad_x = _backward(name, a, h, initial, grad.resolve_conj().contiguous(), threads)
        grad_initial = a[:, 0].conj() * grad_x[:, 0] if ctx.needs_input_grad[2] else None
        return grad_a, grad_x, grad_initial, None, None
