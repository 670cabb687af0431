"""Events through shared memory with iceoryx2: records as they are, one copy in, one copy out, nothing encoded.

The copy out is deliberate: a subscriber that queues packets, or dies with them, holds none of the publisher's memory.
What is measured, and why: docs/adr/0010-transport.md.
"""

import ctypes
import os
from typing import Any

from aestream_core.errors import AestreamError
from aestream_core.events import RECORD_BYTES, Events
from aestream_core.transports.base import Arrival

QUEUE_PACKETS = 256
"""Packets that wait for a subscriber; the oldest gives way to the newest, and is counted by the subscriber."""

MAX_SUBSCRIBERS = 8
FIRST_EVENTS = 24_576
"""Events that a packet holds before iceoryx2 makes its segment larger; the driver's own limit."""


class Head(ctypes.Structure):
    """What stands beside a packet's records; `events_before` counts those sent before, so that losses are counted."""

    _fields_ = (
        ("seq", ctypes.c_uint64),
        ("events_before", ctypes.c_uint64),
        ("t0_us", ctypes.c_uint64),
        ("stamp_ns", ctypes.c_uint64),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
    )


class IceoryxSender:
    """Publishes packets for processes of this machine."""

    def __init__(self, topic: str) -> None:
        """Open the topic.

        Raises:
            AestreamError: iceoryx2 is not installed, or refuses; the message says why.
        """
        self._service = _Service(topic)
        with self._service.failures():
            builder = self._service.packets.publisher_builder()
            strategy = self._service.library.AllocationStrategy.PowerOfTwo
            builder = builder.initial_max_slice_len(FIRST_EVENTS * RECORD_BYTES).allocation_strategy(strategy)
            self._publisher = builder.create()
            self._notifier = self._service.wake.notifier_builder().create()
        self._seq = self._events = 0

    @property
    def subscribers(self) -> int:
        """Count those who listen now."""
        return int(self._service.packets.dynamic_config.number_of_subscribers)

    def send(self, events: Events, stamp_ns: int) -> None:
        """Copy a packet into shared memory and wake every subscriber."""
        with self._service.failures():
            sample = self._publisher.loan_slice_uninit(events.nbytes)
            _fill(sample.user_header_ptr, self._seq, self._events, events, stamp_ns)
            ctypes.memmove(sample.payload_ptr, events.address, events.nbytes)
            sample.assume_init().send()
            self._notifier.notify()
        self._seq += 1
        self._events += len(events)

    def close(self) -> None:
        """Leave the topic."""
        self._notifier.delete()
        self._publisher.delete()


class IceoryxReceiver:
    """Takes the packets of a publisher of this machine.

    Attributes:
        lost_packets: packets that were sent while this end listened and never came.
        lost_events: events in them.
    """

    def __init__(self, topic: str) -> None:
        """Open the topic.

        Raises:
            AestreamError: iceoryx2 is not installed, or refuses; the message says why.
        """
        self.lost_packets = self.lost_events = 0
        self._next: tuple[int, int] | None = None
        self._service = _Service(topic)
        with self._service.failures():
            self._subscriber = self._service.packets.subscriber_builder().buffer_size(QUEUE_PACKETS).create()
            self._listener = self._service.wake.listener_builder().create()

    @property
    def publishers(self) -> int:
        """Count those who may send now."""
        return int(self._service.packets.dynamic_config.number_of_publishers)

    def forget_dead(self) -> None:
        """Count publishers out whose processes were killed."""
        self._service.forget_dead()

    def take(self, timeout_s: float) -> list[Arrival]:
        """Give what has come, oldest first; waits for the first."""
        with self._service.failures():
            arrivals = self._drain()
            if not arrivals:
                self._wait(timeout_s)
                arrivals = self._drain()
        return arrivals

    def close(self) -> None:
        """Leave the topic."""
        self._listener.delete()
        self._subscriber.delete()

    def _wait(self, timeout_s: float) -> None:
        library = self._service.library
        try:
            self._listener.timed_wait(library.Duration.from_millis(max(1, round(timeout_s * 1000))))
        except library.ListenerWaitError:  # a signal interrupted the wait; whoever calls looks at that
            return

    def _drain(self) -> list[Arrival]:
        arrivals = []
        while (sample := self._subscriber.receive()) is not None:
            arrivals.append(self._arrival(sample))
            sample.delete()
        return arrivals

    def _arrival(self, sample: Any) -> Arrival:
        head = Head.from_address(sample.user_header_ptr)
        records = (ctypes.c_uint8 * sample.header.number_of_elements).from_address(sample.payload_ptr)
        events = Events.from_records(records, t0_us=head.t0_us, width=head.width, height=head.height)
        self._count_gap(int(head.seq), int(head.events_before), len(events))
        return Arrival(events, int(head.stamp_ns))

    def _count_gap(self, seq: int, events_before: int, events: int) -> None:
        # A publisher that started again counts from 0.
        if self._next is not None and seq > self._next[0]:
            self.lost_packets += seq - self._next[0]
            self.lost_events += events_before - self._next[1]
        self._next = (seq + 1, events_before + events)


class _Service:
    """A topic: packets, and the event that wakes those who wait for them."""

    def __init__(self, topic: str) -> None:
        self.library = iox2 = import_library()
        self._topic = topic
        name = f"aestream/{os.environ.get('ROS_DOMAIN_ID') or 0}{topic}"
        iox2.set_log_level(iox2.LogLevel.Error)
        with self.failures():
            # The node's own signal handlers would keep those of the process from being called.
            builder = iox2.NodeBuilder.new().signal_handling_mode(iox2.SignalHandlingMode.Disabled)
            self._node = builder.create(iox2.ServiceType.Ipc)
            service = self._node.service_builder(iox2.ServiceName.new(name))
            self.packets = (
                service.publish_subscribe(iox2.Slice[ctypes.c_uint8])
                .user_header(Head)
                .payload_alignment(iox2.Alignment.new(RECORD_BYTES))
                .subscriber_max_buffer_size(QUEUE_PACKETS)
                .max_subscribers(MAX_SUBSCRIBERS)
                .enable_safe_overflow(True)
                .open_or_create()
            )
            service = self._node.service_builder(iox2.ServiceName.new(name))
            self.wake = service.event().max_listeners(MAX_SUBSCRIBERS).open_or_create()

    def forget_dead(self) -> None:
        """Remove what killed processes left behind."""
        with self.failures():
            self._node.try_cleanup_dead_nodes()

    def failures(self) -> "_Failures":
        """Turn the library's errors into the suite's."""
        return _Failures(self._topic)


class _Failures:
    """A with block whose errors of iceoryx2 become `AestreamError`; one object, for it stands around every packet."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is not None and kind is not None and "iceoryx2" in kind.__module__:
            raise AestreamError(f"iceoryx2 fails on {self._topic}: {kind.__name__}: {error}") from error


def _fill(address: int, seq: int, events_before: int, events: Events, stamp_ns: int) -> None:
    head = Head.from_address(address)
    head.seq, head.events_before, head.t0_us, head.stamp_ns = seq, events_before, events.t0_us, stamp_ns
    head.width, head.height = events.width, events.height


def import_library() -> Any:
    """Import iceoryx2.

    Raises:
        AestreamError: it is not installed; the message says what to do.
    """
    try:
        import iceoryx2
    except ImportError as error:
        message = "transport is 'iceoryx2', which is not installed: pip install iceoryx2, or choose transport dds"
        raise AestreamError(f"{message} ({error})") from error
    return iceoryx2
