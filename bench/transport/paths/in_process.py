"""Inside one process, by reference: the exchange alone, and a whole DriverNode."""

import threading
import time
from collections.abc import Iterator

from rclpy.parameter import Parameter

from aestream_core.events import Events
from aestream_core.exchange import EXCHANGE, Envelope, Subscription
from aestream_driver.ros.node import DriverNode
from aestream_driver.sources import table
from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.decoded import DecodedPacket
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown
from bench.transport.case import Case
from bench.transport.packets import HEIGHT, WIDTH, Schedule
from bench.transport.paths.ros_sides import SETTLE_S, TOPIC
from bench.transport.stamps import Received, Sent, paced

LIMIT_BYTES = 64_000_000


def pacing(case: Case, schedule: Schedule) -> tuple[Sent, Received]:
    """Send nothing: what the benchmark itself costs."""
    sent, received = Sent(), Received(schedule, cpu_clock=time.thread_time)
    for seq in paced(schedule, sent):
        sent.publish_ns.append(time.monotonic_ns())
        received.note(seq, sent.publish_ns[-1], len(schedule.packet(seq)))
    return sent, received


def exchange(case: Case, schedule: Schedule) -> tuple[Sent, Received]:
    """Hand packets from one thread to another."""
    consumer = Consumer(schedule)
    publication = EXCHANGE.advertise(TOPIC)

    sent = Sent()
    for seq in paced(schedule, sent, time.thread_time):
        packet = schedule.packet(seq)
        sent.publish_ns.append(time.monotonic_ns())
        publication.put(Envelope(packet, 0, len(packet)))
        sent.nbytes += packet.nbytes
    publication.close()
    return sent, consumer.finish()


def driver(case: Case, schedule: Schedule) -> tuple[Sent, Received]:
    """Let a DriverNode publish from a source that costs nothing, with its executor running beside it."""
    source = PacedSource(schedule)
    table.SOURCES["sim"] = lambda *_: source
    consumer = Consumer(schedule)
    with ros_process([]):
        options = {"cli_args": ["--ros-args", "-r", f"~/events:={TOPIC}"], "use_global_arguments": False}
        node = DriverNode(parameter_overrides=[Parameter("source", value="sim")], **options)
        executor = make_executor()
        executor.add_node(node)
        spin_until_shutdown(executor, done=lambda: node.finished)
        node.close()
        executor.remove_node(node)
        node.destroy_node()
        executor.shutdown()
    return source.sent, consumer.finish()


class Consumer:
    """A thread that takes packets and looks at them."""

    def __init__(self, schedule: Schedule) -> None:
        """Start it."""
        self._queue: Subscription = EXCHANGE.subscribe(TOPIC, limit_bytes=LIMIT_BYTES)
        self._received = Received(schedule, cpu_clock=time.thread_time)
        self._sizes = [len(packet) for packet in schedule.packets]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finish(self) -> Received:
        """Wait for the last packet, or not longer than it takes to arrive."""
        self._thread.join(SETTLE_S)
        EXCHANGE.unsubscribe(TOPIC, self._queue)
        self._thread.join()
        return self._received

    def _run(self) -> None:
        seq = 0
        while not self._received.done and not self._queue.closed:
            envelope = self._queue.take(0.1)
            if envelope is None or envelope.payload is None:
                continue
            arrived_ns = time.monotonic_ns()
            events = envelope.payload
            assert isinstance(events, Events)
            assert events.address
            self._received.note(seq, arrived_ns, len(events))
            seq += 1


class PacedSource:
    """A source of packets that are ready, each when it is due."""

    width, height = WIDTH, HEIGHT
    encoding, description = "evt3", "packets of the benchmark"
    lossless = False
    invalid_events = dropped_packets = 0
    trouble = None

    def __init__(self, schedule: Schedule) -> None:
        """Keep the schedule."""
        self._schedule = schedule
        self.sent = Sent()

    def __iter__(self) -> Iterator[SourcePacket]:
        """Give every packet when it is due; what the thread costs between two is the driver's."""
        for seq in paced(self._schedule, self.sent, time.thread_time):
            packet = self._schedule.packet(seq)
            self.sent.publish_ns.append(time.monotonic_ns())
            self.sent.nbytes += packet.nbytes
            yield DecodedPacket(packet)

    def close(self) -> None:
        """Nothing to close: the schedule ends by itself."""
