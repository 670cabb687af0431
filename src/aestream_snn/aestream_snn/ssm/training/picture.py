"""The curve of a run as a picture."""

from collections.abc import Sequence
from pathlib import Path

from aestream_snn.ssm.training.trainer import Epoch

BLUE, ORANGE, GREY = "#3b7dd8", "#d8703b", "#888888"


def draw_curve(curve: Sequence[Epoch], path: Path, *, title: str, test: float, classes: int) -> None:
    """Draw accuracy and loss over epochs.

    Args:
        curve: the epochs.
        path: ends in .png, .svg or .pdf.
        title: stands above.
        test: share of the test recordings that the best epoch's model is right about.
        classes: their number; guessing is right about one in so many.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.6), layout="constrained")
    right, loss = figure.subplots(1, 2)
    numbers, shares = [each.number for each in curve], [100 * each.validation for each in curve]
    best = max(curve, key=lambda each: (each.validation, each.number))
    right.plot(numbers, shares, color=BLUE, marker="o", markersize=3, label="validation")
    right.plot(best.number, 100 * test, "D", color=ORANGE, label=f"test: {test:.1%}, epoch {best.number}")
    right.axhline(100 / classes, color=GREY, linestyle=":", label="guessing")
    right.set(xlabel="epoch", ylabel="recordings told right, %", ylim=(0, 102))
    loss.plot(numbers, [each.loss for each in curve], color=BLUE, marker="o", markersize=3)
    loss.set(xlabel="epoch", ylabel="loss in training: cross entropy", ylim=(0, None))
    for axes in (right, loss):
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
    right.legend(frameon=False, loc="center right")
    figure.suptitle(f"{title}, {curve[-1].seconds:.0f} s")
    figure.savefig(path, dpi=130)
