"""Optional libraries."""

from importlib.util import find_spec

from aestream.cli.checks.base import Finding, version_of

OPTIONAL_LIBRARIES = {
    "neuromorphic_drivers": ("neuromorphic-drivers", "Prophesee EVK3 and EVK4, DAVIS346 and DVXplorer over USB"),
    "dv_processing": ("dv-processing", "iniVation cameras"),
    "iceoryx2": ("iceoryx2", "events between processes through shared memory"),
    "zmq": ("pyzmq", "'output zmq' and 'input zmq'"),
    "websockets": ("websockets", "'output websocket'"),
    "cv2": ("opencv-python-headless", "videos of 'aestream view'"),
    "h5py": ("h5py", "HDF5 data sets"),
    "tonic": ("tonic", "neuromorphic data sets"),
    "nir": ("nir", "exchange of models"),
    "rerun": ("rerun-sdk", "the viewer"),
}
"""Module name -> name on PyPI, and what it is for."""


def check_libraries() -> list[Finding]:
    """Say which optional libraries are there."""
    return [_check_library(module, *row) for module, row in OPTIONAL_LIBRARIES.items()]


def _check_library(module: str, distribution: str, purpose: str) -> Finding:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return Finding(module, "missing", purpose, f"pip install {distribution}")
    return Finding(module, "ok", f"{version_of(distribution) or 'version unknown'}; {purpose}")
