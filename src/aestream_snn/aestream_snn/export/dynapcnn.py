"""To Sinabs' DynapcnnNetwork, for its own tools.

Sinabs imports samna there, which was not at hand: what it computes by itself was tested with names in samna's place, a
board's configuration was not.
"""

from typing import Any

from aestream_bridge.speck.backends.samna_library import load_samna
from aestream_snn.conversion.libraries import need_library
from aestream_snn.conversion.sinabs import COMMAND, to_sinabs
from aestream_snn.models.network import SpikingNetwork


def to_dynapcnn(network: SpikingNetwork, *, discretise: bool = True) -> Any:
    """Make a `sinabs.backend.dynapcnn.DynapcnnNetwork`; its `.to("speck2fdevkit:0")` configures a board.

    Raises:
        MissingDependencyError: Sinabs or samna is not installed.
    """
    need_library("sinabs", COMMAND)
    load_samna()
    dynapcnn = need_library("sinabs.backend.dynapcnn", COMMAND)
    return dynapcnn.DynapcnnNetwork(
        to_sinabs(network), input_shape=network.input_shape, discretize=discretise, dvs_input=False
    )
