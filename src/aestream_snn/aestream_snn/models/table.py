"""The table of models: a new one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from aestream_core.errors import UnknownNameError
from aestream_snn.models.conv_iaf import conv_iaf


@dataclass(frozen=True)
class Model:
    """One model.

    Attributes:
        make: makes it from (channels, height, width) of a frame and the number of classes.
        help: what it is, in one line.
    """

    make: Callable[..., nn.Module]
    help: str


MODELS: dict[str, Model] = {
    "conv_iaf": Model(conv_iaf, "two convolutions and a dense layer of integrate-and-fire neurons"),
}


def make_model(name: str, input_shape: tuple[int, int, int], classes: int) -> nn.Module:
    """Make a model by name.

    Raises:
        UnknownNameError: no such model; lists those that there are.
        InvalidArgumentError: the frames are too small for its layers.
    """
    if name not in MODELS:
        raise UnknownNameError("model", name, tuple(MODELS))
    return MODELS[name].make(input_shape, classes)
