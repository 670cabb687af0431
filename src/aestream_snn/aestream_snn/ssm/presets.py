"""Sizes of Event-SSM that upstream trained, by name: one row each."""

from dataclasses import replace
from typing import Any

from aestream_core.errors import UnknownNameError
from aestream_snn.ssm.config import SSMConfig

_DVS = {
    "tokens": 128 * 128 * 2, "classes": 11, "block": 16, "stride": 16, "expansion": 2, "conjugate": True,
    "clip": True, "dropout": 0.25,
}  # fmt: skip
_SHD = {"tokens": 700, "classes": 20, "dt_min": 0.004}
_SSC = {"tokens": 700, "classes": 35, "norm": "batch", "conjugate": True, "stride": 8}

PRESETS: dict[str, SSMConfig] = {
    "dvs_small": SSMConfig(width=32, states=128, **_DVS),  # type: ignore[arg-type]
    "dvs_medium": SSMConfig(width=128, states=64, **_DVS),  # type: ignore[arg-type]
    "shd_medium": SSMConfig(width=96, states=128, dropout=0.23, **_SHD),  # type: ignore[arg-type]
    "shd_tiny": SSMConfig(
        width=16, states=16, stages=1, layers=6, stride=32, pooling="time", readout="time", dropout=0.1,
        **_SHD,  # type: ignore[arg-type]
    ),
    "ssc_small": SSMConfig(
        width=64, states=64, stages=1, layers=6, pooling="time", readout="time", dt_min=0.002, dropout=0.27,
        **_SSC,  # type: ignore[arg-type]
    ),
    "ssc_medium": SSMConfig(
        width=96, states=128, block=16, expansion=2, dt_min=0.0015, dropout=0.23,
        **_SSC,  # type: ignore[arg-type]
    ),
}  # fmt: skip
"""Version 0.2 of upstream for DVS: 98.1 % (small) and 99.2 % (medium) on DVS128-Gesture by its own account."""


def preset(name: str, **changes: Any) -> SSMConfig:
    """Give a preset, with some fields changed.

    Raises:
        UnknownNameError: there is no such preset; the message lists them.
        InvalidArgumentError: a changed field is out of bounds.
    """
    if name not in PRESETS:
        raise UnknownNameError("model", name, tuple(PRESETS))
    return replace(PRESETS[name], **changes)
