import os
import subprocess
import sys
from typing import Any

import pytest
import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.ssm import scan_fn, scan_ref

CPU = ["native", "chunked"]
SHAPES = [(1, 1, 1), (2, 7, 3), (3, 100, 8), (1, 33, 64), (2, 50, 90), (1, 5, 128), (4, 6, 13)]


def problem(
    shape: tuple[int, int, int], dtype: torch.dtype = torch.complex64
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(sum(shape))
    real = torch.float64 if dtype == torch.complex128 else torch.float32
    a = torch.polar(torch.rand(shape, dtype=real), 6 * torch.rand(shape, dtype=real))
    return a, torch.randn(shape, dtype=dtype), torch.randn(shape[0], shape[2], dtype=dtype)


@pytest.mark.parametrize("backend", CPU)
@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("threads", [1, 3])
def test_every_backend_equals_the_loop(
    backend: Any, dtype: torch.dtype, shape: tuple[int, int, int], threads: int
) -> None:
    a, x, initial = problem(shape, dtype)
    got, want = scan_fn(a, x, initial, backend=backend, threads=threads), scan_ref(a, x, initial)
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backend", CPU)
@pytest.mark.parametrize("shape", SHAPES[:5])
def test_gradients_are_right_in_double(backend: Any, shape: tuple[int, int, int]) -> None:
    shape = (shape[0], min(shape[1], 12), min(shape[2], 10))
    inputs = [each.requires_grad_() for each in problem(shape, torch.complex128)]
    torch.autograd.gradcheck(lambda *each: scan_fn(*each, backend=backend), inputs)


@pytest.mark.parametrize("backend", CPU)
def test_gradients_equal_those_through_the_loop(backend: Any) -> None:
    grads = []
    for run in (scan_ref, lambda *each: scan_fn(*each, backend=backend)):
        inputs = [each.requires_grad_() for each in problem((2, 200, 72))]
        run(*inputs).abs().square().sum().backward()
        grads.append([each.grad for each in inputs])
    for got, want in zip(grads[1], grads[0], strict=True):
        torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("backend", CPU)
def test_a_million_steps_keep_their_accuracy_and_go_past_the_cache(backend: Any) -> None:
    length = 1 << 20
    a = torch.polar(torch.full((1, length, 2), 0.999), torch.full((1, length, 2), 0.3))
    x = torch.ones(1, length, 2, dtype=torch.complex64)
    limit = 1 / (1 - complex(a[0, 0, 0]))
    h = scan_fn(a, x, backend=backend)
    assert abs(complex(h[0, -1, 0]) - limit) < 1e-4
    torch.testing.assert_close(h[:, :500], scan_ref(a[:, :500], x[:, :500]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("backend", CPU)
def test_a_long_scan_is_its_halves_in_turn(backend: Any) -> None:
    a, x, initial = problem((2, 40_001, 24))
    whole = scan_fn(a, x, initial, backend=backend)
    first = scan_fn(a[:, :777], x[:, :777], initial, backend=backend)
    second = scan_fn(a[:, 777:], x[:, 777:], first[:, -1], backend=backend)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("backend", CPU)
def test_factors_that_underflow_give_zeros_not_nan(backend: Any) -> None:
    a, x, _ = problem((1, 3000, 4))
    a = a * 1e-20
    torch.testing.assert_close(scan_fn(a, x, backend=backend), x, rtol=0, atol=1e-6)


def test_chunked_takes_real_numbers_too() -> None:
    a, x = torch.rand(2, 50, 3), torch.randn(2, 50, 3)
    torch.testing.assert_close(scan_fn(a, x), scan_ref(a, x))


def test_arrays_that_do_not_fit_are_refused() -> None:
    a, x, initial = problem((2, 7, 3))
    with pytest.raises(InvalidArgumentError, match=r"a is \(2, 6, 3\)"):
        scan_fn(a[:, 1:], x)
    with pytest.raises(InvalidArgumentError, match=r"initial is \(3,\)"):
        scan_fn(a, x, initial[0])
    with pytest.raises(UnknownNameError, match="unknown backend 'fast'; known: auto, chunked"):
        scan_fn(a, x, backend="fast")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match=r"got torch\.float32"):
        scan_fn(a.real, x.real, backend="native")


TRITON_CHECK = """
import torch
from aestream_snn.ssm.scan import scan_fn, scan_ref
torch.manual_seed(0)
for shape in [(1, 1, 1), (2, 37, 5), (1, 16, 33)]:
    a = torch.polar(torch.rand(shape), 6 * torch.rand(shape))
    x, start = torch.randn(shape, dtype=torch.complex64), torch.randn(shape[0], shape[2], dtype=torch.complex64)
    results = []
    for run in (scan_ref, lambda *each: scan_fn(*each, backend="triton")):
        inputs = [each.clone().requires_grad_() for each in (a, x, start)]
        h = run(*inputs)
        (h * torch.linspace(0, 1, h.numel()).view(h.shape)).abs().square().sum().backward()
        results.append([h.detach(), *(each.grad for each in inputs)])
    for got, want in zip(results[1], results[0]):
        torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-4)
print("agree")
"""


def test_the_triton_kernels_agree_in_the_interpreter() -> None:
    pytest.importorskip("triton")
    done = subprocess.run(
        [sys.executable, "-c", TRITON_CHECK],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "agree", done.stderr


@pytest.mark.gpu
def test_the_triton_kernels_agree_on_a_gpu() -> None:
    a, x, initial = problem((2, 3000, 90))
    got = scan_fn(a.cuda(), x.cuda(), initial.cuda(), backend="triton").cpu()
    torch.testing.assert_close(got, scan_ref(a, x, initial), rtol=1e-3, atol=1e-4)
