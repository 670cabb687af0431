"""Networks from files and from PyTorch."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from speck_cases import branched, random_events
from torch import nn

from aestream_bridge.speck import Network, Twin, from_torch, load_network, plan, save_network
from aestream_bridge.speck.loading.exchange import KEY
from aestream_bridge.speck.loading.layouts import from_state_dict
from aestream_core.errors import FormatError, InvalidArgumentError


class IAF(nn.Module):
    """Neurons as libraries have them: by their attributes."""

    def __init__(self, **attributes: object) -> None:
        super().__init__()
        for name, value in attributes.items():
            setattr(self, name, value)


def equal(one: Network, other: Network) -> bool:
    """Say whether two networks are the same in every field."""
    if (one.name, one.input_shape, one.inputs, one.labels) != (
        other.name,
        other.input_shape,
        other.inputs,
        other.labels,
    ):
        return False
    for a, b in zip(one.layers, other.layers, strict=True):
        same = [np.array_equal(vars(a)[name], vars(b)[name]) for name in vars(a) if name != "biases"]
        biases = (a.biases is None) == (b.biases is None) and (a.biases is None or np.array_equal(a.biases, b.biases))
        if not (all(same) and biases):
            return False
    return True


def test_a_network_is_the_same_after_a_file(tmp_path: Path) -> None:
    network = branched(0)
    save_network(network, tmp_path / "n.safetensors")
    assert equal(load_network(tmp_path / "n.safetensors"), network)


def test_floats_biases_and_labels_are_the_same_after_a_file(tmp_path: Path) -> None:
    modules = nn.Sequential(
        nn.Conv2d(2, 3, 3), IAF(threshold=0.5, v_min=-2.0), nn.AvgPool2d(2), nn.Linear(147, 2), IAF(threshold=1.0)
    )
    network = from_torch(modules, input_shape=(2, 16, 16), name="mine", labels=("a", "b"))
    save_network(network, tmp_path / "n.safetensors")
    loaded = load_network(str(tmp_path / "n.safetensors"))
    assert loaded.labels == ("a", "b")
    assert loaded.layers[0].threshold_low == -2.0
    np.testing.assert_allclose(loaded.layers[1].weights, network.layers[1].weights, rtol=1e-6)
    for one, other in zip(plan(loaded).layers, plan(network).layers, strict=True):
        np.testing.assert_array_equal(one.layer.weights, other.layer.weights)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (None, "has no metadata 'aestream_speck'"),
        ({KEY: "{"}, "its description of the network is damaged"),
        ({KEY: json.dumps({"version": 9})}, "has version 9; it must be 1"),
        ({KEY: json.dumps({"version": 1})}, "is damaged: KeyError"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, metadata: dict[str, str] | None, message: str) -> None:
    path = tmp_path / "n.safetensors"
    save_file({"a": np.ones(3, np.float32)}, str(path), metadata=metadata)
    with pytest.raises(FormatError, match=message):
        load_network(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    for name in ("n.safetensors", "n.pt"):
        (tmp_path / name).write_bytes(b"\x07" * 64)
        with pytest.raises(FormatError, match=f"{name} is not a"):
            load_network(tmp_path / name)


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path: Path) -> None:
    trace = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (trace,)  # type: ignore[return-value]

    torch.save({"0.weight": Trap()}, tmp_path / "n.pt")
    with pytest.raises(FormatError, match="is not a file of weights"):
        load_network(tmp_path / "n.pt")
    assert not trace.exists()


def test_bare_weights_of_no_known_layout_say_what_to_do(tmp_path: Path) -> None:
    torch.save({"0.weight": torch.ones(2, 2)}, tmp_path / "n.pt")
    with pytest.raises(FormatError, match=r"is of no known layout \(gesture\); .* write it with save_network"):
        load_network(tmp_path / "n.pt")
    torch.save(torch.ones(2), tmp_path / "t.pt")
    with pytest.raises(FormatError, match="holds a Tensor; it must be a state dict"):
        load_network(tmp_path / "t.pt")


def test_an_average_becomes_a_sum_by_a_share_of_the_next_weights() -> None:
    modules = [nn.Conv2d(1, 1, 1, bias=False), nn.ReLU(), nn.AvgPool2d(4), nn.Conv2d(1, 2, 2, bias=False), nn.ReLU()]
    network = from_torch(modules, input_shape=(1, 16, 16))
    first, last = network.layers
    assert first.destinations[0].pooling == 4
    np.testing.assert_allclose(last.weights * 16, modules[3].weight.detach().numpy(), rtol=1e-6)


def test_pooling_before_the_first_layer_is_that_of_the_input() -> None:
    network = from_torch([nn.AvgPool2d(2), nn.Conv2d(2, 4, 3), nn.ReLU()], input_shape=(2, 128, 128))
    assert network.inputs[0].pooling == 2
    assert plan(network).layers[0].output_shape == (4, 62, 62)


def test_batch_normalisation_is_merged() -> None:
    conv, norm = nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)
    norm.running_mean, norm.running_var = torch.tensor([0.1, -1.0, 2.0]), torch.tensor([0.5, 1.5, 4.0])
    nn.init.uniform_(norm.weight)
    nn.init.uniform_(norm.bias)
    norm.eval()
    [layer] = from_torch([conv, norm, nn.ReLU()], input_shape=(2, 8, 8)).layers
    maps = torch.rand(1, 2, 8, 8)
    assert layer.biases is not None
    merged = nn.functional.conv2d(maps.double(), torch.from_numpy(layer.weights), torch.from_numpy(layer.biases))
    torch.testing.assert_close(merged.float(), norm(conv(maps)), rtol=1e-5, atol=1e-5)


def test_neurons_are_known_by_their_attributes() -> None:
    reset = type("MembraneReset", (), {})()
    modules = [
        nn.Conv2d(1, 1, 1),
        IAF(spike_threshold=torch.tensor(2.0), min_v_mem=-1.0, reset_fn=reset),
        nn.Dropout(),
        nn.Flatten(),
        nn.Linear(4, 2),
        IAF(threshold=3.0, v_min=None, reset="subtract"),
    ]
    first, last = from_torch(modules, input_shape=(1, 2, 2)).layers
    assert (first.threshold, first.threshold_low, first.reset) == (2.0, -1.0, "zero")
    assert (last.threshold, last.threshold_low, last.reset) == (3.0, None, "subtract")
    assert last.weights.shape == (2, 1, 2, 2)


def test_a_dense_layer_over_a_map_sees_its_inputs_in_the_order_of_flatten() -> None:
    linear = nn.Linear(2 * 3 * 3, 4, bias=False)
    network = from_torch([linear, nn.ReLU()], input_shape=(2, 3, 3))
    events = random_events(200, shape=(2, 3, 3))
    twin = Twin(plan(network).network)
    twin.inject(events)
    whole = plan(network).layers[0].layer
    counts = torch.zeros(2, 3, 3)
    for event in events:
        counts[int(event["feature"]), int(event["y"]), int(event["x"])] += 1
    sums = torch.from_numpy(whole.weights.reshape(4, -1)).float() @ counts.flatten()
    spikes = np.bincount(twin.take()["feature"], minlength=4)
    states = twin.states("layer0").ravel()
    np.testing.assert_array_equal(states + spikes * int(whole.threshold), sums.numpy())


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ([nn.Conv2d(2, 2, 3, stride=(1, 2))], r"module 0: stride is \(1, 2\); it must be one number"),
        ([nn.Conv2d(2, 2, 3, padding="same")], "module 0: padding is 'same'; it must be one number"),
        ([nn.Conv2d(2, 2, 3, dilation=2)], "module 0: dilation and groups must be 1"),
        ([nn.Conv2d(2, 2, 3), nn.AvgPool2d(3, 2)], "module 1: stride is 2; it must be the pooling's size, 3"),
        ([nn.Conv2d(2, 2, 3), nn.MaxPool2d(2)], "module 1 is a MaxPool2d; known are AvgPool2d"),
        ([nn.Linear(7, 2)], "module 0: Linear takes 7 inputs; there are 2x16x16"),
        ([nn.ReLU()], "a network must begin with Conv2d or Linear"),
        ([nn.Flatten()], "the network has no Conv2d or Linear"),
    ],
)
def test_a_module_that_no_chip_could_have_is_named(modules: list[nn.Module], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        from_torch(modules, input_shape=(2, 16, 16))


def test_a_state_dict_needs_every_weight_of_a_layout() -> None:
    with pytest.raises(FormatError, match="a state dict of 1 tensors is of no known layout"):
        from_state_dict({"0.weight": SimpleNamespace(shape=(16, 2, 2, 2))})
