"""A camera as an input of Python programs."""

from collections.abc import Sequence
from typing import Any

from aestream.inputs import Input


class CameraInput(Input):
    """A connected event camera. Iteration ends with `close`; a camera that is lost is opened again.

    Attributes:
        description: which camera it is, in one line.
    """

    def __init__(
        self,
        model: str = "auto",
        *,
        serial: str = "",
        device: str = "auto",
        reconnect_s: float = 5.0,
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Open a camera.

        Args:
            model: name of the model, as docs/cameras.md lists them; "auto" takes the one that is connected.
            serial: serial number; empty for the only one.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            reconnect_s: longest wait between attempts to open a lost camera again; 0 raises instead.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            settings: settings of the model, for example bias_diff_on=20.

        Raises:
            AestreamError: there is no such camera, it cannot be opened, or a setting is not allowed.
        """
        from aestream.camera_stream import open_camera_stream

        stream = open_camera_stream(model=model, serial=serial, settings=settings, reconnect_s=reconnect_s)
        super().__init__(stream, device=device, filters=filters)
        self.description = stream.description
        self._counters = stream.counters

    def counters(self) -> dict[str, int]:
        """Count what was lost: see `aestream.camera_stream.CameraStream.counters`."""
        return self._counters()
