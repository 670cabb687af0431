"""Surfaces: every fast path equals its slow twin."""

import os

import numpy as np
import pytest
import torch

from aestream_core import Events, InvalidArgumentError, UnknownNameError
from aestream_gpu import SURFACES, make_surface, resolve_device
from aestream_gpu.surfaces.count import count_ref

if not torch.cuda.is_available():
    # The kernels run through Triton's interpreter then; it must be chosen before Triton is imported.
    os.environ.setdefault("TRITON_INTERPRET", "1")

CPU = torch.device("cpu")
KERNEL_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
WIDTH, HEIGHT = 37, 23


def random_events(count: int, *, width: int = WIDTH, height: int = HEIGHT, seed: int = 0) -> Events:
    rng = np.random.default_rng(seed)
    return Events.from_numpy(
        t=np.sort(rng.integers(0, 10_000, count)),
        x=rng.integers(0, width, count),
        y=rng.integers(0, height, count),
        p=rng.integers(0, 2, count),
        width=width,
        height=height,
    )


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 50_000])
def test_the_cpu_count_surface_equals_its_reference(count: int) -> None:
    events = random_events(count)
    surface = make_surface("count", width=WIDTH, height=HEIGHT, device=CPU)
    surface.add(events)
    assert torch.equal(surface.read(), count_ref(events, width=WIDTH, height=HEIGHT))
    assert surface.read().sum() == count
    assert surface.counters().bytes_copied == 0


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 5000])
def test_the_triton_count_kernel_equals_its_reference(count: int) -> None:
    from aestream_gpu.surfaces.count_triton import count_triton

    events = random_events(count)
    frame = torch.zeros(2, HEIGHT, WIDTH, device=KERNEL_DEVICE)
    invalid = torch.zeros(1, dtype=torch.int32, device=KERNEL_DEVICE)
    count_triton(torch.from_dlpack(events).to(KERNEL_DEVICE), frame, invalid)
    assert torch.equal(frame.cpu(), count_ref(events, width=WIDTH, height=HEIGHT))
    assert invalid.item() == 0


def test_events_outside_the_frame_add_nothing_and_are_counted_by_both_kernels() -> None:
    from aestream_gpu.surfaces.count_triton import count_triton

    events = random_events(2000, width=2 * WIDTH, height=HEIGHT)
    expected = count_ref(events, width=WIDTH, height=HEIGHT)
    surface = make_surface("count", width=WIDTH, height=HEIGHT, device=CPU)
    surface.add(events)
    frame = torch.zeros(2, HEIGHT, WIDTH, device=KERNEL_DEVICE)
    invalid = torch.zeros(1, dtype=torch.int32, device=KERNEL_DEVICE)
    count_triton(torch.from_dlpack(events).to(KERNEL_DEVICE), frame, invalid)
    assert torch.equal(surface.read(), expected)
    assert torch.equal(frame.cpu(), expected)
    assert surface.counters().invalid_events == invalid.item() == 2000 - int(expected.sum())


def test_off_events_count_in_channel_0_and_on_events_in_channel_1() -> None:
    events = Events.from_numpy(t=[0, 1, 2], x=[1, 2, 2], y=[3, 4, 4], p=[0, 1, 1], width=WIDTH, height=HEIGHT)
    surface = make_surface("count", width=WIDTH, height=HEIGHT, device=CPU)
    surface.add(events)
    counts = surface.read()
    assert (counts[0, 3, 1].item(), counts[1, 4, 2].item(), counts.sum().item()) == (1, 2, 3)


def test_reset_begins_a_new_tensor_and_leaves_the_one_that_was_read() -> None:
    surface = make_surface("count", width=WIDTH, height=HEIGHT, device=CPU)
    surface.add(random_events(100))
    first = surface.read()
    surface.reset()
    assert (first.sum().item(), surface.read().sum().item()) == (100, 0)


@pytest.mark.gpu
@pytest.mark.parametrize("count", [0, 1, 1025, 2_000_000])
def test_the_cuda_count_surface_equals_its_reference(count: int) -> None:
    events = random_events(count, width=640, height=480)
    surface = make_surface("count", width=640, height=480, device=torch.device("cuda"))
    surface.add(events)
    assert torch.equal(surface.read().cpu(), count_ref(events, width=640, height=480))
    assert surface.counters().bytes_copied == 8 * count


def test_an_unknown_surface_names_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown surface 'voxels'; known: count"):
        make_surface("voxels", width=1, height=1, device=CPU)
    assert "count" in SURFACES


def test_an_impossible_sensor_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="sensor is 0x5"):
        make_surface("count", width=0, height=5, device=CPU)


@pytest.mark.parametrize("name", ["gpu", "cuda:x", ""])
def test_an_unknown_device_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"device is '{name}'; it must be auto, cpu, cuda or cuda:N"):
        resolve_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_cuda_without_a_gpu_is_refused_and_auto_falls_back() -> None:
    with pytest.raises(InvalidArgumentError, match="sees no CUDA GPU; use cpu or auto"):
        resolve_device("cuda")
    assert resolve_device("auto") == CPU
