"""Topics beside the events: `~/imu`, `~/image_raw`, `~/trigger` and `~/camera_info`."""

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from aestream_msgs.msg import Trigger
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image, Imu

from aestream_core.camera_info import CameraInfo as Calibration
from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.side import CameraFrame, SideData
from aestream_ros.conversions import assign_bytes, header

QUEUE = QoSProfile(depth=100)
CAMERA_INFO_PERIOD_S = 1.0
"""Time between two messages on `~/camera_info` where no frames come that carry it along."""

_ENCODINGS = {("uint8", 2): "mono8", ("uint16", 2): "mono16", ("uint8", 3): "bgr8", ("uint16", 3): "bgr16"}


class SideTopics:
    """Publishes what a camera delivers beside events, each topic only while somebody listens."""

    def __init__(self, node: Node, delivers: tuple[str, ...], calibration: Calibration, frame_id: str) -> None:
        """Announce the topics of a camera.

        Args:
            node: whose topics they are.
            delivers: what the camera gives: some of "imu", "frames", "triggers".
            calibration: what `~/camera_info` says.
            frame_id: frame of the sensor.
        """
        self._node = node
        self._frame_id = frame_id
        self._calibration = calibration
        self._informed_s = float("-inf")
        self._imu = self._publisher(Imu, "~/imu", "imu" in delivers)
        self._image = self._publisher(Image, "~/image_raw", "frames" in delivers)
        self._trigger = self._publisher(Trigger, "~/trigger", "triggers" in delivers)
        self._info = self._publisher(CameraInfo, "~/camera_info", True)

    def deliver(self, packet: SourcePacket, zero_ns: int) -> None:
        """Publish what came with a packet, each message with the time of its own record.

        Args:
            packet: what the camera gave.
            zero_ns: host time in ns of sensor time 0, as the stamp of the packet says it.
        """
        if any(_heard(each) for each in (self._imu, self._image, self._trigger)):
            self._publish(packet.side(), zero_ns)
        if _heard(self._info) and time.monotonic() - self._informed_s > CAMERA_INFO_PERIOD_S:
            self._inform(zero_ns + packet.last_us * 1000)

    def close(self) -> None:
        """Leave the topics."""
        for publisher in (self._imu, self._image, self._trigger, self._info):
            if publisher is not None:
                self._node.destroy_publisher(publisher)

    def _publisher(self, kind: type[Any], topic: str, wanted: bool) -> Any:
        return self._node.create_publisher(kind, topic, QUEUE) if wanted else None

    def _publish(self, side: SideData, zero_ns: int) -> None:
        if _heard(self._imu):
            for sample in side.imu:
                self._imu.publish(imu_message(sample, zero_ns, self._frame_id))
        if _heard(self._trigger):
            for edge in side.triggers:
                self._trigger.publish(trigger_message(edge, zero_ns, self._frame_id))
        if _heard(self._image):
            for frame in side.frames:
                self._image.publish(image_message(frame, zero_ns, self._frame_id))
                self._inform(zero_ns + frame.start_us * 1000)

    def _inform(self, stamp_ns: int) -> None:
        if _heard(self._info):
            self._informed_s = time.monotonic()
            self._info.publish(camera_info_message(self._calibration, stamp_ns, self._frame_id))


def imu_message(sample: npt.NDArray[np.void], zero_ns: int, frame_id: str) -> Imu:
    """Make a message of one record of `IMU_DTYPE`; orientation and covariances are not known, as REP 145 says it."""
    message = Imu(header=header(zero_ns + int(sample["t"]) * 1000, frame_id))
    message.orientation_covariance[0] = -1.0
    for value, axis in zip(sample["acceleration"], "xyz", strict=True):
        setattr(message.linear_acceleration, axis, float(value))
    for value, axis in zip(sample["rotation"], "xyz", strict=True):
        setattr(message.angular_velocity, axis, float(value))
    return message


def trigger_message(edge: npt.NDArray[np.void], zero_ns: int, frame_id: str) -> Trigger:
    """Make a message of one record of `TRIGGER_DTYPE`."""
    return Trigger(
        header=header(zero_ns + int(edge["t"]) * 1000, frame_id),
        t_us=int(edge["t"]),
        id=int(edge["id"]),
        rising=bool(edge["rising"]),
    )


def image_message(frame: CameraFrame, zero_ns: int, frame_id: str) -> Image:
    """Make a message of a frame, with the time at which its exposure began."""
    pixels = np.ascontiguousarray(frame.pixels)
    message = Image(
        header=header(zero_ns + frame.start_us * 1000, frame_id),
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=_ENCODINGS[pixels.dtype.name, pixels.ndim],
        is_bigendian=False,
        step=pixels.strides[0],
    )
    assign_bytes(message, "data", pixels.reshape(-1).view(np.uint8))
    return message


def camera_info_message(calibration: Calibration, stamp_ns: int, frame_id: str) -> CameraInfo:
    """Make a message of a calibration."""
    return CameraInfo(
        header=header(stamp_ns, frame_id),
        width=calibration.width,
        height=calibration.height,
        distortion_model=calibration.model,
        d=calibration.distortion.ravel().tolist(),
        k=calibration.camera_matrix.ravel().tolist(),
        r=calibration.rectification.ravel().tolist(),
        p=calibration.projection.ravel().tolist(),
    )


def _heard(publisher: Any) -> bool:
    return publisher is not None and publisher.get_subscription_count() > 0
