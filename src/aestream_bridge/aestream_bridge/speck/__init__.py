"""Networks on Speck: plan them, run them on a chip or on its software twin, read predictions.

network = load_network("quadrants")           # or a file
print(plan(network, device="speck2f").cores)  # which layer on which core
session = SpeckSession(SpeckConfig(network="quadrants", device="sim"))
for events in stream:
    for prediction in session.add(events).predictions:
        print(session.labels[prediction.best], prediction.scores)

Names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aestream_bridge.speck.config import SpeckConfig
    from aestream_bridge.speck.errors import PlanError, SpeckError, Violation
    from aestream_bridge.speck.loading.exchange import save_network
    from aestream_bridge.speck.loading.from_spiking import from_spiking_network
    from aestream_bridge.speck.loading.from_torch import from_torch
    from aestream_bridge.speck.loading.table import load_network
    from aestream_bridge.speck.network import Destination, Layer, Network, chain
    from aestream_bridge.speck.planning import Plan, plan
    from aestream_bridge.speck.quantisation import quantise
    from aestream_bridge.speck.readout import Prediction
    from aestream_bridge.speck.session import SpeckSession
    from aestream_bridge.speck.twin import Twin

_HOME = {
    "Destination": "network",
    "Layer": "network",
    "Network": "network",
    "Plan": "planning",
    "PlanError": "errors",
    "Prediction": "readout",
    "SpeckConfig": "config",
    "SpeckError": "errors",
    "SpeckSession": "session",
    "Twin": "twin",
    "Violation": "errors",
    "chain": "network",
    "from_spiking_network": "loading.from_spiking",
    "from_torch": "loading.from_torch",
    "load_network": "loading.table",
    "plan": "planning",
    "quantise": "quantisation",
    "save_network": "loading.exchange",
}

__all__ = [
    "Destination",
    "Layer",
    "Network",
    "Plan",
    "PlanError",
    "Prediction",
    "SpeckConfig",
    "SpeckError",
    "SpeckSession",
    "Twin",
    "Violation",
    "chain",
    "from_spiking_network",
    "from_torch",
    "load_network",
    "plan",
    "quantise",
    "save_network",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'aestream_bridge.speck' has no attribute {name!r}")
    return getattr(import_module(f"aestream_bridge.speck.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
