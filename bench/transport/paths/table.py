"""The table of paths: a new one is a module and a row."""

from bench.transport.paths import dds, iceoryx, in_process, plain
from bench.transport.paths.base import Path

PATHS = {
    "pacing": Path("pacing alone", latency="nothing", both=in_process.pacing),
    "plain": Path(
        "DDS, plain rclpy, bytes only",
        latency="publish, transport, message to Python",
        publish=plain.publish,
        receive=plain.receive,
    ),
    "dds": Path(
        "DDS, EventPacket",
        latency="publish, transport, message to Python, decoding",
        publish=dds.publish,
        receive=dds.receive,
    ),
    "exchange": Path("in process, Exchange", latency="put, thread wakes", both=in_process.exchange),
    "driver": Path("in process, DriverNode", latency="driver's pump, put, thread wakes", both=in_process.driver),
    "iceoryx2": Path(
        "iceoryx2, records",
        latency="one copy into shared memory, notify, process wakes",
        publish=iceoryx.publish,
        receive=iceoryx.receive,
    ),
}
