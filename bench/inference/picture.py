"""Draw what was shown and what was said, over time."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from aestream_snn.data.simgesture.motions import CLASSES
from aestream_snn.data.simgesture.playing import GESTURE_US, gesture_at
from bench.inference.graph import Seen


def draw(seen: Seen, path: Path) -> float:
    """Draw a run of `source:=gestures`; give the share of the predictions that were right."""
    at_s = np.array([each.t_us for each in seen.said]) / 1e6
    said = np.array([CLASSES.index(each.label) for each in seen.said])
    right = np.array([each.label == gesture_at(each.t_us) for each in seen.said])
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(9, 5), height_ratios=(3, 1), layout="constrained")
    for number in range(int(at_s[-1] * 1e6 // GESTURE_US) + 1):
        label, begin_s = number % len(CLASSES), number * GESTURE_US / 1e6
        above.fill_between([begin_s, begin_s + GESTURE_US / 1e6], label - 0.4, label + 0.4, color="#d8d8d8", lw=0)
    above.plot(at_s[right], said[right], ".", color="#1b7837", ms=4, label=f"right, {right.mean():.0%}")
    above.plot(at_s[~right], said[~right], ".", color="#c51b2b", ms=4, label="other than what is shown")
    above.set_yticks(range(len(CLASSES)), CLASSES)
    above.invert_yaxis()
    above.legend(loc="upper right", title="one point a prediction; grey: what is shown")
    below.plot(at_s, [each.latency_ms for each in seen.said], ".", color="#444444", ms=2)
    below.set(xlabel="sensor time [s]", ylabel="latency [ms]", xlim=(0, at_s[-1]), yscale="log")
    below.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    below.yaxis.set_major_formatter("{x:g}")
    below.yaxis.set_minor_formatter(NullFormatter())
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    return float(right.mean())
