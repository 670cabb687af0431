"""What a stage says of itself: readings turned into StreamStatus and diagnostics."""

from dataclasses import dataclass

from aestream_msgs.msg import StreamStatus
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from std_msgs.msg import Header


@dataclass(frozen=True, kw_only=True)
class StageReading:
    """Counters of one stage at one moment; all totals since the stage was configured.

    Attributes:
        events: events handled.
        packets: packets handled.
        products: tensors or predictions given out.
        dropped_events: events lost here, where they could be counted.
        dropped_packets: packets lost here (full queue, gap in the sequence numbers).
        invalid_events: events outside the sensor, left out.
        late_events: events older than a window that was already closed.
        queue_bytes: bytes waiting now.
        queue_limit_bytes: bytes at which the queue is full.
        latency_ms: median and 99th percentile over the last period; NaN where nothing was timed.
        bytes_copied: bytes of event data copied.
        t_us: sensor time in µs of the newest event.
        device: where the stage computes; empty where it does not.
        filtered_events: events that filters of the stage held back, as they were told to.
    """

    events: int = 0
    packets: int = 0
    products: int = 0
    dropped_events: int = 0
    dropped_packets: int = 0
    invalid_events: int = 0
    late_events: int = 0
    queue_bytes: int = 0
    queue_limit_bytes: int = 0
    latency_ms: tuple[float, float] = (float("nan"), float("nan"))
    bytes_copied: int = 0
    t_us: int = 0
    device: str = ""
    filtered_events: int = 0


@dataclass(frozen=True)
class Rates:
    """Events and products a second between two readings."""

    events: float
    products: float


def rates_between(before: StageReading, now: StageReading, seconds: float) -> Rates:
    """Give the rates between two readings that lie `seconds` apart."""
    if seconds <= 0:
        return Rates(0.0, 0.0)
    return Rates((now.events - before.events) / seconds, (now.products - before.products) / seconds)


def status_message(
    reading: StageReading, rates: Rates, *, header: Header, stage: str, state: str, message: str
) -> StreamStatus:
    """Make the message that the watcher and other tools read."""
    return StreamStatus(
        header=header,
        stage=stage,
        state=state,
        message=message,
        device=reading.device,
        events=reading.events,
        packets=reading.packets,
        products=reading.products,
        event_rate=rates.events,
        product_rate=rates.products,
        dropped_events=reading.dropped_events,
        dropped_packets=reading.dropped_packets,
        invalid_events=reading.invalid_events,
        late_events=reading.late_events,
        queue_bytes=reading.queue_bytes,
        queue_limit_bytes=reading.queue_limit_bytes,
        latency_p50_ms=reading.latency_ms[0],
        latency_p99_ms=reading.latency_ms[1],
        bytes_copied=reading.bytes_copied,
        t_us=reading.t_us,
        filtered_events=reading.filtered_events,
    )


def diagnostics_message(status: StreamStatus, *, node_name: str) -> DiagnosticArray:
    """Make the /diagnostics entry: error where the stage failed, warning where it lost something."""
    lost = status.dropped_events or status.dropped_packets or status.invalid_events
    level = DiagnosticStatus.OK
    if status.state == "failed":
        level = DiagnosticStatus.ERROR
    elif lost:
        level = DiagnosticStatus.WARN
    shown = (
        "device events packets products event_rate product_rate dropped_events dropped_packets invalid_events "
        "late_events filtered_events queue_bytes queue_limit_bytes latency_p50_ms latency_p99_ms bytes_copied"
    )
    values = [KeyValue(key=key, value=str(getattr(status, key))) for key in shown.split()]
    entry = DiagnosticStatus(
        level=level,
        name=f"{node_name}: {status.stage}",
        message=status.message or status.state,
        hardware_id="",
        values=values,
    )
    return DiagnosticArray(header=status.header, status=[entry])
