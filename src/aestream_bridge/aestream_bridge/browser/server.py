"""The server: one thread with an event loop, which sends frames to every browser at its own pace."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from typing import Any

from aestream_bridge.browser.config import BrowserConfig
from aestream_bridge.browser.door import Door
from aestream_bridge.browser.frames import FrameMaker
from aestream_bridge.browser.visitors import is_loopback
from aestream_bridge.links.packet_header import END
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.optional import optional_module

QUEUE_FRAMES = 2
"""Frames that wait for one browser; a newer one is dropped while they do, and counted."""

_CLOSE_S = 2.0
_MAX_INCOMING_BYTES = 1024


@dataclass
class BrowserCounters:
    """What went out.

    Attributes:
        events: events that came from the stream.
        shown: events that went into frames.
        frames: frames that were made.
        sent_frames: frames handed to browsers, of each its own.
        dropped_frames: frames that a slow browser did not get.
        visitors: browsers that came.
        refused: browsers that were turned away.
    """

    events: int = 0
    shown: int = 0
    frames: int = 0
    sent_frames: int = 0
    dropped_frames: int = 0
    visitors: int = 0
    refused: int = 0


@dataclass(eq=False)
class _Browser:
    """One connection."""

    socket: Any
    queue: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(QUEUE_FRAMES))


class BrowserView:
    """Shows events to browsers. `write` never waits for anybody.

    Attributes:
        url: where the page is.
        counters: what went out.
    """

    def __init__(
        self, port: int, address: str = "127.0.0.1", config: BrowserConfig | None = None, *, width: int, height: int
    ) -> None:
        """Listen.

        Args:
            port: 1 to 65535, or 0 for any that is free.
            address: interface to listen on; this machine only unless another is named.
            config: what is sent at most.
            width: sensor width in pixels.
            height: sensor height in pixels.

        Raises:
            MissingDependencyError: websockets is not installed.
            AestreamError: the system refuses the address.
        """
        if not 0 <= port <= 65535:
            raise InvalidArgumentError(f"port is {port}; it must be 0 to 65535")
        optional_module("websockets", package="websockets", why="the browser view needs websockets, not installed here")
        self._config = config or BrowserConfig()
        self._where = (address, port)
        self._frames = FrameMaker(width=width, height=height, frame_events=self._config.frame_events)
        self._browsers: set[_Browser] = set()
        self.counters = BrowserCounters()
        self._door = Door(loopback_only=is_loopback(address))
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._listening = threading.Event()
        self._failure = ""
        self.url = ""
        self._thread = threading.Thread(target=self._run, name="aestream_browser", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure:
            raise AestreamError(self._failure)

    def write(self, events: Events) -> None:
        """Show a packet with the next frame."""
        self._frames.add(events)

    @property
    def browsers(self) -> int:
        """Count those that look now."""
        return len(self._browsers)

    def close(self) -> None:
        """Send what is left, tell browsers that the stream ends, and stop listening. Safe to call more than once."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self.counters.events, self.counters.shown = self._frames.events, self._frames.shown

    # On the server's thread -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            address, port = self._where
            self._failure = f"cannot listen on {address} port {port}: {error.strerror or error}"
        finally:
            self._loop.close()
            self._listening.set()

    async def _serve(self) -> None:
        from websockets.asyncio.server import serve

        address, port = self._where
        options: dict[str, Any] = {"max_size": _MAX_INCOMING_BYTES, "compression": None, "close_timeout": _CLOSE_S}
        async with serve(self._welcome, address, port, process_request=self._answer, **options) as server:
            name = f"[{address}]" if ":" in address else address
            self.url = f"http://{name}:{server.sockets[0].getsockname()[1]}/"
            self._listening.set()
            await self._tick()

    async def _tick(self) -> None:
        while not self._stop.is_set():
            self._broadcast(self._frames.make())
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 1 / self._config.rate_hz)
        await self._say_goodbye()

    def _broadcast(self, frame: bytes | None) -> None:
        if frame is None:
            return
        self.counters.frames += 1
        for browser in self._browsers:
            try:
                browser.queue.put_nowait(frame)
                self.counters.sent_frames += 1
            except asyncio.QueueFull:
                self.counters.dropped_frames += 1

    async def _say_goodbye(self) -> None:
        self._broadcast(self._frames.make())
        end = self._frames.make(flags=END) or b""
        partings = [self._part(browser, end) for browser in self._browsers]
        await asyncio.gather(*partings, return_exceptions=True)

    async def _part(self, browser: _Browser, end: bytes) -> None:
        try:
            await asyncio.wait_for(browser.queue.put(end), _CLOSE_S)
            await asyncio.wait_for(browser.queue.join(), _CLOSE_S)
        except asyncio.TimeoutError:
            browser.socket.transport.abort()  # it does not read, and would hold up the end

    async def _welcome(self, socket: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        browser = _Browser(socket)
        self._browsers.add(browser)
        self.counters.visitors += 1
        try:
            await _first_of(self._send_frames(browser), _ignore(socket))
        except ConnectionClosed:
            pass
        finally:
            self._browsers.discard(browser)

    async def _send_frames(self, browser: _Browser) -> None:
        while True:
            frame = await browser.queue.get()
            await browser.socket.send(frame)
            browser.queue.task_done()

    def _answer(self, socket: Any, request: Any) -> Any:
        answer, refused = self._door.answer(socket, request, full=len(self._browsers) >= self._config.clients)
        self.counters.refused += refused
        return answer


async def _first_of(*coroutines: Any) -> None:
    """Run until the first ends, and end the others."""
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def _ignore(socket: Any) -> None:
    """Take what a browser sends, which is nothing, until it leaves."""
    async for _ in socket:
        pass
