"""The network of Lenz's talk, conv(2,8,3) pool conv(8,16,3) pool dense, in every library that is installed here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from aestream_snn import make_model
from aestream_snn.stepping.table import ENGINES, make_stepper

SIDE, CLASSES, FEATURES = 128, 10, 14400


@dataclass(frozen=True)
class Candidate:
    """One implementation.

    Attributes:
        module: what has the weights.
        sequence: from (T, B, 2, 128, 128) to the outputs of all steps.
        step: from a frame and a state (None at first) to output and state; None where it is not measured.
        reset: forgets states that are inside.
    """

    module: nn.Module
    sequence: Callable[[Tensor], Tensor]
    step: Callable[[Tensor, Any], tuple[Tensor, Any]] | None = None
    reset: Callable[[], None] = lambda: None


def weights() -> list[nn.Module]:
    """Give the layers with weights, in order."""
    convs = [nn.Conv2d(2, 8, 3, bias=False), nn.Conv2d(8, 16, 3, bias=False)]
    return [*convs, nn.Linear(FEATURES, CLASSES, bias=False)]


def chain(neuron: Callable[[], nn.Module]) -> list[nn.Module]:
    """Put neurons between the layers."""
    first, second, last = weights()
    pool, flatten = nn.AvgPool2d, nn.Flatten
    return [first, neuron(), pool(2), second, neuron(), pool(2), flatten(), last, neuron()]


def own() -> Candidate:
    """Our conv_iaf."""
    model = make_model("conv_iaf", (2, SIDE, SIDE), CLASSES)
    return Candidate(model, model, lambda x, s: model.step(x, s if s is not None else model.initial_state()))


def own_steps() -> Candidate:
    """Give our conv_iaf step by step, which on a GPU is the loop that the kernel over time replaces."""
    model = make_model("conv_iaf", (2, SIDE, SIDE), CLASSES)
    return Candidate(model, loop(lambda x, s: model.step(x, s or model.initial_state())))


def relu_merged() -> Candidate:
    """Give ReLU with all steps as one batch: the floor on a GPU."""
    net = nn.Sequential(*chain(nn.ReLU))
    return Candidate(net, lambda x: net(x.flatten(0, 1)).unflatten(0, x.shape[:2]))


def engine(name: str, device: torch.device) -> Candidate:
    """Give the way in which a node runs steps of conv_iaf."""
    model = make_model("conv_iaf", (2, SIDE, SIDE), CLASSES).to(device).eval()
    stepper, remark = make_stepper(model, device, engine=name)
    if remark:
        print(f"  {remark}")
    return Candidate(model, model, lambda x, s: (stepper.step(x), s), stepper.reset)


def relu(*, channels_last: bool) -> Candidate:
    """Give the floor: ReLU instead of neurons, the whole network step by step."""
    net = nn.Sequential(*chain(nn.ReLU))
    order = torch.channels_last if channels_last else torch.contiguous_format
    net.to(memory_format=order)

    def sequence(x: Tensor) -> Tensor:
        return torch.stack([net(frame.contiguous(memory_format=order)) for frame in x.unbind(0)])

    return Candidate(net, sequence, lambda x, s: (net(x.contiguous(memory_format=order)), s))


def snntorch() -> Candidate:
    """Give snnTorch's Leaky in a loop over time."""
    library = import_module("snntorch")
    net = nn.ModuleList(chain(lambda: library.Leaky(beta=0.9)))

    def step(x: Tensor, state: Any) -> tuple[Tensor, Any]:
        state = state or [layer.init_leaky() if isinstance(layer, library.Leaky) else None for layer in net]
        after = []
        for layer, v in zip(net, state, strict=True):
            x, v = layer(x, v) if isinstance(layer, library.Leaky) else (layer(x), None)
            after.append(v)
        return x, after

    return Candidate(net, loop(step), step)


def norse() -> Candidate:
    """Give Norse's IAFCell in a SequentialState, in a loop over time."""
    library = import_module("norse.torch")
    net = library.SequentialState(*chain(library.IAFCell))
    return Candidate(net, loop(net), net)


def spikingjelly() -> Candidate:
    """Give SpikingJelly's IFNode, multi-step: layer by layer over all steps."""
    neuron = import_module("spikingjelly.activation_based.neuron")
    functional = import_module("spikingjelly.activation_based.functional")
    net = nn.Sequential(*chain(neuron.IFNode))

    def sequence(x: Tensor) -> Tensor:
        functional.set_step_mode(net, "m")
        for layer in net:
            timed = isinstance(layer, neuron.IFNode)
            x = layer(x) if timed else layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])
        return x

    def step(x: Tensor, state: Any) -> tuple[Tensor, Any]:
        functional.set_step_mode(net, "s")
        return net(x), True

    return Candidate(net, sequence, step, lambda: functional.reset_net(net))


def sinabs() -> Candidate:
    """Give Sinabs' IAFSqueeze: layer by layer over all steps."""
    layers = import_module("sinabs.layers")
    sequence_net = nn.Sequential(*chain(lambda: layers.IAFSqueeze(batch_size=1, min_v_mem=-1.0)))

    def set_batch(size: int) -> None:
        for layer in sequence_net:
            if isinstance(layer, layers.IAFSqueeze):
                layer.batch_size = size

    def sequence(x: Tensor) -> Tensor:
        set_batch(x.shape[1])
        return sequence_net(x.transpose(0, 1).flatten(0, 1)).unflatten(0, (x.shape[1], x.shape[0])).transpose(0, 1)

    def step(x: Tensor, state: Any) -> tuple[Tensor, Any]:
        set_batch(x.shape[0])
        return sequence_net(x), True

    def reset() -> None:
        for layer in sequence_net:
            if isinstance(layer, layers.IAFSqueeze):
                layer.reset_states()

    return Candidate(sequence_net, sequence, step, reset)


def loop(step: Callable[[Tensor, Any], tuple[Tensor, Any]]) -> Callable[[Tensor], Tensor]:
    """Give the loop over time of a step."""

    def sequence(x: Tensor) -> Tensor:
        state, outputs = None, []
        for frame in x.unbind(0):
            y, state = step(frame, state)
            outputs.append(y)
        return torch.stack(outputs)

    return sequence


CANDIDATES: dict[str, Callable[[], Candidate]] = {
    "ReLU instead of neurons, step by step": lambda: relu(channels_last=False),
    "ReLU instead of neurons, channels last": lambda: relu(channels_last=True),
    "aestream conv_iaf": own,
    "snntorch Leaky": snntorch,
    "norse IAFCell": norse,
    "spikingjelly IFNode": spikingjelly,
    "sinabs IAFSqueeze": sinabs,
}
ON_GPU: dict[str, Callable[[], Candidate]] = {
    "ReLU instead of neurons, one batch": relu_merged,
    "aestream conv_iaf, step by step": own_steps,
}


def installed(device: torch.device) -> dict[str, Candidate]:
    """Make those whose library is here."""
    rows = CANDIDATES | (ON_GPU if device.type == "cuda" else {})
    made = {
        name: make()
        for name, make in rows.items()
        if name.startswith(("ReLU", "aestream")) or find_spec(name.split()[0]) is not None
    }
    for candidate in made.values():
        candidate.module.to(device)
    return made


def engines(device: torch.device, *, compiled: bool) -> dict[str, Candidate]:
    """Make every way in which a node may run a step on a device; torch.compile only where asked for."""
    names = [name for name, each in ENGINES.items() if device.type in each.devices]
    return {
        f"aestream conv_iaf, engine {name}": engine(name, device) for name in names if name != "compile" or compiled
    }
