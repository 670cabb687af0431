"""Events through the suite's own transport over iceoryx2."""

import signal
import time

from aestream_core.transports.table import open_receiver, open_sender
from bench.transport.case import Case
from bench.transport.packets import Schedule
from bench.transport.paths.ros_sides import MATCH_TIMEOUT_S, SETTLE_S, TOPIC
from bench.transport.stamps import Received, Sent, send_all

POLL_S = 0.1


def publish(_: Case, schedule: Schedule) -> Sent:
    """Send as DriverNode does."""
    sender = open_sender("iceoryx2", TOPIC)
    assert sender is not None
    deadline_s = time.monotonic() + MATCH_TIMEOUT_S
    while not sender.subscribers:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"no subscriber within {MATCH_TIMEOUT_S} s")
        time.sleep(0.01)
    time.sleep(SETTLE_S)

    def send(seq: int, sent: Sent) -> int:
        packet = schedule.packet(seq)
        sent.publish_ns.append(time.monotonic_ns())
        sender.send(packet, seq)
        return packet.nbytes

    sent = send_all(schedule, send)
    time.sleep(SETTLE_S)
    sender.close()
    return sent


def receive(_: Case, __: Schedule, received: Received) -> None:
    """Take as AccumulatorNode does; the stamp carries the packet's number."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    receiver = open_receiver("iceoryx2", TOPIC)
    assert receiver is not None
    while not received.done and not stopped:
        for arrival in receiver.take(POLL_S):
            received.note(arrival.stamp_ns, time.monotonic_ns(), len(arrival.events))
    receiver.close()
