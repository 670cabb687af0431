"""The table of transports beside DDS: a new one is a module and a row."""

from collections.abc import Callable

from aestream_core.transports import iceoryx
from aestream_core.transports.base import EventReceiver, EventSender

SENDERS: dict[str, Callable[[str], EventSender]] = {"iceoryx2": iceoryx.IceoryxSender}
"""Opens the publisher's end of a ROS topic (fully qualified name) by the transport's name."""

RECEIVERS: dict[str, Callable[[str], EventReceiver]] = {"iceoryx2": iceoryx.IceoryxReceiver}
"""Opens the subscriber's end."""


LIBRARIES: dict[str, Callable[[], object]] = {"iceoryx2": iceoryx.import_library}
"""Imports what a transport needs."""


def require(transport: str) -> None:
    """Refuse a transport whose library is missing.

    Raises:
        AestreamError: the library is not installed; the message says what to do.
    """
    if transport != "dds":
        LIBRARIES[transport]()


def open_sender(transport: str, topic: str) -> EventSender | None:
    """Open the publisher's end; None for DDS, which every node has anyway.

    Raises:
        AestreamError: the transport's library is missing or refuses; the message says what to do.
    """
    return None if transport == "dds" else SENDERS[transport](topic)


def open_receiver(transport: str, topic: str) -> EventReceiver | None:
    """Open the subscriber's end; None for DDS.

    Raises:
        AestreamError: the transport's library is missing or refuses; the message says what to do.
    """
    return None if transport == "dds" else RECEIVERS[transport](topic)
