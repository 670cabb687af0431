"""What looking inside the network costs InferenceNode: a step of the shipped network, watched and not.

`python -m bench monitor`, one thread; processor time; the shortest of 24 turns of 320 steps each, candidates in turn.
"""

import time

import torch

from aestream_snn.online.config import InferenceConfig
from aestream_snn.online.frame_model import FrameModel
from aestream_snn.online.loading import load_online

TURNS, STEPS = 24, 1024
DEFAULT = InferenceConfig().monitor_every


def model_watched(every: int) -> FrameModel:
    """Load the shipped network."""
    model = load_online("simgesture", device=torch.device("cpu"))
    assert isinstance(model, FrameModel)
    model.watch(every)
    return model


def turn_us(model: FrameModel, windows: list[torch.Tensor]) -> float:
    """Time a turn; give µs of processor time a step, readings included."""
    model.reset()
    start_s = time.thread_time()
    for number in range(STEPS):
        model.step(windows[number % len(windows)])
    return (time.thread_time() - start_s) / STEPS * 1e6


def main() -> None:
    """Run and print."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    windows = [torch.poisson(torch.full((2, 128, 128), 0.02), generator=generator) for _ in range(32)]
    models = {every: model_watched(every) for every in (0, 1, DEFAULT, 64)}
    times = {every: [] for every in models}
    for _ in range(TURNS):
        for every, model in models.items():
            times[every].append(turn_us(model, windows))
    scores = {every: model.scores().tolist() for every, model in models.items()}
    assert all(each == scores[0] for each in scores.values())
    print("\na step of the network `simgesture`, watched at one of so many steps")
    for every, taken in times.items():
        print(f"  {every or 'none':>4}  {min(taken):7.1f} us  {min(taken) / min(times[0]) - 1:+7.1%}")


if __name__ == "__main__":
    main()
