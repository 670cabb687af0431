"""A recording as an input of Python programs."""

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestream.inputs import Input
from aestream.side_records import Frame, frames_of, imu_of, triggers_of
from aestream_core.errors import InvalidArgumentError
from aestream_core.files import open_file

if TYPE_CHECKING:
    from aestream_core import _core


class FileInput(Input):
    """A recording. Its extension and content name the format; `aestream info` says what is in it.

    Attributes:
        info: what the recording's header says.
        path: where the recording is.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        packet_us: int | None = None,
        packet_events: int | None = None,
        start_us: int = 0,
        stop_us: int | None = None,
        speed: float | None = None,
        width: int | None = None,
        height: int | None = None,
        device: str = "auto",
        format: str = "",
        skip_errors: bool = False,
        threads: int = 1,
        extras: tuple[str, ...] = (),
        filters: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """Open a recording.

        Args:
            path: the recording.
            packet_us: sensor time in µs that one packet spans at most; None leaves packets as they are read.
            packet_events: events that one packet holds at most; None for no limit.
            start_us: sensor time in µs from which events are wanted.
            stop_us: sensor time in µs before which events are wanted; None for all.
            speed: playback speed, 1 is real time; None is as fast as possible.
            width: sensor width in pixels, in place of what the recording says; with `height`.
            height: sensor height in pixels, in place of what the recording says; with `width`.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            format: name of the format, where neither the ending nor the content says it.
            skip_errors: leave out what is damaged and go on behind it where that is possible, rather than raise.
            threads: cores to decode on, for formats of independent blocks.
            extras: what to collect beside events: some of "triggers", "imu", "frames".
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            options: options of the format; `aestream formats` and `aestream.FILE_FORMATS[name].read_options` list them.

        Raises:
            AestreamError: the recording cannot be opened, or an argument is not possible; the message says why.
        """
        stream = open_file(
            path,
            format=format,
            packet_us=packet_us,
            packet_events=packet_events,
            start_us=start_us,
            stop_us=stop_us,
            speed=speed,
            width=width,
            height=height,
            skip_errors=skip_errors,
            threads=threads,
            extras=extras,
            **options,
        )
        super().__init__(stream, device=device, filters=filters)
        self.info = stream.info
        self.path = stream.path
        self._counters = stream.counters
        self._side = stream.side
        self._extras = extras

    def counters(self) -> dict[str, int]:
        """Count what was read and what was lost so far: see `aestream_core.files.FileStream.counters`."""
        return self._counters()

    def take_triggers(self) -> npt.NDArray[np.void]:
        """Take the triggers that were met since the last call, (N,) of `aestream.TRIGGER_DTYPE`.

        Raises:
            InvalidArgumentError: the input was opened without the extra "triggers".
        """
        return triggers_of(self._collected("triggers"))

    def take_imu(self) -> npt.NDArray[np.void]:
        """Take the inertial measurements that were met since the last call, (N,) of `aestream.IMU_DTYPE`.

        Raises:
            InvalidArgumentError: the input was opened without the extra "imu".
        """
        return imu_of(self._collected("imu"))

    def take_frames(self) -> list[Frame]:
        """Take the frames that were met since the last call.

        Raises:
            InvalidArgumentError: the input was opened without the extra "frames".
        """
        return frames_of(self._collected("frames"))

    def _collected(self, extra: str) -> "_core.SideRecords":
        if self._side is None or extra not in self._extras:
            raise InvalidArgumentError(f"{extra} were not asked for; open the input with extras=({extra!r},)")
        return self._side
