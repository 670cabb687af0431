"""Networks from the suite's own models."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from aestream_bridge.speck import from_spiking_network, plan
from aestream_core.errors import InvalidArgumentError


def model(**neuron: Any) -> SimpleNamespace:
    """Make what a model offers: two convolutions and a dense layer on 2x20x20."""
    values = {"threshold": 1.5, "min_v": -1.0, "decay": 1.0, "gain": 0.5, "reset": "zero", **neuron}
    torch.manual_seed(0)
    modules = [nn.Conv2d(2, 4, 3, 1, 1, bias=False), nn.Conv2d(4, 8, 2, 2, bias=False), nn.Linear(200, 3, bias=False)]
    layers = [
        SimpleNamespace(stride=1, padding=1, pool=2),
        SimpleNamespace(stride=2, padding=0, pool=1),
        SimpleNamespace(pool=1),
    ]
    parts = [(layer, module, SimpleNamespace(**values)) for layer, module in zip(layers, modules, strict=True)]
    return SimpleNamespace(input_shape=(2, 20, 20), parts=lambda: parts, modules=modules)


def test_layers_have_the_strides_pooling_weights_and_neurons_of_the_model() -> None:
    made = model()
    network = from_spiking_network(made, name="mine", labels=("a", "b", "c"))
    first, second, dense = network.layers
    assert (first.padding, first.stride, first.destinations[0].pooling) == (1, 1, 2)
    assert (second.padding, second.stride, second.destinations[0].pooling) == (0, 2, 1)
    assert dense.weights.shape == (3, 8, 5, 5)
    np.testing.assert_allclose(first.weights, made.modules[0].weight.detach().numpy() * 0.5, rtol=1e-6)
    assert (first.threshold, first.threshold_low, first.reset) == (1.5, -1.0, "zero")
    assert len(plan(network).cores) == 3


def test_neurons_that_leak_are_refused() -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"layer 'layer0': neurons keep 0\.9 a step; on the chip none may leak"
    ):
        from_spiking_network(model(decay=0.9))


def test_a_pooled_readout_is_refused() -> None:
    made = model()
    made.parts()[-1][0].pool = 2
    with pytest.raises(InvalidArgumentError, match="the last layer is pooled by 2"):
        from_spiking_network(made)


def test_a_model_of_the_suite_fits_the_chip() -> None:
    models = pytest.importorskip("aestream_snn.models.conv_iaf", reason="aestream_snn has no such model here")
    network = from_spiking_network(models.conv_iaf((2, 34, 34), 10))
    rows = plan(network).layers
    assert [row.demand.kernel for row in rows] == [256, 2048, 16384]
    assert [row.demand.neuron for row in rows] == [8192, 4096, 10]
