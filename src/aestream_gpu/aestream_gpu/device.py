"""Devices by name."""

import torch

from aestream_core.errors import InvalidArgumentError

DEVICES = ("auto", "cpu", "cuda")
"""What users may ask for; `cuda:1` and so on as well."""


def resolve_device(name: str) -> torch.device:
    """Turn a device name into a device that is there. `auto` is the first GPU, or the CPU where there is none.

    Raises:
        InvalidArgumentError: the name is unknown, or names a GPU that torch does not see.
    """
    if name == "auto":
        return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    if name == "cpu":
        return torch.device("cpu")
    kind, _, index = name.partition(":")
    if kind != "cuda" or (index and not index.isdecimal()):
        raise InvalidArgumentError(f"device is {name!r}; it must be auto, cpu, cuda or cuda:N")
    if not torch.cuda.is_available():
        raise InvalidArgumentError(
            f"device is {name!r}, but torch {torch.__version__} sees no CUDA GPU; use cpu or auto"
        )
    number = int(index or 0)
    if number >= torch.cuda.device_count():
        raise InvalidArgumentError(f"device is {name!r}; there are {torch.cuda.device_count()} GPUs, counted from 0")
    return torch.device("cuda", number)
