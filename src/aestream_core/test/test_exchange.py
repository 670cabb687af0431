"""The in-process exchange: by reference, bounded, nothing lost in silence."""

import threading

import pytest

from aestream_core import Events, InvalidArgumentError
from aestream_core.exchange import Envelope, Exchange


def packet(count: int = 10) -> Events:
    zeros = [0] * count
    return Events.from_numpy(t=list(range(count)), x=zeros, y=zeros, p=zeros, width=1, height=1)


def test_the_subscriber_gets_the_very_object_that_was_published() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=1000)
    events = packet()
    exchange.advertise("/events").put(Envelope(events, 5, 10))
    envelope = queue.take(0)
    assert envelope is not None
    assert envelope.payload is events


def test_what_does_not_fit_is_dropped_and_counted_in_packets_and_events() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=100)
    publication = exchange.advertise("/events")
    dropped = [publication.put(Envelope(packet(10), 0, 10)) for _ in range(3)]
    assert dropped == [0, 1, 1]
    assert (queue.dropped_packets, queue.dropped_events, queue.queued_bytes) == (2, 20, 80)


def test_one_payload_larger_than_the_bound_still_passes_through_an_empty_queue() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=1)
    assert exchange.advertise("/events").put(Envelope(packet(), 0, 10)) == 0
    assert queue.take(0) is not None


def test_a_waiting_publisher_goes_on_when_there_is_room() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=100)
    publication = exchange.advertise("/events")
    publication.put(Envelope(packet(), 0, 10))
    waiting = threading.Thread(target=lambda: publication.put(Envelope(packet(), 1, 10), wait=True))
    waiting.start()
    assert queue.take(5) is not None
    second = queue.take(5)
    waiting.join(5)
    assert second is not None
    assert (second.stamp_ns, queue.dropped_packets) == (1, 0)


def test_closing_a_full_queue_releases_its_publisher() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=100)
    publication = exchange.advertise("/events")
    publication.put(Envelope(packet(), 0, 10))
    waiting = threading.Thread(target=lambda: publication.put(Envelope(packet(), 1, 10), wait=True))
    waiting.start()
    exchange.unsubscribe("/events", queue)
    waiting.join(5)
    assert not waiting.is_alive()
    assert queue.closed


def test_subscribers_hear_publishers_come_and_go() -> None:
    exchange = Exchange()
    heard: list[bool] = []
    exchange.subscribe("/e", limit_bytes=1, on_publishers_changed=lambda: heard.append(exchange.has_publisher("/e")))
    publication = exchange.advertise("/e")
    publication.close()
    publication.close()
    assert heard == [True, False]


def test_the_end_of_a_stream_arrives_behind_everything_before_it() -> None:
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=1000)
    publication = exchange.advertise("/events")
    publication.put(Envelope(packet(), 0, 10))
    publication.end(7)
    first, last = queue.take(0), queue.take(0)
    assert first is not None
    assert last is not None
    assert (first.payload is None, last.payload is None) == (False, True)


def test_an_impossible_bound_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="limit_bytes is 0; it must be 1 or more"):
        Exchange().subscribe("/e", limit_bytes=0)
