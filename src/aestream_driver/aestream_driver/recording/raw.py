"""An EVT3 recording of bytes as a source delivers them, undecoded."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from aestream_core.errors import AestreamError, InvalidArgumentError

SUFFIX = ".raw"


HEADER_LINES = {
    "evt3": ("evt 3.0", "format EVT3"),
    "evt2": ("evt 2.0", "format EVT2"),
    "evt21": ("evt 2.1", "format EVT21;endianness=little"),
}
"""How the header of a recording says the encoding."""


class RawRecorder:
    """Writes encoded packets into a recording of Prophesee's format, with the header that cameras' recordings have.

    Bytes that arrive encoded are written as they came. The clock of EVT3 has 24 bits: sensor time in the recording
    counts from the last wrap of that clock before the first event (16.8 s; EVT2 and EVT2.1: 4 h 46 min).

    Attributes:
        path: the file.
    """

    def __init__(self, path: str, *, encoding: str, width: int, height: int) -> None:
        """Create the file.

        Args:
            path: where; must end in .raw.
            encoding: encoding of the packets, one of `HEADER_LINES`.
            width: sensor width in pixels.
            height: sensor height in pixels.

        Raises:
            InvalidArgumentError: the name does not end in .raw, the file is there already, or no recording of that
                name holds the encoding.
            AestreamError: the file cannot be written; the message says why.
        """
        self.path = Path(path)
        if self.path.suffix != SUFFIX:
            raise InvalidArgumentError(f"record is {path!r}; it must end in {SUFFIX}")
        if encoding not in HEADER_LINES:
            raise InvalidArgumentError(f"the source gives {encoding!r}; {SUFFIX} holds {', '.join(HEADER_LINES)}")
        if self.path.exists():
            raise InvalidArgumentError(f"record is {path!r}, which is there already; choose another name or remove it")
        version, named = HEADER_LINES[encoding]
        header = f"% {version}\n% {named};height={height};width={width}\n% geometry {width}x{height}\n% end\n"
        try:
            self._file: BinaryIO = self.path.open("xb", buffering=1 << 20)
            self._file.write(header.encode())
        except OSError as error:
            raise self._failure(error) from error

    def write(self, data: npt.NDArray[np.uint8]) -> None:
        """Append the bytes of one packet, (N,) uint8.

        Raises:
            AestreamError: the file cannot be written, for example because the disk is full.
        """
        try:
            self._file.write(data.data)
        except OSError as error:
            raise self._failure(error) from error

    def flush(self) -> None:
        """Hand what is buffered to the operating system.

        Raises:
            AestreamError: the file cannot be written, for example because the disk is full.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Write what is buffered and close the file.

        Raises:
            AestreamError: the file cannot be written, for example because the disk is full.
        """
        try:
            self._file.close()
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> AestreamError:
        return AestreamError(f"cannot record to {self.path}: {error.strerror or error}")
