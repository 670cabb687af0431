"""Which layer goes onto which core: a bipartite matching, exact, by augmenting paths."""

from collections.abc import Mapping

from aestream_bridge.speck.devices import Core, Device
from aestream_bridge.speck.errors import PlanError, Violation
from aestream_bridge.speck.memory import Demand


def fits(demand: Demand, core: Core) -> bool:
    """Say whether a core has all the memory that a layer needs."""
    return demand.kernel <= core.kernel and demand.neuron <= core.neuron and demand.bias <= core.bias


def map_layers(demands: Mapping[str, Demand], device: Device) -> dict[str, int]:
    """Give every layer a core of its own.

    Returns:
        Core by the layer's name. Where several assignments exist, always the same one.

    Raises:
        PlanError: there is none; the message names the layers that compete and the cores that could hold them.
    """
    candidates = {
        name: [index for index, core in enumerate(device.cores) if fits(demand, core)]
        for name, demand in demands.items()
    }
    holder: dict[int, str] = {}
    for name in demands:
        seen: set[int] = set()
        if not _place(name, candidates, holder, seen):
            raise PlanError([_crowded(name, [holder[core] for core in seen], seen, device)])
    return {name: core for core, name in sorted(holder.items(), key=lambda item: list(demands).index(item[1]))}


def _place(name: str, candidates: Mapping[str, list[int]], holder: dict[int, str], seen: set[int]) -> bool:
    """Put a layer on a core, moving others where that frees one. Cores looked at are added to `seen`."""
    for core in candidates[name]:
        if core in seen:
            continue
        seen.add(core)
        if core not in holder or _place(holder[core], candidates, holder, seen):
            holder[core] = name
            return True
    return False


def _crowded(name: str, others: list[str], cores: set[int], device: Device) -> Violation:
    layers = ", ".join(repr(each) for each in sorted([name, *others]))
    if not cores:
        said = f"no core of {device.name} has both the kernel and the neuron memory that it needs"
    else:
        said = f"layers {layers} share {len(cores)} cores of {device.name} that are large enough: {sorted(cores)}"
    return Violation(name, "cores", f"layer {name!r}: cores: {said}")
