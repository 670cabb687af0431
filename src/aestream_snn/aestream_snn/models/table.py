"""The table of models: a new one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass

from aestream_core.errors import UnknownNameError
from aestream_snn.models.base import StepModel
from aestream_snn.models.conv_iaf import conv_iaf, conv_iaf_deep
from aestream_snn.models.histogram_cnn import HistogramCnn


@dataclass(frozen=True)
class Model:
    """One model.

    Attributes:
        make: makes it from (channels, height, width) of a frame and the number of classes.
        help: what it is, in one line.
    """

    make: Callable[..., StepModel]
    help: str


MODELS: dict[str, Model] = {
    "conv_iaf": Model(conv_iaf, "two convolutions and a dense layer of integrate-and-fire neurons"),
    "conv_iaf_deep": Model(conv_iaf_deep, "three padded convolutions and a dense layer of integrate-and-fire neurons"),
    "histogram_cnn": Model(HistogramCnn, "control: an ordinary network that sees the sum of all frames, and no time"),
}


def make_model(name: str, input_shape: tuple[int, int, int], classes: int) -> StepModel:
    """Make a model by name.

    Raises:
        UnknownNameError: no such model; lists those that there are.
        InvalidArgumentError: the frames are too small for its layers.
    """
    if name not in MODELS:
        raise UnknownNameError("model", name, tuple(MODELS))
    return MODELS[name].make(input_shape, classes)
