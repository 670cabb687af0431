"""The colours of a picture."""

from __future__ import annotations

# Dark members of Okabe and Ito's palette, which people with any colour vision tell apart; red is kept for losses.
STAGE_COLORS = ("#0072B2", "#B36B00", "#007A59", "#A6517F", "#3A6EA5")
LOSS_COLOR = "#C1121F"
INK_COLOR = "#222222"
DIM_COLOR = "#777777"


def stage_color(index: int) -> str:
    """Return the colour of the stage at that place in the history."""
    return STAGE_COLORS[index % len(STAGE_COLORS)]
