"""The table of ways to run a step, and which one runs where."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.models.base import StepModel
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.stepping.base import PlainStepper, Stepper
from aestream_snn.stepping.compiled import CompiledStepper, GraphStepper
from aestream_snn.stepping.native import NativeStepper


@dataclass(frozen=True)
class Engine:
    """One way to run a step.

    Attributes:
        make: makes it from a `SpikingNetwork`.
        devices: types of devices on which it runs.
        help: what it is, in one line.
    """

    make: Callable[..., Stepper]
    devices: tuple[str, ...]
    help: str


ENGINES: dict[str, Engine] = {
    "native": Engine(NativeStepper, ("cpu",), "one call into C++ a step"),
    "cuda_graph": Engine(GraphStepper, ("cuda",), "a recorded CUDA graph"),
    "compile": Engine(CompiledStepper, ("cpu", "cuda"), "torch.compile; the first step takes long"),
    "torch": Engine(PlainStepper, ("cpu", "cuda"), "the model's own step, for every model"),
}
"""Ways to run a step by name; `auto` takes the first that its device has."""

CHOICES = ("auto", *ENGINES)

CHECK_STEPS = 4
APART = 0.01
"""Difference, in spikes or thresholds, from which two numbers are others."""
MOST_APART = 0.01
"""Share of the first layer's numbers that may be others, of the second's twice that."""


def make_stepper(model: StepModel, device: torch.device, *, engine: str = "auto") -> tuple[Stepper, str]:
    """Make what runs a model's steps; its first steps are done.

    Models without neurons run their own step. What compiles or records is compared with the plain step, and left out
    where it fails or gives something else.

    Args:
        model: on `device`, in evaluation.
        device: where it runs.
        engine: a name in `ENGINES`, or `auto`.

    Returns:
        What runs steps, and a remark for the user where it is not what was asked for, else "".

    Raises:
        UnknownNameError: no such engine.
        InvalidArgumentError: the engine does not run on that device.
    """
    if engine not in CHOICES:
        raise UnknownNameError("engine", engine, CHOICES)
    fitting = [name for name, each in ENGINES.items() if device.type in each.devices]
    name = fitting[0] if engine == "auto" else engine
    if name not in fitting:
        raise InvalidArgumentError(f"engine {name!r} does not run on {device}; there run {', '.join(fitting)}")
    if not isinstance(model, SpikingNetwork):
        asked = engine not in ("auto", "torch")
        return PlainStepper(model), f"engine {name}: the model has no neurons; its own step runs" if asked else ""
    if name in ("native", "torch"):
        return ENGINES[name].make(model), ""
    return _checked(name, model, device)


def _checked(name: str, network: SpikingNetwork, device: torch.device) -> tuple[Stepper, str]:
    plain = PlainStepper(network)
    try:
        stepper = ENGINES[name].make(network)
        differs = _differs(stepper, plain, network, device)
    except Exception as error:  # torch.compile and CUDA raise whatever their compilers and drivers do
        return plain, f"engine {name} failed, the model's own step runs: {' '.join(str(error).split())[:200]}"
    if differs:
        return plain, f"engine {name} gives other spikes than the model's own step, which runs instead"
    return stepper, ""


def _differs(stepper: Stepper, plain: Stepper, network: SpikingNetwork, device: torch.device) -> bool:
    """Compare spikes and membranes of every layer over some steps; then reset both.

    Sums may be rounded otherwise, and a neuron that is at its threshold may fire or not; what follows from that grows
    from layer to layer.
    """
    generator = torch.Generator().manual_seed(0)
    differ = False
    for _ in range(CHECK_STEPS):
        frame = (torch.rand(1, *network.input_shape, generator=generator) < 0.1).float().to(device)
        outputs = stepper.step(frame), plain.step(frame)
        differ |= not torch.equal(outputs[0], stepper.handed_on()[-1][0])
        for depth, layer in enumerate(zip(*map(_inside, (stepper, plain)), strict=True)):
            differ |= any(_share_apart(a, b) > MOST_APART * (depth + 1) for a, b in zip(*layer, strict=True))
    stepper.reset()
    plain.reset()
    return differ


def _inside(stepper: Stepper) -> list[tuple[Tensor, Tensor]]:
    return list(zip(stepper.handed_on(), stepper.membranes(), strict=True))


def _share_apart(a: Tensor, b: Tensor) -> float:
    return float(((a - b).abs() > APART).float().mean())
