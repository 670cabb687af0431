"""Ways to run a step: all give what the plain one gives."""

import re
from dataclasses import replace

import pytest
import torch
from stepping_cases import CONVS, NEURON, network_and_frames

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn import make_model
from aestream_snn.models.layers import Conv, Dense
from aestream_snn.neurons import sparse_conv
from aestream_snn.stepping.base import PlainStepper
from aestream_snn.stepping.native import NativeStepper
from aestream_snn.stepping.table import ENGINES, Engine, make_stepper

CPU = torch.device("cpu")


@pytest.mark.parametrize(("shape", "conv"), CONVS)
def test_native_membranes_and_spikes_of_maps_are_the_same_bits(shape, conv, monkeypatch):
    monkeypatch.setattr(sparse_conv, "DENSE_ABOVE", 1.0)
    network, frames = network_and_frames((conv,), shape, share=0.3)
    native, state, spiked = NativeStepper(network), network.initial_state(), 0.0
    for frame in frames:
        with torch.no_grad():
            y, state = network.step(frame, state)
        native.step(frame)
        assert torch.equal(native.handed_on()[0], y)
        assert torch.equal(native.membranes()[0], state[0])
        spiked += y.sum().item()
    assert spiked > 0


@pytest.mark.parametrize("spikes", ["multi", "single"])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("min_v", [None, -0.75])
def test_every_rule_of_neurons_holds_natively(spikes, reset, min_v):
    neuron = replace(NEURON, min_v=min_v, spikes=spikes, reset=reset)
    layers = (Conv(8, 3, pool=2), Conv(16, 3, padding=1, pool=2), Dense(20), Dense(5))
    network, frames = network_and_frames(layers, (2, 24, 20), neuron=neuron)
    assert_steps_agree(network, frames)


@pytest.mark.parametrize("name", ["conv_iaf", "conv_iaf_deep"])
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_native_steps_of_a_model_are_its_whole_sequence(name, share):
    network, frames = network_and_frames(tuple(make_model(name, (2, 30, 32), 6).layers), (2, 30, 32), share=share)
    native = NativeStepper(network)
    outputs = torch.stack([native.step(frame) for frame in frames])
    with torch.no_grad():
        assert torch.equal(outputs, network(frames)[:, 0])
    assert outputs.any()


def test_the_order_of_a_frame_in_memory_does_not_matter():
    network, frames = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    wide = torch.zeros(12, 1, 2, 40, 40)
    wide[..., 3:19, 5:23] = frames
    orders = (frames, frames[:, 0].contiguous(memory_format=torch.channels_last)[:, None], wide[..., 3:19, 5:23])
    results = []
    for order in orders:
        native = NativeStepper(network)
        results.append(torch.stack([native.step(frame) for frame in order]))
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])
    assert results[0].any()


def test_a_reset_forgets_everything():
    network, frames = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    native = NativeStepper(network)
    first = [native.step(frame) for frame in frames]
    assert any(v.any() for v in native.membranes())
    native.reset()
    assert not any(v.any() for v in native.membranes())
    for again, before in zip([native.step(frame) for frame in frames], first, strict=True):
        assert torch.equal(again, before)


def test_a_network_may_begin_with_a_dense_layer():
    assert_steps_agree(*network_and_frames((Dense(9), Dense(4)), (2, 16, 18), share=0.5))


def test_what_native_steps_cannot_take_is_refused():
    network, frames = network_and_frames((Dense(4),), (2, 6, 7))
    native = NativeStepper(network)
    with pytest.raises(InvalidArgumentError, match=r"a frame is \(1, 2, 7, 6\); this network takes \(1, 2, 6, 7\)"):
        native.step(frames[0].transpose(2, 3))
    with pytest.raises(InvalidArgumentError, match=r"a tensor is torch.float64 on cpu; here all are float32"):
        native.step(frames[0].double())
    with pytest.raises(InvalidArgumentError, match=r"a tensor is torch.float64 on cpu; here all are float32"):
        NativeStepper(network.double())


def assert_steps_agree(network, frames):
    plain, native = PlainStepper(network), NativeStepper(network)
    spiked = torch.zeros(len(network.layers))
    for frame in frames:
        assert torch.equal(plain.step(frame), native.step(frame))
        for a, b in zip(plain.handed_on(), native.handed_on(), strict=True):
            assert torch.equal(a, b)
        for a, b in zip(plain.membranes(), native.membranes(), strict=True):
            assert torch.equal(a, b)
        spiked += torch.tensor([y.sum() for y in plain.handed_on()])
    assert (spiked > 0).all()


def test_auto_takes_the_first_engine_of_the_device():
    network, _ = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    stepper, remark = make_stepper(network, CPU)
    assert isinstance(stepper, NativeStepper)
    assert remark == ""
    control, remark = make_stepper(make_model("histogram_cnn", (2, 24, 24), 3), CPU)
    assert isinstance(control, PlainStepper)
    assert remark == ""


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_every_engine_of_the_cpu_gives_the_same_spikes(engine):
    network, frames = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    stepper, remark = make_stepper(network, CPU, engine=engine)
    plain = PlainStepper(network)
    assert remark == ""
    assert all(torch.equal(stepper.step(frame), plain.step(frame)) for frame in frames)


def test_a_model_without_neurons_runs_its_own_step_and_says_so():
    stepper, remark = make_stepper(make_model("histogram_cnn", (2, 24, 24), 3), CPU, engine="native")
    assert isinstance(stepper, PlainStepper)
    assert remark == "engine native: the model has no neurons; its own step runs"


def test_an_engine_that_fails_or_gives_something_else_is_left_out_with_a_remark(monkeypatch):
    network, _ = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))

    class Deaf(PlainStepper):
        def step(self, frame):
            return super().step(torch.zeros_like(frame))

    def fail(_):
        raise RuntimeError("no compiler\nfound")

    class Idle(PlainStepper):  # its first layer is right
        def step(self, frame):
            super().step(frame)
            self._outputs = (self._outputs[0], torch.zeros_like(self._outputs[1]))
            return self._outputs[1][0]

        def membranes(self):
            return [super().membranes()[0], torch.zeros_like(super().membranes()[1])]

    others = "engine compile gives other spikes"
    for make, text in ((Deaf, others), (Idle, others), (fail, "engine compile failed.*no compiler found")):
        monkeypatch.setitem(ENGINES, "compile", Engine(make, ("cpu",), ""))
        stepper, remark = make_stepper(network, CPU, engine="compile")
        assert type(stepper) is PlainStepper
        assert re.match(text, remark)


def test_an_engine_of_another_device_or_name_is_refused():
    network, _ = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    with pytest.raises(
        InvalidArgumentError, match="'cuda_graph' does not run on cpu; there run native, compile, torch"
    ):
        make_stepper(network, CPU, engine="cuda_graph")
    with pytest.raises(
        UnknownNameError, match="unknown engine 'tensorrt'; known: auto, compile, cuda_graph, native, torch"
    ):
        make_stepper(network, CPU, engine="tensorrt")


@pytest.mark.gpu
@pytest.mark.parametrize("engine", ["cuda_graph", "compile", "torch"])
def test_every_engine_of_a_gpu_gives_the_same_spikes(engine):
    network, frames = network_and_frames((Conv(8, 3, pool=2), Dense(4)), (2, 16, 18))
    plain = PlainStepper(network)
    wanted = [plain.step(frame) for frame in frames]
    stepper, remark = make_stepper(network.cuda(), torch.device("cuda"), engine=engine)
    assert remark == ""
    assert all(torch.equal(stepper.step(frame.cuda()).cpu(), y) for frame, y in zip(frames, wanted, strict=True))
