"""A plan as a table, and as JSON."""

from typing import Any

from rich.console import Console
from rich.table import Table

from aestream_bridge.speck.devices import DEVICES
from aestream_bridge.speck.planning import Plan, PlannedLayer

_COLUMNS = ("layer", "core", "input", "output", "kernel", "weights", "neurons", "biases", "threshold", "max|w|/thr")
_WIDE = 160
"""Columns of the page where nobody looks, as in a pipe."""


def print_plan(plan: Plan) -> None:
    """Print the memory table and what may work worse than in floats."""
    table = Table(title=f"{plan.network.name} on {plan.device.name}", title_justify="left", box=None, pad_edge=False)
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "layer" else "right", no_wrap=True)
    for planned in plan.layers:
        table.add_row(*_cells(planned))
    console = _console()
    console.print(table)
    for warning in plan.warnings:
        console.print(f"warning: {warning}", style="yellow", soft_wrap=True, markup=False, highlight=False)


def print_devices() -> None:
    """Print the chips and their memories."""
    table = Table(box=None, pad_edge=False)
    for name in ("device", "cores", "weights, Ki entries", "neurons, Ki entries", "what it is"):
        table.add_column(name, no_wrap=True)
    for device in DEVICES.values():
        weights, neurons = (
            " ".join(str(getattr(core, memory) // 1024) for core in device.cores) for memory in ("kernel", "neuron")
        )
        table.add_row(device.name, str(len(device.cores)), weights, neurons, device.description)
    _console().print(table)


def plan_as_dict(plan: Plan) -> dict[str, Any]:
    """Give a plan as plain data."""
    return {
        "fits": True,
        "network": plan.network.name,
        "device": plan.device.name,
        "layers": [_as_dict(planned) for planned in plan.layers],
        "warnings": list(plan.warnings),
    }


def _as_dict(planned: PlannedLayer) -> dict[str, Any]:
    return {
        "layer": planned.layer.name,
        "core": planned.core,
        "input_shape": list(planned.input_shape),
        "output_shape": list(planned.output_shape),
        "demand": vars(planned.demand),
        "capacity": vars(planned.capacity),
        "threshold": planned.layer.threshold,
        "scale": planned.scale,
        "weight_ratio": planned.weight_ratio,
        "synops_per_event": planned.synops,
    }


def _cells(planned: PlannedLayer) -> tuple[str, ...]:
    layer, demand, capacity = planned.layer, planned.demand, planned.capacity
    return (
        layer.name,
        str(planned.core),
        "x".join(map(str, planned.input_shape)),
        "x".join(map(str, planned.output_shape)),
        f"{layer.kernel[0]}x{layer.kernel[1]}/{layer.stride}",
        _full(demand.kernel, capacity.kernel),
        _full(demand.neuron, capacity.neuron),
        _full(demand.bias, capacity.bias) if demand.bias else "-",
        f"{layer.threshold:g}",
        f"{planned.weight_ratio:.2f}",
    )


def _full(needed: int, there: int) -> str:
    return f"{needed:,} of {there:,} {needed / there:4.0%}"


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)
