"""What is answered to requests, before a WebSocket begins."""

from http import HTTPStatus
from typing import Any

from aestream_bridge.browser.visitors import EVENTS_PATH, PAGE, PAGE_HEADERS, refusal


class Door:
    """Lets browsers in that may look, and gives them the page."""

    def __init__(self, *, loopback_only: bool) -> None:
        """Read the page. `loopback_only` says whether the server listens to this machine only."""
        self._loopback_only = loopback_only
        self._page = PAGE.read_bytes()

    def answer(self, socket: Any, request: Any, *, full: bool) -> tuple[Any, bool]:
        """Answer a request.

        Args:
            socket: the connection, as websockets has it.
            request: its request.
            full: whether as many look already as may.

        Returns:
            The response, None where a WebSocket may begin; and whether somebody was turned away.
        """
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        refused = refusal(host=host, origin=origin, loopback_only=self._loopback_only)
        if refused is None and full and request.path == EVENTS_PATH:
            refused = (HTTPStatus.SERVICE_UNAVAILABLE, "as many browsers as may look do so already\n")
        if refused is not None:
            return socket.respond(*refused), True
        if request.path == EVENTS_PATH:
            return None, False
        return (self._give_page(socket) if request.path == "/" else socket.respond(HTTPStatus.NOT_FOUND, "")), False

    def _give_page(self, socket: Any) -> Any:
        response = socket.respond(HTTPStatus.OK, "")
        response.body = self._page
        del response.headers["Content-Type"], response.headers["Content-Length"]
        response.headers.update({**PAGE_HEADERS, "Content-Length": str(len(self._page))})
        return response
