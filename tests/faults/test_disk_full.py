"""A disk that fills up while a stream is recorded."""

import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from aestream_msgs.srv import Record
from books import Books, recordings_balance
from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.msg import Transition

from aestream_core import open_file
from aestream_core.errors import DamagedRecordingError

DRIVER = "aestream_driver.ros.node"
LIMIT_BYTES = 2_000_000


def ask_to_record(books: Books, path: str) -> Record.Response:
    client = books.node.create_client(Record, "/event_camera/record")
    books.wait(client.service_is_ready, what="the service")
    future = client.call_async(Record.Request(path=path))
    books.wait(future.done, what="an answer")
    books.node.destroy_client(client)
    return future.result()


def readable_events(path: Path) -> int:
    count = 0
    try:
        for events in open_file(path):
            count += len(events)
    except DamagedRecordingError:
        pass
    return count


def test_the_recording_ends_with_an_error_the_stream_goes_on_and_every_event_is_counted(
    start_node: Callable[..., Any], books: Callable[..., Books], tmp_path: Path
) -> None:
    driver = start_node(DRIVER, {"width": 64, "height": 48, "rate_hz": 2e6, "autostart": "false"})
    listening = books("event_camera")
    inactive = partial(listening.is_in, "event_camera", "inactive")
    listening.change("event_camera", Transition.TRANSITION_CONFIGURE, inactive)
    # From now on no file of that process grows beyond this.
    resource.prlimit(driver.pid, resource.RLIMIT_FSIZE, (LIMIT_BYTES, LIMIT_BYTES))
    path = tmp_path / "full.raw"
    assert ask_to_record(listening, str(path)).success

    listening.change("event_camera", Transition.TRANSITION_ACTIVATE, partial(listening.is_in, "event_camera", "active"))
    failed = listening.wait_for("event_camera", lambda status: status.message != "", what="the failure")
    assert failed.message.endswith("File too large"), failed.message
    assert failed.state == "active"
    listening.wait_for(
        "event_camera", lambda status: status.events > failed.events + 1_000_000, what="events after the failure"
    )
    alarms = listening.alarms["event_camera"]
    listening.wait(lambda: alarms[-1].level == DiagnosticStatus.ERROR, what="an error in /diagnostics")
    assert alarms[-1].message == failed.message
    listening.change("event_camera", Transition.TRANSITION_DEACTIVATE, inactive)
    listening.wait_for("event_camera", recordings_balance, what="every event recorded or counted")

    stopped = ask_to_record(listening, "")
    assert not stopped.success
    assert stopped.events > 0
    assert f"{stopped.events} events recorded to {path}" in stopped.message
    assert stopped.events <= readable_events(path)
    healthy = listening.wait_for("event_camera", lambda status: status.message == "", what="a stage without trouble")
    assert healthy.recorded_events == stopped.events
