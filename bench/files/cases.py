"""The table of cases: a format, or a variant of one, and the events that its file holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVT3 = "expelliarmus_evt3.raw"
EVT2 = "faery_evt2.raw"
AEDAT4 = "tonic_sample.aedat4"
ES = "faery_dvs.es"
NMNIST = "tonic_nmnist.bin"


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes:
        label: how results call it.
        format: name of the format in our table.
        extension: ending of the file.
        recordings: real recordings to repeat, the best first.
        width: width of the simulated sensor in pixels.
        height: height of the simulated sensor in pixels.
        rate_hz: rate of the simulated sensor.
        options: options of our writer.
        share: number of events, as a share of what is asked for.
        sensor: width and height that the format's camera has, where that is not up to the file.
        span_us: sensor time that the format can hold; events are moved closer together to fit.
    """

    label: str
    format: str
    extension: str
    recordings: tuple[str, ...] = (EVT3,)
    width: int = 1280
    height: int = 720
    rate_hz: float = 20e6
    options: Mapping[str, str] = field(default_factory=dict)
    share: float = 1.0
    sensor: tuple[int, int] | None = None
    span_us: int | None = None


def _aedat4(compression: str) -> Case:
    return Case(
        f"AEDAT4, {compression}", "aedat4", ".aedat4", (AEDAT4, EVT3), 640, 480, 5e6, {"compression": compression}
    )


CASES: Mapping[str, Case] = {
    "evt2": Case("EVT2", "evt2", ".raw", (EVT2, EVT3)),
    "evt21": Case("EVT2.1", "evt21", ".raw", (EVT2, EVT3)),
    "evt3": Case("EVT3", "evt3", ".raw"),
    "dat": Case("DAT", "dat", ".dat"),
    "aedat4_none": _aedat4("none"),
    "aedat4_lz4": _aedat4("lz4"),
    "aedat4_zstd": _aedat4("zstd"),
    "es": Case("ES", "es", ".es", (ES, AEDAT4), 320, 240, 2e6),
    "nmnist": Case("N-MNIST", "nmnist", ".bin", (NMNIST,), 34, 34, 2e6, span_us=1 << 23),
    "csv": Case("CSV", "csv", ".csv", share=0.5),
    "npy": Case("npy", "npy", ".npy"),
    "npz": Case("npz", "npz", ".npz"),
    "hdf5": Case("HDF5", "hdf5", ".h5"),
    "mcap": Case("rosbag2, MCAP", "mcap", ".mcap"),
    "aedat2": Case("AEDAT2", "aedat2", ".aedat", (ES, AEDAT4), 346, 260, 2e6, sensor=(346, 260)),
    "aedat3": Case("AEDAT3", "aedat3", ".aedat", (ES, AEDAT4), 346, 260, 2e6, sensor=(346, 260)),
}
KINDS = ("camera", "real", "simulated")
MODES = ("stream", "whole", "write")
