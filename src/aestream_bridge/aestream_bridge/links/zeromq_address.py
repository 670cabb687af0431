"""Addresses and libraries of ZeroMQ."""

import re
from typing import Any

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.formats.optional import optional_module

PATTERNS = ("pub", "push")
"""pub: every receiver gets every packet. push: every packet goes to one receiver, and none is lost."""

_ADDRESS = re.compile(r"(tcp://(\*|[\w.:%-]+|\[[0-9a-fA-F:.%\w]+\]):(\*|\d{1,5})|ipc://.+|inproc://.+)")


def check_address(address: str) -> None:
    """Refuse what is no address of ZeroMQ, before the library says so in its own words.

    Raises:
        InvalidArgumentError: the address is none.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or ((found[3] or "").isdigit() and int(found[3]) > 65535):
        raise InvalidArgumentError(
            f"address is {address!r}; it must be tcp://HOST:PORT with a port up to 65535, tcp://*:PORT to listen on "
            "every interface, or ipc://PATH"
        )


def import_zmq() -> Any:
    """Import pyzmq.

    Raises:
        MissingDependencyError: it is not installed; the message names the command that brings it.
    """
    return optional_module("zmq", package="pyzmq", why="ZeroMQ needs pyzmq, which is not installed")


def attach(zmq: Any, socket: Any, address: str, *, bind: bool) -> str:
    """Bind or connect a socket.

    Returns:
        The address as the system has it, with the port that it gave where `*` was asked for.

    Raises:
        AestreamError: the system refuses; the message says why.
    """
    check_address(address)
    try:
        (socket.bind if bind else socket.connect)(address)
    except zmq.ZMQError as error:
        doing = "listen on" if bind else "connect to"
        raise AestreamError(f"cannot {doing} {address!r}: {error.strerror or error}") from error
    return str(socket.getsockopt_string(zmq.LAST_ENDPOINT))
