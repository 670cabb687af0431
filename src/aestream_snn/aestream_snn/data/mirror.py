"""Mirrored pictures, and the class that a motion is in the mirror: what goes right then goes left."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aestream_core.errors import UnknownNameError


@dataclass(frozen=True)
class Flips:
    """Which axes are turned round."""

    x: bool = False
    y: bool = False


def draw_flips(flip_x: float, flip_y: float, rng: np.random.Generator) -> Flips:
    """Draw each axis with its probability; an axis of probability 0 draws nothing."""
    return Flips(bool(flip_x) and rng.random() < flip_x, bool(flip_y) and rng.random() < flip_y)


@dataclass(frozen=True)
class Mirrors:
    """What each class is in the mirror.

    Attributes:
        x: for each class, the class that it is with left and right exchanged.
        y: for each class, the class that it is with top and bottom exchanged.
    """

    x: tuple[int, ...]
    y: tuple[int, ...]

    def label(self, label: int, flips: Flips) -> int:
        """Give the class of a mirrored recording."""
        label = self.x[label] if flips.x else label
        return self.y[label] if flips.y else label


def label_in(mirrors: Mirrors | None, label: int, flips: Flips) -> int:
    """Give the class of a mirrored recording; it stays where the data set says nothing of mirrors."""
    return label if mirrors is None else mirrors.label(label, flips)


def exchange(classes: Sequence[str], *pairs: tuple[str, str]) -> tuple[int, ...]:
    """Give for each class its partner's index; a class in no pair is its own.

    Raises:
        UnknownNameError: a name is no class.
    """
    partners = list(range(len(classes)))
    for one, other in pairs:
        for name in (one, other):
            if name not in classes:
                raise UnknownNameError("class", name, tuple(classes))
        i, j = classes.index(one), classes.index(other)
        partners[i], partners[j] = j, i
    return tuple(partners)
