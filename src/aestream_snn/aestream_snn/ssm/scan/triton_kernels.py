"""The scan on a GPU: chunks side by side, their carries, then the chunks again from their carries."""

import math

import torch
import triton
import triton.language as tl

BLOCK = 32
_LEAST_CHUNK, _MOST_CHUNK = 8, 256


def chunk_of(length: int) -> int:
    """Give the steps of a chunk, a power of 2 near the root of the length.

    What runs in sequence is a chunk twice and the carries of all chunks: few for a root, whatever the length.
    """
    return int(min(max(triton.next_power_of_2(math.isqrt(length)), _LEAST_CHUNK), _MOST_CHUNK))


@triton.jit  # type: ignore[untyped-decorator]
def _load(data, step, state, states, there):  # type: ignore[no-untyped-def]
    at = 2 * (step * states + state)
    return tl.load(data + at, mask=there, other=0.0), tl.load(data + at + 1, mask=there, other=0.0)


@triton.jit  # type: ignore[untyped-decorator]
def _store(data, step, state, states, there, real, imaginary):  # type: ignore[no-untyped-def]
    at = 2 * (step * states + state)
    tl.store(data + at, real, mask=there)
    tl.store(data + at + 1, imaginary, mask=there)


@triton.jit  # type: ignore[untyped-decorator]
def _factor(a, t, length, state, states, there, reverse: tl.constexpr):  # type: ignore[no-untyped-def]
    """Load what the state is multiplied with before step t; from the end, conj(a_{t+1})."""
    if reverse:
        real, imaginary = _load(a, t + 1, state, states, there & (state * 0 + t + 1 < length))
        return real, -imaginary
    return _load(a, t, state, states, there)


@triton.jit  # type: ignore[untyped-decorator]
def _ends_kernel(a, x, ends, products, length, states, chunks, chunk: tl.constexpr, block: tl.constexpr, reverse: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip # noqa: E501
    batch, part = tl.program_id(0) // chunks, tl.program_id(0) % chunks
    state = tl.program_id(1) * block + tl.arange(0, block)
    there = state < states
    a += 2 * batch.to(tl.int64) * length * states
    x += 2 * batch.to(tl.int64) * length * states
    hr, hi = tl.zeros((block,), tl.float32), tl.zeros((block,), tl.float32)
    pr, pi = tl.full((block,), 1.0, tl.float32), tl.zeros((block,), tl.float32)
    for step in range(part * chunk, tl.minimum((part + 1) * chunk, length)):
        t = length - 1 - step if reverse else step
        ar, ai = _factor(a, t, length, state, states, there, reverse)
        xr, xi = _load(x, t, state, states, there)
        hr, hi = ar * hr - ai * hi + xr, ar * hi + ai * hr + xi
        pr, pi = ar * pr - ai * pi, ar * pi + ai * pr
    _store(ends, batch * chunks + part, state, states, there, hr, hi)
    _store(products, batch * chunks + part, state, states, there, pr, pi)


@triton.jit  # type: ignore[untyped-decorator]
def _carry_kernel(ends, products, initial, states, chunks, block: tl.constexpr):  # type: ignore[no-untyped-def]
    """Turn the ends of chunks into the states before them, in place."""
    batch = tl.program_id(0)
    state = tl.program_id(1) * block + tl.arange(0, block)
    there = state < states
    hr, hi = _load(initial, batch, state, states, there)
    for part in range(chunks):
        at = batch * chunks + part
        er, ei = _load(ends, at, state, states, there)
        pr, pi = _load(products, at, state, states, there)
        _store(ends, at, state, states, there, hr, hi)
        hr, hi = pr * hr - pi * hi + er, pr * hi + pi * hr + ei


@triton.jit  # type: ignore[untyped-decorator]
def _states_kernel(a, x, carries, out, h, initial, grad_a, length, states, chunks, chunk: tl.constexpr, block: tl.constexpr, reverse: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip # noqa: E501
    batch, part = tl.program_id(0) // chunks, tl.program_id(0) % chunks
    state = tl.program_id(1) * block + tl.arange(0, block)
    there = state < states
    hr, hi = _load(carries, batch * chunks + part, state, states, there)
    start = 2 * batch.to(tl.int64) * length * states
    for step in range(part * chunk, tl.minimum((part + 1) * chunk, length)):
        t = length - 1 - step if reverse else step
        ar, ai = _factor(a + start, t, length, state, states, there, reverse)
        xr, xi = _load(x + start, t, state, states, there)
        hr, hi = ar * hr - ai * hi + xr, ar * hi + ai * hr + xi
        _store(out + start, t, state, states, there, hr, hi)
        if reverse:
            br, bi = _load(h + start, t - 1, state, states, there & (state * 0 + t > 0))
            sr, si = _load(initial, batch, state, states, there & (state * 0 + t == 0))
            br, bi = br + sr, bi + si
            _store(grad_a + start, t, state, states, there, hr * br + hi * bi, hi * br - hr * bi)


def _real(x: torch.Tensor) -> torch.Tensor:
    return torch.view_as_real(x)


def _run(
    a: torch.Tensor, x: torch.Tensor, start: torch.Tensor, *, backward_of: tuple[torch.Tensor, torch.Tensor] | None
) -> tuple[torch.Tensor, torch.Tensor]:
    batch, length, states = x.shape
    out = torch.empty_like(x)
    reverse = backward_of is not None
    h, initial = backward_of if backward_of is not None else (out, start)
    grad_a = torch.empty_like(x) if reverse else out
    if x.numel() == 0:
        return out, grad_a
    chunk = chunk_of(length)
    chunks, blocks = triton.cdiv(length, chunk), triton.cdiv(states, BLOCK)
    ends = x.new_empty(batch, chunks, states)
    products = torch.empty_like(ends)
    _ends_kernel[(batch * chunks, blocks)](
        _real(a), _real(x), _real(ends), _real(products), length, states, chunks, chunk=chunk, block=BLOCK,
        reverse=reverse,
    )  # fmt: skip
    _carry_kernel[(batch, blocks)](_real(ends), _real(products), _real(start), states, chunks, block=BLOCK)
    _states_kernel[(batch * chunks, blocks)](
        _real(a), _real(x), _real(ends), _real(out), _real(h), _real(initial), _real(grad_a), length, states, chunks,
        chunk=chunk, block=BLOCK, reverse=reverse,
    )  # fmt: skip
    return out, grad_a


def scan_triton(a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor) -> torch.Tensor:
    """Compute (B, L, P) complex64 states, in three launches.

    Args:
        a: (B, L, P) complex64 factors, contiguous.
        x: (B, L, P) complex64 inputs, contiguous.
        initial: (B, P) complex64 state before the first step.
    """
    return _run(a, x, initial, backward_of=None)[0]


def scan_backward_triton(
    a: torch.Tensor, h: torch.Tensor, initial: torch.Tensor, grad: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of `a` and `x`: the same from the end, with conj(a_{t+1})."""
    grad_x, grad_a = _run(a, grad, torch.zeros_like(initial), backward_of=(h, initial))
    return grad_a, grad_x
