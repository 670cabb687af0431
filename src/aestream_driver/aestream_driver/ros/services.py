"""Services of the driver: describe the source, record the stream, move and hold a recording that is played."""

from typing import Protocol, TypeVar

from aestream_msgs.srv import GetInfo, Record, Seek
from rclpy.node import Node
from std_srvs.srv import SetBool

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_driver.config import DriverConfig
from aestream_driver.recording.desk import RecordingDesk
from aestream_driver.recording.recording import RecordingRequest
from aestream_driver.sources.base import Source
from aestream_driver.sources.playback import Playback


class Stage(Protocol):
    """What the services need of the driver."""

    config: DriverConfig
    recordings: RecordingDesk

    @property
    def source(self) -> Source | None:
        """The open source; None while the node is not configured."""

    @property
    def encoding(self) -> str:
        """Encoding of the messages."""

    def resume(self) -> None:
        """Stream again after the source has ended."""


class Answer(Protocol):
    """What every response has."""

    success: bool
    message: str


AnyAnswer = TypeVar("AnyAnswer", bound=Answer)


class DriverServices:
    """Answers requests, on the executor's thread; what cannot be done is refused with a reason."""

    def __init__(self, node: Node, stage: Stage) -> None:
        """Offer the services under the node's name."""
        self._stage = stage
        node.create_service(GetInfo, "~/get_info", self._on_get_info)
        node.create_service(Record, "~/record", self._on_record)
        node.create_service(Seek, "~/seek", self._on_seek)
        node.create_service(SetBool, "~/set_paused", self._on_set_paused)

    def _on_get_info(self, _: GetInfo.Request, response: GetInfo.Response) -> GetInfo.Response:
        source = self._stage.source
        response.success = source is not None
        response.source = self._stage.config.source
        if source is None:
            response.message = "the node is not configured"
            return response
        response.description = source.description
        response.width, response.height, response.encoding = source.width, source.height, self._stage.encoding
        return response

    def _on_record(self, request: Record.Request, response: Record.Response) -> Record.Response:
        try:
            response.message = self._start(request) if request.path else self._stop(response)
        except AestreamError as error:
            return _refuse(response, error)
        response.success = True
        return response

    def _start(self, request: Record.Request) -> str:
        source = self._opened("recorded")
        wanted = RecordingRequest(
            path=request.path, width=source.width, height=source.height, overwrite=request.overwrite
        )
        self._stage.recordings.start(wanted)
        return f"recording to {request.path}"

    def _stop(self, response: Record.Response) -> str:
        recording = self._stage.recordings.stop()
        response.events = recording.recorded_events
        books = f"{recording.recorded_events} events recorded to {recording.path}"
        if recording.unrecorded_events:
            books += f", {recording.unrecorded_events} lost"
        if recording.failure:
            raise AestreamError(f"{recording.failure}; {books}")
        return books

    def _on_seek(self, request: Seek.Request, response: Seek.Response) -> Seek.Response:
        try:
            playback = self._playback("moved")
            response.t_us = playback.seek(int(request.t_us))
            if playback.ended:
                self._stage.resume()
        except AestreamError as error:
            return _refuse(response, error)
        response.success = True
        return response

    def _on_set_paused(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        try:
            self._playback("paused").set_paused(bool(request.data))
        except AestreamError as error:
            return _refuse(response, error)
        response.success = True
        response.message = "paused" if request.data else "playing"
        return response

    def _playback(self, done: str) -> Playback:
        source = self._opened(done)
        if not isinstance(source, Playback):
            raise InvalidArgumentError(f"only recordings can be {done}; this is {source.description}")
        return source

    def _opened(self, done: str) -> Source:
        source = self._stage.source
        if source is None:
            raise InvalidArgumentError(
                f"nothing can be {done}: no source is open; configure and activate the node first"
            )
        return source


def _refuse(response: AnyAnswer, error: AestreamError) -> AnyAnswer:
    response.success = False
    response.message = str(error)
    return response
