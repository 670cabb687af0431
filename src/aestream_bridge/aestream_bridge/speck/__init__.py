"""Networks on Speck: plan them, run them on a chip or on its software twin, read predictions.

network = load_network("quadrants")           # or a file
print(plan(network, device="speck2f").cores)  # which layer on which core
session = SpeckSession(SpeckConfig(network="quadrants", device="sim"))
for events in stream:
    for prediction in session.add(events).predictions:
        print(session.labels[prediction.best], prediction.scores)
"""

from aestream_bridge.speck.errors import PlanError, SpeckError, Violation
from aestream_bridge.speck.loading.exchange import save_network
from aestream_bridge.speck.loading.from_spiking import from_spiking_network
from aestream_bridge.speck.loading.from_torch import from_torch
from aestream_bridge.speck.loading.table import load_network
from aestream_bridge.speck.network import Destination, Layer, Network, chain
from aestream_bridge.speck.plan import Plan, plan
from aestream_bridge.speck.quantise import quantise
from aestream_bridge.speck.readout import Prediction
from aestream_bridge.speck.session import SpeckConfig, SpeckSession
from aestream_bridge.speck.twin import Twin

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
