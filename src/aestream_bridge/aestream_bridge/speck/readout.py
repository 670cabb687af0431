"""From spikes of the last layer to predictions: the class that spiked most in a window of sensor time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_bridge.speck.network import Array


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one window said.

    Attributes:
        start_us: begin of the window in sensor time, inclusive.
        end_us: its end, exclusive.
        scores: (classes,) float32, spikes of each class.
        best: class with the most spikes, the first of equals.
    """

    start_us: int
    end_us: int
    scores: npt.NDArray[np.float32]
    best: int

    @property
    def nbytes(self) -> int:
        """Bytes of the scores, as the exchange asks."""
        return self.scores.nbytes


class Readout:
    """Counts spikes a class and window.

    Attributes:
        silent: windows in which no class spiked; they give no prediction.
    """

    def __init__(self, classes: int, *, layer: int, window_us: int) -> None:
        """Prepare for the spikes of layer `layer` of the network; windows begin at multiples of `window_us`."""
        self.silent = 0
        self._classes = classes
        self._layer = layer
        self._window_us = window_us
        self._number: int | None = None
        self._counts = np.zeros(classes, np.int64)

    def add(self, spikes: Array, now_us: int) -> list[Prediction]:
        """Count spikes, and give the windows that ended before `now_us`, the sensor time of the newest input.

        Spikes of a window that ended count into the open one; a clock that jumped back begins anew.
        """
        if self._number is not None and now_us // self._window_us < self._number - 1:
            self._number = None
            self._counts[:] = 0
        spikes = spikes[(spikes["layer"] == self._layer) & (spikes["feature"] < self._classes)]
        done: list[Prediction] = []
        numbers = spikes["t"] // self._window_us
        for number in np.unique(numbers):
            done += self._turn(int(number))
            self._counts += np.bincount(spikes["feature"][numbers == number], minlength=self._classes)
        return done + self._turn(now_us // self._window_us)

    def flush(self) -> list[Prediction]:
        """Give the open window, if anything spiked in it."""
        return [] if self._number is None else self._turn(self._number + 1)

    def _turn(self, number: int) -> list[Prediction]:
        """Go on to a window; give the one that was open if it ended."""
        if self._number is None:
            self._number = number
        if number <= self._number:
            return []
        start_us, counts = self._number * self._window_us, self._counts
        self._number, self._counts = number, np.zeros(self._classes, np.int64)
        if not counts.any():
            self.silent += 1
            return []
        scores = counts.astype(np.float32)
        return [Prediction(start_us, start_us + self._window_us, scores, int(scores.argmax()))]
