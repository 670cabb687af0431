"""The table of paths: a new one is a module and a row."""

from bench.transport.paths import dds, iceoryx_view, in_process, plain, shared
from bench.transport.paths.base import Path

PATHS = {
    "pacing": Path("pacing alone", latency="nothing", both=in_process.pacing),
    "plain": Path(
        "DDS, plain rclpy",
        latency="publish, transport, message to Python",
        publish=plain.publish,
        receive=plain.receive,
    ),
    "dds": Path(
        "DDS, EventPacket",
        latency="publish, transport, decoding",
        publish=dds.publish,
        receive=dds.receive,
    ),
    "dds message": Path(
        "DDS, EventPacket, not raw",
        latency="publish, transport, message to Python, decoding",
        publish=dds.publish,
        receive=dds.receive_message,
    ),
    "exchange": Path("in process, Exchange", latency="put, thread wakes", both=in_process.exchange),
    "driver": Path("in process, DriverNode", latency="driver's pump, put, thread wakes", both=in_process.driver),
    "iceoryx2": Path(
        "iceoryx2, transport of the nodes",
        latency="copy into shared memory, process wakes, copy out",
        publish=shared.publish,
        receive=shared.receive,
    ),
    "iceoryx2 view": Path(
        "iceoryx2, viewed in place",
        latency="copy into shared memory, process wakes",
        publish=iceoryx_view.publish,
        receive=iceoryx_view.receive,
    ),
}
