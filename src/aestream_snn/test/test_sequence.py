"""Neurons over all steps: the kernel equals the loop of steps, forward and backward."""

import itertools
import os
import subprocess
import sys

import pytest
import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn import IAF, LIF, NeuronConfig, make_model, neuron_sequence, neuron_sequence_ref
from aestream_snn.models.calibrate import calibrate
from aestream_snn.neurons.config import SURROGATES

if not torch.cuda.is_available():
    # The kernel runs through Triton's interpreter then; it must be chosen before Triton is imported.
    os.environ.setdefault("TRITON_INTERPRET", "1")

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
RULES = list(itertools.product(("multi", "single"), ("subtract", "zero"), SURROGATES, (None, -0.7)))
SHAPES = (((7, 2, 3, 5, 7), 2), ((6, 1, 5, 9, 4), 3), ((5, 2, 4, 3, 3), 1), ((9, 3, 13), 1), ((1, 1, 2, 4, 4), 4))


def results(run, current, v, config, **options):
    current, v = (each.clone().to(DEVICE).requires_grad_() for each in (current, v))
    sums, after = run(current, v, config, **options)
    weights = torch.linspace(0.5, 1.5, sums.numel(), dtype=sums.dtype, device=DEVICE).reshape(sums.shape)
    grads = torch.autograd.grad((sums * weights).sum() + after.square().sum(), (current, v))
    return [each.cpu() for each in (sums.detach(), after.detach(), *grads)]


def drawn(shape, dtype=torch.float64):
    pytest.importorskip("triton")
    generator = torch.Generator().manual_seed(0)
    current = torch.randn(shape, generator=generator, dtype=dtype) * 1.5
    return current, torch.randn(shape[1:], generator=generator, dtype=dtype)


@pytest.mark.parametrize(("spikes", "reset", "surrogate", "min_v"), RULES)
def test_the_kernel_and_its_gradients_equal_the_slow_twin_for_all_rules(spikes, reset, surrogate, min_v):
    config = NeuronConfig(0.8, min_v, 0.9, 0.7, spikes, reset, surrogate, width=0.3, scale=0.9)
    current, v = drawn((7, 2, 3, 5, 7))
    slow = results(neuron_sequence_ref, current, v, config, pool=2)
    fast = results(neuron_sequence, current, v, config, pool=2, kernels="triton")
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)
    clamped = (slow[1] == (-0.7 if min_v else 1e9)).any()
    assert slow[0].any()
    assert min_v is None or clamped


@pytest.mark.parametrize("config", [IAF, LIF])
@pytest.mark.parametrize(("shape", "pool"), SHAPES)
def test_the_kernel_equals_the_native_steps_for_all_shapes(shape, pool, config):
    current, v = drawn(shape, torch.float32)
    slow = results(neuron_sequence, current, v, config, pool=pool, kernels="steps")
    fast = results(neuron_sequence, current, v, config, pool=pool, kernels="triton")
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("config", [IAF, LIF, NeuronConfig(0.8, None, 0.9, 0.7, "single", "zero")])
@pytest.mark.parametrize(("shape", "pool"), SHAPES)
def test_native_sequences_are_native_steps_bit_for_bit(shape, pool, config):
    generator = torch.Generator().manual_seed(1)
    current, v = (torch.randn(size, generator=generator) * 1.5 for size in (shape, shape[1:]))
    got = []
    for kernels in ("steps", "native"):
        given = [each.clone().requires_grad_() for each in (current, v)]
        sums, after = neuron_sequence(*given, config, pool=pool, kernels=kernels)
        got.append([sums, after, *torch.autograd.grad(sums.square().sum() + after.square().sum(), given)])
    for a, b in zip(*got, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)
    assert torch.equal(got[0][0], got[1][0])
    assert got[0][0].any()


def test_native_sequences_are_float32_on_the_cpu():
    with pytest.raises(InvalidArgumentError, match=r"native kernels take float32 on a cpu, not torch.float64 on cpu"):
        neuron_sequence(torch.zeros(2, 3, 4, dtype=torch.float64), None, IAF, kernels="native")


COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from aestream_snn.neurons import sequence_triton as kernels

def compile(kernel, constants):
    def kind(name):
        size = name in ("steps", "batch", "height", "width", "channels", "size", "pooled_size", "last", "last_pooled")
        return "constexpr" if name in constants else "i32" if size else "*fp32"
    kinds = {name: kind(name) for name in kernel.arg_names}
    given = {(number,): constants[name] for number, name in enumerate(kernel.arg_names) if name in constants}
    source = ASTSource(kernel, kinds, given)
    return triton.compile(source, target=GPUTarget("cuda", 90, 32), options=kernels.LAUNCH).asm

tile = dict(pool=2, block=256, window=4)
rules = dict(threshold=0.8, min_v=-1.0, decay=0.9, gain=0.1, multi=True, subtract=True, bounded=True)
forward = compile(kernels._forward_kernel, rules | tile | dict(keep=True))
alone = dict(steps=1, batch=1, channels=1)  # what is 1 becomes a constant
backward = compile(kernels._backward_kernel, rules | tile | alone | dict(surrogate=0, reach=0.5, scale=1.0))
assert len(forward["cubin"]) > 1000 and len(backward["cubin"]) > 1000
assert "fma.rn.f32" not in forward["ptx"]
print("compiled")
"""


def test_the_kernels_compile_for_a_gpu_that_is_not_here():
    pytest.importorskip("triton.backends.nvidia")
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    done = subprocess.run([sys.executable, "-c", COMPILE], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "compiled", done.stderr


def test_the_operators_keep_what_torch_asks_of_them():
    current, v = drawn((3, 1, 4, 4, 2), torch.float32)
    from aestream_snn.neurons.sequence import _kinds, _sequence, _sizes

    given = (current.to(DEVICE).requires_grad_(), v.to(DEVICE).requires_grad_(), _kinds(IAF), _sizes(IAF), 2, True)
    torch.library.opcheck(_sequence, given)


def test_a_compiled_sequence_gives_the_same_without_a_break():
    current, v = drawn((4, 2, 3, 6, 6), torch.float32)
    compiled = torch.compile(neuron_sequence, backend="aot_eager", fullgraph=True)
    slow = results(neuron_sequence, current, v, LIF, pool=2, kernels="triton")
    for a, b in zip(results(compiled, current, v, LIF, pool=2, kernels="triton"), slow, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("part", [0, 1])
def test_only_the_gradient_that_arrives_counts(part):
    current, v = drawn((4, 2, 5), torch.float32)
    grads = []
    for kernels in ("triton", "steps"):
        given = current.to(DEVICE).requires_grad_()
        out = neuron_sequence(given, v.to(DEVICE), LIF, kernels=kernels)[part]
        grads.append(torch.autograd.grad(out.sum(), given)[0])
    torch.testing.assert_close(*grads)


def test_an_initial_membrane_of_none_is_zero():
    current, v = drawn((4, 2, 5), torch.float32)
    for kernels in ("triton", "steps"):
        a, b = (neuron_sequence(current.to(DEVICE), start, IAF, kernels=kernels) for start in (None, 0 * v.to(DEVICE)))
        assert torch.equal(a[0], b[0])
        assert torch.equal(a[1], b[1])


def test_layers_over_time_equal_steps_over_layers():
    torch.manual_seed(0)
    sequence = torch.poisson(torch.full((6, 2, 2, 24, 24), 0.1))
    model = make_model("conv_iaf", (2, 24, 24), 5).to(DEVICE)
    calibrate(model, sequence.to(DEVICE))
    first, between = model.layers_over_time(sequence[:4].to(DEVICE), model.initial_state())
    second, _ = model.layers_over_time(sequence[4:].to(DEVICE), between)
    over_time = [torch.cat(parts) for parts in zip(first, second, strict=True)]
    state = model.initial_state()
    for step, x in enumerate(sequence.to(DEVICE)):
        outputs, state = model.step_layers(x, state)
        for got, want in zip(over_time, outputs, strict=True):
            torch.testing.assert_close(got[step], want, rtol=1e-4, atol=1e-4)
    assert over_time[-1].any()


@pytest.mark.gpu
def test_a_model_on_a_gpu_has_the_outputs_and_gradients_of_the_cpu():
    torch.manual_seed(0)
    sequence = torch.poisson(torch.full((20, 2, 2, 32, 32), 0.1))
    model = make_model("conv_iaf", (2, 32, 32), 5)
    calibrate(model, sequence)
    got = []
    for device in ("cpu", "cuda"):
        given = model.to(device)
        y = given(sequence.to(device))
        got.append([each.cpu() for each in (y, *torch.autograd.grad(y.square().sum(), list(given.parameters())))])
    assert (got[0][0] != got[1][0]).float().mean() < 0.02, "membranes at their thresholds may differ, no others"
    for a, b in zip(got[0][1:], got[1][1:], strict=True):
        assert torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), 0) > 0.99


def test_what_is_no_sequence_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"a current is \(2, 3\); it must be \(T, B, C, H, W\) or"):
        neuron_sequence(torch.zeros(2, 3), None, IAF)
    with pytest.raises(InvalidArgumentError, match=r"pool is 2; a current of shape \(2, 3, 4\) has no windows"):
        neuron_sequence(torch.zeros(2, 3, 4), None, IAF, pool=2)
    with pytest.raises(InvalidArgumentError, match=r"the membrane is \(3, 5\); a step's current \(3, 4\)"):
        neuron_sequence(torch.zeros(2, 3, 4), torch.zeros(3, 5), IAF)
    with pytest.raises(UnknownNameError, match="unknown kernels 'cuda'; known: auto, native, steps, triton"):
        neuron_sequence(torch.zeros(2, 3, 4), None, IAF, kernels="cuda")
