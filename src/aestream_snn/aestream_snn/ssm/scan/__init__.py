"""h_t = a_t h_{t-1} + x_t for irregular steps: `scan_fn` (fast, with its own backward) and `scan_ref` (a loop)."""

from aestream_snn.ssm.scan.function import Backend, scan_fn
from aestream_snn.ssm.scan.reference import scan_ref

__all__ = ["Backend", "scan_fn", "scan_ref"]
