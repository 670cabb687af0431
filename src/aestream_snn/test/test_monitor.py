"""Monitoring: the same outputs as without, numbers that agree with what is counted by hand."""

import pytest
import torch
from making_networks import small_network

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.activity import follow
from aestream_snn.models.quantise import quantised
from aestream_snn.monitoring.monitor import Monitor
from aestream_snn.monitoring.weights import read_weights


def test_a_monitored_network_answers_as_one_that_is_not():
    network, sequence = small_network()
    assert torch.equal(Monitor(network).run(sequence), network(sequence))


def test_rates_operations_and_dead_places_are_those_of_the_whole_sequence():
    network, sequence = small_network()
    monitor = Monitor(network)
    monitor.run(sequence)
    _, activity = follow(network, sequence)
    reading = monitor.reading()
    assert [layer.rate for layer in reading.layers] == pytest.approx(activity.rates.tolist())
    assert [layer.dead for layer in reading.layers] == pytest.approx(activity.dead.tolist())
    assert [layer.synops * len(sequence) for layer in reading.layers] == pytest.approx(activity.synops.tolist())


def test_density_is_the_share_of_steps_with_a_spike_and_most_the_largest_number():
    network, sequence = small_network()
    monitor, outputs = Monitor(network), network(sequence)
    monitor.run(sequence)
    last = monitor.reading().layers[-1]
    assert last.density == pytest.approx((outputs > 0).float().mean().item())
    assert last.most == outputs.max()


def test_membranes_beside_16_bits_are_those_of_the_network_in_integers():
    network, sequence = small_network()
    small = quantised(network)
    highest = torch.zeros(3)
    state = small.initial_state()
    for x in sequence:
        _, state = small.step(x, state)
        highest = torch.maximum(highest, torch.stack([v.abs().max() for v in state]))
    monitor = Monitor(network)
    monitor.run(sequence)
    for layer, most in zip(monitor.reading().layers, highest.tolist(), strict=True):
        assert layer.int16 == pytest.approx(most / 32767, rel=0.05)
        assert layer.lowest >= -1.0 - 1e-6


def test_a_silent_network_is_dead_and_one_that_always_spikes_saturated():
    network, sequence = small_network()
    network.weights[0].weight.data.zero_()
    monitor = Monitor(network)
    monitor.run(sequence)
    assert [layer.dead for layer in monitor.reading().layers] == [1, 1, 1]
    for weights in network.weights:
        weights.weight.data.fill_(2.0)
    monitor.reset()
    monitor.run(torch.ones_like(sequence))
    assert [layer.saturated for layer in monitor.reading().layers] == [1, 1, 1]


def test_every_third_step_is_counted_and_every_one_answered():
    network, sequence = small_network()
    monitor = Monitor(network, every=3)
    assert torch.equal(monitor.run(sequence), network(sequence))
    assert monitor.reading().steps == 2
    with pytest.raises(InvalidArgumentError, match="every is 0; it must be 1 or more"):
        Monitor(network, every=0)


def test_a_reading_of_nothing_has_no_layers_and_reset_forgets():
    network, sequence = small_network()
    monitor = Monitor(network)
    assert monitor.reading().layers == ()
    monitor.run(sequence)
    monitor.reset()
    assert monitor.reading().scalars() == {"synops": 0}


def test_scalars_and_distributions_have_names_of_their_layers():
    network, sequence = small_network()
    monitor = Monitor(network, fields=True)
    monitor.run(sequence)
    reading = monitor.reading()
    assert {"layer0/rate", "layer2/int16", "synops"} < set(reading.scalars())
    assert len(reading.distributions()["layer0/rates"]) == 4 * 8 * 8
    assert reading.scalars()["layer1/cancelled"] > 0


def test_weights_are_read_off_the_grid_of_8_bits():
    network, _ = small_network()
    network.weights[2].weight.data.fill_(0.5)
    network.weights[2].weight.data[0, 0] = -0.001
    reading = read_weights(network)
    assert [of.count for of in reading] == [72, 216, 288]
    assert all(sum(of.histogram) == of.count for of in reading)
    assert (reading[2].ratio, reading[2].levels, reading[2].zeros) == (0.5, 2, pytest.approx(1 / 288))
    assert reading[0].snr_db > 30
