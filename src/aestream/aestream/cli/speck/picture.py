"""How full the cores are, as a picture."""

from pathlib import Path

from aestream.cli.sinks.paths import check_output_path
from aestream_bridge.speck.planning import Plan


def draw_plan(plan: Plan, path: str) -> None:
    """Draw a pair of bars a core: what it has, what its layer takes of it; weights and neurons.

    Raises:
        InvalidArgumentError: the path is not one of a picture.
    """
    check_output_path(Path(path), kind="a picture", extensions=(".png", ".svg"))
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    names = {planned.core: planned.layer.name for planned in plan.layers}
    places = range(len(plan.device.cores))
    for axes, memory, unit in zip(figure.subplots(1, 2), ("kernel", "neuron"), ("weights", "neurons"), strict=True):
        there = [getattr(core, memory) / 1024 for core in plan.device.cores]
        taken = {planned.core: getattr(planned.demand, memory) / 1024 for planned in plan.layers}
        axes.barh(places, there, color="#dddddd", label="core has")
        axes.barh(places, [taken.get(core, 0) for core in places], color="#3b7dd8", height=0.5, label="layer takes")
        axes.set_yticks(places, [f"core {core}: {names.get(core, 'free')}" for core in places])
        axes.invert_yaxis()
        axes.set_xlabel(f"{unit}, Ki entries")
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.suptitle(f"{plan.network.name} on {plan.device.name}")
    figure.savefig(path, dpi=130)
