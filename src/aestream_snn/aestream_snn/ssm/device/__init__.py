"""The stream on a GPU: a packet goes through all layers at once, replayed as one CUDA graph. Knows no ROS."""

from aestream_snn.ssm.device.engine import DeviceEngine

__all__ = ["DeviceEngine"]
