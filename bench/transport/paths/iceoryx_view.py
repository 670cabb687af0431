"""The records themselves through iceoryx2: loaned shared memory, looked at where they lie."""

import contextlib
import ctypes
import signal
import time
from typing import Any

import numpy as np

from aestream_core.events import RECORD_DTYPE
from bench.transport.case import Case
from bench.transport.packets import Schedule
from bench.transport.paths.ros_sides import TOPIC
from bench.transport.stamps import Received, Sent, send_all

QUEUE = 256
MATCH_TIMEOUT_S = 30
POLL_MS = 100


class Head(ctypes.Structure):
    """What stands beside the records."""

    _fields_ = (("seq", ctypes.c_uint64), ("t0_us", ctypes.c_uint64))


def publish(case: Case, schedule: Schedule) -> Sent:
    """Copy every packet's records into loaned memory and wake the subscriber."""
    import iceoryx2 as iox2

    _node, service, wake = services(iox2, case)
    largest = max(packet.nbytes for packet in schedule.packets)
    publisher = service.publisher_builder().initial_max_slice_len(largest).create()
    notifier = wake.notifier_builder().create()
    deadline_s = time.monotonic() + MATCH_TIMEOUT_S
    while not service.dynamic_config.number_of_subscribers:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"no subscriber within {MATCH_TIMEOUT_S} s")
        time.sleep(0.01)
    time.sleep(0.3)

    def send(seq: int, sent: Sent) -> int:
        packet = schedule.packet(seq)
        sent.publish_ns.append(time.monotonic_ns())
        sample = publisher.loan_slice_uninit(packet.nbytes)
        head = sample.user_header().contents
        head.seq, head.t0_us = seq, packet.t0_us
        ctypes.memmove(sample.payload_ptr, packet.address, packet.nbytes)
        sample.assume_init().send()
        notifier.notify()
        return packet.nbytes

    sent = send_all(schedule, send)
    time.sleep(0.3)
    return sent


def receive(case: Case, _: Schedule, received: Received) -> None:
    """View the records of every packet in shared memory."""
    import iceoryx2 as iox2

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    _node, service, wake = services(iox2, case)
    subscriber = service.subscriber_builder().buffer_size(QUEUE).create()
    listener = wake.listener_builder().create()
    while not received.done and not stopped:
        with contextlib.suppress(iox2.ListenerWaitError):  # a signal interrupts the wait
            listener.timed_wait(iox2.Duration.from_millis(POLL_MS))
        drain(subscriber, received)


def drain(subscriber: Any, received: Received) -> None:
    """Take everything that is there."""
    while (sample := subscriber.receive()) is not None:
        arrived_ns = time.monotonic_ns()
        records = np.frombuffer(sample.payload().as_memory_view(), RECORD_DTYPE)
        received.note(sample.user_header().contents.seq, arrived_ns, len(records))
        del records
        sample.delete()


def services(iox2: Any, case: Case) -> tuple[Any, Any, Any]:
    """Open the topic and the event that wakes its subscriber."""
    iox2.set_log_level(iox2.LogLevel.Error)
    node = iox2.NodeBuilder.new().signal_handling_mode(iox2.SignalHandlingMode.Disabled).create(iox2.ServiceType.Ipc)
    name = iox2.ServiceName.new(f"view{TOPIC}")
    service = (
        node.service_builder(name)
        .publish_subscribe(iox2.Slice[ctypes.c_uint8])
        .user_header(Head)
        .payload_alignment(iox2.Alignment.new(8))
        .subscriber_max_buffer_size(QUEUE)
        .enable_safe_overflow(case.reliability != "reliable")
        .open_or_create()
    )
    return node, service, node.service_builder(name).event().open_or_create()
