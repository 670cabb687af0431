"""An EVT3 recording of bytes as a source delivers them, undecoded."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from aestream_core.errors import AestreamError, InvalidArgumentError

SUFFIX = ".raw"


class Evt3Recorder:
    """Writes encoded packets into an EVT3 recording, with the header that cameras' recordings have.

    Bytes that arrive encoded are written as they came. The format's clock has 24 bits: sensor time in the recording
    counts from the last wrap of that clock before the first event (16.8 s).

    Attributes:
        path: the file.
    """

    def __init__(self, path: str, *, width: int, height: int) -> None:
        """Create the file.

        Raises:
            InvalidArgumentError: the name does not end in .raw, or the file is there already.
            AestreamError: the file cannot be written; the message says why.
        """
        self.path = Path(path)
        if self.path.suffix != SUFFIX:
            raise InvalidArgumentError(f"record is {path!r}; it must end in {SUFFIX} (EVT3)")
        if self.path.exists():
            raise InvalidArgumentError(f"record is {path!r}, which is there already; choose another name or remove it")
        header = f"% evt 3.0\n% format EVT3;height={height};width={width}\n% geometry {width}x{height}\n% end\n"
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
