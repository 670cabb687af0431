"""Spiking networks for events: data sets, neurons, models and training. Knows no ROS.

One thread is the default here: small convolutions run slower on two, and many times slower where the cores are shared.
`torch.set_num_threads` after the import changes it.
"""

import os

import torch

from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.table import MODELS, make_model
from aestream_snn.neurons.config import IAF, LIF, NeuronConfig
from aestream_snn.neurons.sequence import neuron_sequence, neuron_sequence_ref
from aestream_snn.neurons.sparse_conv import event_conv2d
from aestream_snn.neurons.step import neuron_step, neuron_step_ref

if "OMP_NUM_THREADS" not in os.environ:
    torch.set_num_threads(1)

__all__ = [
    "IAF",
    "LIF",
    "MODELS",
    "NeuronConfig",
    "SpikingNetwork",
    "event_conv2d",
    "make_model",
    "neuron_sequence",
    "neuron_sequence_ref",
    "neuron_step",
    "neuron_step_ref",
]
