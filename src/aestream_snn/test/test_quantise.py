"""Weights of 8 bits: integers within their bounds, and nearly the same answers."""

import torch

from aestream_snn import make_model
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.quantise import quantised


def test_weights_and_thresholds_are_integers_and_answers_stay():
    torch.manual_seed(0)
    sequence = (torch.rand(10, 8, 2, 24, 24) < 0.1).float()
    model = make_model("conv_iaf", (2, 24, 24), 5)
    calibrate(model, sequence)
    before = [weights.weight.clone() for weights in model.weights]
    small = quantised(model)
    for weights, neuron in zip(small.weights, small.neurons, strict=True):
        assert torch.equal(weights.weight, weights.weight.round())
        assert weights.weight.abs().max() == 127
        assert neuron.threshold == round(neuron.threshold) <= 32767
    assert all(torch.equal(a, b.weight) for a, b in zip(before, model.weights, strict=True))
    exact, rounded = model(sequence).sum(0), small(sequence).sum(0)
    assert (exact - rounded).abs().mean() < 0.1 * exact.mean()
