"""Steps through torch.compile, and steps recorded as a CUDA graph."""

from collections.abc import Sequence

import torch
from torch import Tensor

from aestream_snn.models.base import State
from aestream_snn.models.network import SpikingNetwork

WARM_UP_STEPS = 3


class CompiledStepper:
    """Runs a `SpikingNetwork` through torch.compile: the first step takes seconds, and on a CPU a C++ compiler."""

    def __init__(self, network: SpikingNetwork) -> None:
        """Compile, which the first step completes."""
        self._step = torch.compile(network.step_layers, dynamic=False)
        self._silent = silent_state(network)
        self.reset()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self._state: State = self._silent
        self._outputs: Sequence[Tensor] = ()

    @torch.inference_mode()
    def step(self, frame: Tensor) -> Tensor:
        """Take one frame; see `Stepper.step`."""
        self._outputs, self._state = self._step(frame.contiguous(memory_format=torch.channels_last), self._state)
        return self._outputs[-1][0].clone()

    def handed_on(self) -> Sequence[Tensor]:
        """Give what every layer handed on in the last step."""
        return self._outputs

    def membranes(self) -> Sequence[Tensor]:
        """Give the membranes after the last step."""
        return [v for v in self._state if v is not None]


class GraphStepper:
    """Replays the step of a `SpikingNetwork` as one CUDA graph: no launches from Python. Its memory is taken once."""

    @torch.inference_mode()
    def __init__(self, network: SpikingNetwork) -> None:
        """Record a step of a network on a GPU."""
        device = next(network.parameters()).device
        self._frame = torch.zeros(1, *network.input_shape, device=device)
        self._state = silent_state(network)
        side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(side):
            for _ in range(WARM_UP_STEPS):
                network.step_layers(self._frame, self._state)
        torch.cuda.current_stream(device).wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._outputs, after = network.step_layers(self._frame, self._state)
            for kept, new in zip(self._state, after, strict=True):
                kept.copy_(new)  # type: ignore[arg-type]
        self.reset()

    @torch.inference_mode()
    def reset(self) -> None:
        """Forget everything that was seen."""
        for v in self._state:
            v.zero_()

    @torch.inference_mode()
    def step(self, frame: Tensor) -> Tensor:
        """Take one frame; see `Stepper.step`."""
        self._frame.copy_(frame)
        self._graph.replay()
        return self._outputs[-1][0].clone()

    def handed_on(self) -> Sequence[Tensor]:
        """Give what every layer handed on in the last step."""
        return self._outputs

    def membranes(self) -> Sequence[Tensor]:
        """Give the membranes after the last step."""
        return self._state


@torch.inference_mode()
def silent_state(network: SpikingNetwork) -> tuple[Tensor, ...]:
    """Give membranes of 0, of their shapes: what `initial_state` means, without None."""
    weight = next(network.parameters())
    frame = torch.zeros(1, *network.input_shape, device=weight.device, dtype=weight.dtype)
    _, state = network.step_layers(frame, network.initial_state())
    return tuple(torch.zeros_like(v) for v in state if v is not None)
