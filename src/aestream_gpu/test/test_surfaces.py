"""Surfaces: every fast path equals its slow twin."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from surface_cases import CASES, CPU, HEIGHT, WIDTH, WINDOW, Case, random_events

from aestream_core import Events, InvalidArgumentError, SimConfig, UnknownNameError, open_file, open_simulator
from aestream_gpu import SURFACES, Surface, make_surface, resolve_device
from aestream_gpu.surfaces.count import count_ref

if not torch.cuda.is_available():
    # The kernels run through Triton's interpreter then; it must be chosen before Triton is imported.
    os.environ.setdefault("TRITON_INTERPRET", "1")

KERNEL_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
DEVICES = {"cpp": CPU, "triton": KERNEL_DEVICE}
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
each_kernel = pytest.mark.parametrize("kernels", ["cpp", "triton"])


def make(case: Case | str, kernels: str = "cpp", *, width: int = WIDTH, height: int = HEIGHT) -> Surface:
    text = case if isinstance(case, str) else case.text
    return make_surface(text, width=width, height=height, device=DEVICES[kernels], kernels=kernels)


def assert_equals_reference(surface: Surface, case: Case, events: Events, window: tuple[int, int] = WINDOW) -> None:
    expected = case.reference(events, events.width, events.height, window)
    got = surface.read().cpu()
    assert got.shape == expected.shape == (len(surface.channels), events.height, events.width)
    assert got.dtype == torch.float32
    assert ((got - expected).abs() <= case.tolerance * (1 + expected.abs())).all(), case.text


@each_case
@pytest.mark.parametrize(
    ("kernels", "count"), [("cpp", n) for n in (0, 1, 64, 65, 1000, 20_000)] + [("triton", 0), ("triton", 1500)]
)
def test_a_surface_equals_its_reference(case: Case, kernels: str, count: int) -> None:
    events = random_events(count)
    surface = make(case, kernels)
    surface.begin(*WINDOW)
    surface.add(events)
    assert_equals_reference(surface, case, events)
    counters = surface.counters()
    assert (counters.events, counters.invalid_events) == (count, 0)


@each_case
def test_a_surface_equals_its_reference_on_simulated_and_real_events(case: Case, recordings: Path) -> None:
    simulated = next(open_simulator(SimConfig(width=320, height=240, scene="shapes", rate_hz=2e6), packet_events=4000))
    with_late_events = next(open_file(recordings / "expelliarmus_evt3.raw", packet_events=4000))
    for events in (simulated, with_late_events):
        window = (events.first_us, events.last_us + 1)
        surface = make(case, width=events.width, height=events.height)
        surface.begin(*window)
        surface.add(events)
        assert_equals_reference(surface, case, events, window)


@each_case
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 900), max_size=6), seed=st.integers(0, 5))
def test_how_a_window_is_cut_into_packets_changes_nothing(case: Case, cuts: list[int], seed: int) -> None:
    events = random_events(900, seed=seed)
    surface = make(case)
    surface.begin(*WINDOW)
    for first, last in pairwise([0, *sorted(cuts), 900]):
        surface.add(events.split_after(last)[0].split_after(first)[1])
    assert_equals_reference(surface, case, events)


@each_case
@each_kernel
def test_the_next_window_begins_with_zeros_or_with_what_is_remembered(case: Case, kernels: str) -> None:
    surface = make(case, kernels)
    windows = [(0, 1000), (1000, 2000), (50_000, 51_000)]
    packets = [random_events(300, window=window, seed=window[0]) for window in windows]
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    for at, (window, events) in enumerate(zip(windows, packets, strict=True)):
        surface.begin(*window)
        surface.add(events)
        counted = Events.join(packets[: at + 1], width=WIDTH, height=HEIGHT) if case.remembers else events
        assert_equals_reference(surface, case, counted, window)
        seen.append((surface.read(), surface.read().clone()))
    assert all(torch.equal(tensor, copy) for tensor, copy in seen), "what was read stays as it was"


@each_case
@each_kernel
def test_events_outside_the_sensor_add_nothing_and_are_counted(case: Case, kernels: str) -> None:
    wide = random_events(1200, width=2 * WIDTH, height=2 * HEIGHT)
    surface = make(case, kernels)
    surface.begin(*WINDOW)
    surface.add(wide)
    expected = case.reference(wide, WIDTH, HEIGHT, WINDOW)
    assert torch.allclose(surface.read().cpu(), expected, atol=case.tolerance, rtol=case.tolerance)
    array = wide.to_numpy()
    outside = int(((array["x"] >= WIDTH) | (array["y"] >= HEIGHT)).sum())
    assert 0 < outside == surface.counters().invalid_events


@each_case
def test_reset_forgets_every_event(case: Case) -> None:
    surface = make(case)
    surface.begin(*WINDOW)
    surface.add(random_events(500))
    surface.reset()
    surface.begin(*WINDOW)
    assert not surface.read().any()
    assert surface.counters().events == 500, "counters go on"


@each_case
def test_events_before_and_behind_the_window_count_as_its_first_or_last_instant(case: Case) -> None:
    early_and_late = Events.from_numpy(
        t=[0, 999, 11_000, 4_000_000_000], x=[1, 2, 3, 4], y=[1] * 4, p=[0, 1, 0, 1], width=WIDTH, height=HEIGHT
    )
    surface = make(case)
    surface.begin(*WINDOW)
    surface.add(early_and_late)
    assert_equals_reference(surface, case, early_and_late)


@pytest.mark.parametrize("text", ["time_surface:60000000", "tore:3,150,600000000"])
def test_a_memory_lasts_for_hours_of_sensor_time_and_then_forgets(text: str) -> None:
    surface = make(text)
    hour_us = 3_600_000_000
    first = Events.from_numpy(t=[50], x=[3], y=[4], p=[1], width=WIDTH, height=HEIGHT)
    surface.begin(0, 100)
    surface.add(first)
    assert surface.read()[-1 if "time" in text else 3, 4, 3] == pytest.approx(1, abs=1e-5)
    for hour in range(1, 30):
        start_us = hour * hour_us
        late = Events.from_numpy(t=[start_us + 10], x=[5], y=[6], p=[0], width=WIDTH, height=HEIGHT)
        surface.begin(start_us, start_us + 100)
        surface.add(late)
        values = surface.read()
        assert values[0, 6, 5] == pytest.approx(1, abs=1e-5), "new events are exact"
        assert values[:, 4, 3].max() == pytest.approx(0, abs=1e-6), "old ones are forgotten"


def test_off_events_count_in_channel_0_and_on_events_in_channel_1() -> None:
    events = Events.from_numpy(t=[0, 1, 2], x=[1, 2, 2], y=[3, 4, 4], p=[0, 1, 1], width=WIDTH, height=HEIGHT)
    surface = make("count")
    surface.add(events)
    counts = surface.read()
    assert (counts[0, 3, 1].item(), counts[1, 4, 2].item(), counts.sum().item()) == (1, 2, 3)


@pytest.mark.parametrize("count", [10, 500, 30_000])
@pytest.mark.parametrize("mode", ["polarity", "binary", "signed"])
def test_a_recycled_tensor_is_the_next_window_and_starts_with_zeros(count: int, mode: str) -> None:
    surface = make(f"count:{mode}", width=640, height=480)
    for turn in range(3):
        events = random_events(count, width=640, height=480, seed=turn)
        surface.begin(*WINDOW)
        for part in events.split_after(count // 3):
            surface.add(part)
        tensor = surface.read()
        assert torch.equal(tensor, next(c for c in CASES if c.text == "count").reference(events, 640, 480, WINDOW)) or (
            mode != "polarity"
        )
        total = tensor.sum().item()
        address = tensor.data_ptr()
        surface.recycle(tensor)
        surface.begin(*WINDOW)
        assert not surface.read().any()
        assert total == tensor_sum(events, mode)
        assert mode != "polarity" or surface.read().data_ptr() == address


@pytest.mark.parametrize("mode", ["polarity", "binary", "signed"])
def test_a_tensor_given_back_after_the_next_window_began_is_used_for_the_one_behind_it(mode: str) -> None:
    surface = make(f"count:{mode}", width=640, height=480)
    previous: torch.Tensor | None = None
    addresses = set()
    for turn in range(12):
        events = random_events((300, 40_000)[turn % 5 == 3], width=640, height=480, seed=turn)
        surface.begin(*WINDOW)
        surface.add(events.split_after(100)[0])
        if previous is not None:
            addresses.add(previous.data_ptr())
            surface.recycle(previous)
        surface.add(events.split_after(100)[1])
        previous = surface.read()
        assert torch.equal(previous, count_ref(events, width=640, height=480, mode=mode)), turn
    assert len(addresses) <= 3


def test_a_packet_of_many_events_on_a_large_sensor_is_counted_exactly_hot_pixels_too() -> None:
    count = 200_000
    events = random_events(count, width=640, height=480)
    surface = make("count", width=640, height=480)
    expected = torch.zeros(2, 480, 640)
    for turn in range(2):
        surface.begin(*WINDOW)
        for part in (events, events.split_after(1000)[0], events):
            surface.add(part)
            expected += CASES[0].reference(part, 640, 480, WINDOW) if turn == 0 else 0
        assert torch.equal(surface.read(), expected), "over 255 events of a pixel in one packet, and then again"
    assert expected.max() > 10_000


def tensor_sum(events: Events, mode: str) -> float:
    array = events.to_numpy()
    if mode == "signed":
        return float(2 * array["p"].sum() - len(array))
    return float(len(array) if mode == "polarity" else len(np.unique(array[["x", "y", "p"]])))


def test_only_the_surfaces_own_tensor_is_recycled() -> None:
    surface = make("count")
    surface.begin(*WINDOW)
    surface.add(random_events(100))
    foreign = torch.ones(2, HEIGHT, WIDTH)
    surface.recycle(foreign)
    assert foreign.all()
    assert surface.read().sum() == 100


@pytest.mark.parametrize("name", ["time_surface", "voxel_grid", "leaky", "stack", "tore"])
def test_a_surface_that_needs_a_window_says_so(name: str) -> None:
    surface = make(name)
    with pytest.raises(InvalidArgumentError, match=r"call begin\(start_us, end_us\) first"):
        surface.add(random_events(5))


def test_a_window_must_end_after_its_start() -> None:
    with pytest.raises(InvalidArgumentError, match=r"window is \[5, 5\) us; it must end after its start"):
        make("count").begin(5, 5)


@pytest.mark.gpu
@each_case
@pytest.mark.parametrize("count", [0, 1, 1025, 20_000])
def test_a_surface_on_cuda_equals_its_reference_and_copies_each_packet_once(case: Case, count: int) -> None:
    device = torch.device("cuda")
    surface = make_surface(case.text, width=WIDTH, height=HEIGHT, device=device)
    events = random_events(count)
    surface.begin(*WINDOW)
    for part in events.split_after(count // 2):
        surface.add(part)
    assert_equals_reference(surface, case, events)
    assert surface.counters().bytes_copied == 8 * count
    assert surface.counters().copies <= 2


def test_an_unknown_surface_names_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown surface 'voxels'; known: count, event_spike_tensor, leaky, "):
        make("voxels")


def test_every_surface_is_tested_here() -> None:
    assert {case.text.partition(":")[0] for case in CASES} == set(SURFACES)


@pytest.mark.parametrize(
    ("width", "height", "text", "message"),
    [
        (0, 5, "count", "sensor is 0x5; each side must be 1 pixel or more"),
        (40_000, 5, "count", "width is 40000; it must be 1 to 32767"),
        (32_000, 32_000, "voxel_grid:64", "a tensor may have 2147483647"),
    ],
)
def test_an_impossible_sensor_is_refused(width: int, height: int, text: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        make(text, width=width, height=height)


@pytest.mark.parametrize("name", ["gpu", "cuda:x", ""])
def test_an_unknown_device_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"device is '{name}'; it must be auto, cpu, cuda or cuda:N"):
        resolve_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_cuda_without_a_gpu_is_refused_and_auto_falls_back() -> None:
    with pytest.raises(InvalidArgumentError, match="sees no CUDA GPU; use cpu or auto"):
        resolve_device("cuda")
    assert resolve_device("auto") == CPU
