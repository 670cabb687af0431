"""The network of the talk "Training robust vision models for neuromorphic hardware" (Lenz 2023), and a deeper one."""

from aestream_snn.models.layers import Conv, Dense
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import IAF, NeuronConfig


def conv_iaf(input_shape: tuple[int, int, int], classes: int, *, neuron: NeuronConfig = IAF) -> SpikingNetwork:
    """Make two convolutions of 8 and 16 features, each pooled by 2, and a dense layer of one neuron a class."""
    layers = (Conv(8, 3, pool=2), Conv(16, 3, pool=2), Dense(classes))
    return SpikingNetwork(input_shape, layers, neuron=neuron)


def conv_iaf_deep(input_shape: tuple[int, int, int], classes: int, *, neuron: NeuronConfig = IAF) -> SpikingNetwork:
    """Make three padded convolutions of 8, 16 and 32 features, each pooled by 2, and a dense layer of the classes."""
    convs = [Conv(features, 3, padding=1, pool=2) for features in (8, 16, 32)]
    return SpikingNetwork(input_shape, (*convs, Dense(classes)), neuron=neuron)
