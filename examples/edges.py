"""Live edge detection with spiking neurons, four directions in four colours.

python examples/edges.py                         # the simulator, for 2 s; draws edges.png
python examples/edges.py recording.raw --live    # a recording at its own pace, in a window
"""

import argparse
import math

import matplotlib.pyplot as plt
import torch

import aestream
from aestream_snn import NeuronConfig, event_conv2d, neuron_step

COLOURS = torch.tensor([[1.0, 0.2, 0.2], [1.0, 0.85, 0.1], [0.2, 0.9, 0.3], [0.3, 0.5, 1.0]])
NEURON = NeuronConfig(threshold=1.5, decay=0.6, spikes="single", reset="zero")  # leaks: events must come together


def lines(size: int = 7) -> torch.nn.Conv2d:
    """Make a line between flanks in four directions; weights sum to 0, so that scattered events do not excite."""
    y, x = torch.meshgrid(*2 * [torch.arange(size) - size // 2.0], indexing="ij")
    across = torch.stack([x * math.cos(turn) + y * math.sin(turn) for turn in torch.arange(4) * math.pi / 4])
    weights = torch.exp(-(across**2) / 0.8) - 0.5 * torch.exp(-(across**2) / 6)
    weights -= weights.mean((1, 2), keepdim=True)
    conv = torch.nn.Conv2d(2, 4, size, padding=size // 2, bias=False).requires_grad_(False)
    conv.weight[:] = weights[:, None]  # the same for both polarities
    return conv


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("recording", nargs="?", help="any format that aestream reads (default: the simulator)")
parser.add_argument("--live", action="store_true", help="show a window while it runs; needs a screen")
parser.add_argument("--picture", default="edges.png", help="where the last picture goes")
args = parser.parse_args()
file = {"speed": 1, "filters": ["hot_pixels"]}
sim = {"speed": 1, "scene": "shapes", "rate_hz": 1e6, "duration_us": 2_000_000}
source = aestream.FileInput(args.recording, **file) if args.recording else aestream.SimInput(**sim)
conv, state, trace, shown = lines(), None, torch.zeros(4, source.height, source.width), None
for window in source.tensors(window_us=10_000):
    events = window.tensor[None].cpu().clamp(max=1)  # a pixel that fires on its own is no edge
    spikes, state = neuron_step(event_conv2d(events, conv), state, NEURON)
    trace = 0.7 * trace + spikes[0]  # only for the eye
    picture = (trace.permute(1, 2, 0) @ COLOURS).clamp(0, 1).numpy()
    if args.live:
        shown = shown or plt.imshow(picture)
        shown.set_data(picture)
        plt.pause(0.001)
plt.imsave(args.picture, picture)
