"""Who may see the page, and what is answered to plain requests."""

import ipaddress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

EVENTS_PATH = "/events"
PAGE = Path(__file__).with_name("page.html")

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
}


def is_loopback(address: str) -> bool:
    """Say whether an address is reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def refusal(*, host: str, origin: str | None, loopback_only: bool) -> tuple[HTTPStatus, str] | None:
    """Say why a request is refused; None where it is not.

    Other web pages that a user has open can reach servers of this machine, and names that they control may lead to it.

    Args:
        host: the request's header Host.
        origin: its header Origin, which browsers send with every WebSocket; None where there is none.
        loopback_only: whether the server listens to this machine only.
    """
    if loopback_only and not is_loopback(urlsplit(f"//{host}").hostname or ""):
        return HTTPStatus.FORBIDDEN, f"this server is reached as localhost, not as {host!r}\n"
    if origin is not None and urlsplit(origin).netloc != host:
        return HTTPStatus.FORBIDDEN, f"a page of {origin!r} may not read these events\n"
    return None
