"""The files that `aestream view` writes: a new kind is one class and one row."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from aestream.cli.sinks.contact_sheet import ContactSheet, Picture
from aestream_core.errors import AestreamError, MissingDependencyError

if TYPE_CHECKING:
    from PIL import Image

_SHEET_SIDE_PX = 480
_VIDEO_SIDE_PX = 640
_CODECS = ("avc1", "vp09", "mp4v")
"""What plays nearly everywhere, then what browsers play, then what OpenCV always has."""


class PictureWriter(Protocol):
    """Takes pictures, one for each window."""

    def add(self, picture: "Image.Image", *, label: str, start_us: int) -> None:
        """Take the next picture; it starts `start_us` after the first event."""

    def __len__(self) -> int:
        """Give the number of pictures that the file has or will have."""

    def close(self) -> None:
        """Complete the file."""


@dataclass(frozen=True)
class WriterRow:
    """One row of the table of files.

    Attributes:
        make: opens a file for a number of pictures a second.
        moves: whether pictures follow each other in time; else they lie beside each other.
        window_us: sensor time of one picture in µs, where the user does not say; None for that of real time.
        least_pictures: where a recording is too short for as many, windows become shorter.
        least_fired: but not so short that there are fewer events than this share of the pixels.
        side_px: to what length the longer side of small sensors is enlarged.
        most_side_px: to what length the longer side of large sensors is shrunk; None for not at all.
        fps: pictures a second.
        most_s: seconds of playback.
    """

    make: Callable[[Path, float], PictureWriter]
    moves: bool
    window_us: int | None
    least_pictures: int
    least_fired: float
    side_px: int
    most_side_px: int | None = None
    fps: float = 30.0
    most_s: float = 60.0


class SheetWriter:
    """Up to 16 pictures on one sheet, evenly spread over the recording."""

    def __init__(self, path: Path, fps: float) -> None:
        """Prepare the sheet; `fps` means nothing for it."""
        self._path = path
        self._sheet = ContactSheet()

    def add(self, picture: "Image.Image", *, label: str, start_us: int) -> None:
        """Take the next picture."""
        self._sheet.add(Picture(np.asarray(picture), start_us=start_us, label=label))

    def __len__(self) -> int:
        """Give the number of pictures on the sheet, which may be fewer than it was given."""
        return len(self._sheet)

    def close(self) -> None:
        """Write the sheet."""
        self._sheet.save(self._path)


class GifWriter:
    """A GIF with colours chosen for each picture."""

    def __init__(self, path: Path, fps: float) -> None:
        """Prepare; a GIF counts in hundredths of a second."""
        self._path = path
        self._duration_ms = 10 * max(2, round(100 / fps))
        self._pictures: list[Image.Image] = []

    def add(self, picture: "Image.Image", *, label: str, start_us: int) -> None:
        """Take the next picture."""
        from PIL import Image

        self._pictures.append(picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))

    def __len__(self) -> int:
        """Give the number of pictures."""
        return len(self._pictures)

    def close(self) -> None:
        """Write the file."""
        first, *rest = self._pictures
        first.save(self._path, save_all=True, append_images=rest, duration=self._duration_ms, loop=0)


class Mp4Writer:
    """An MP4 in the first codec that OpenCV has here."""

    def __init__(self, path: Path, fps: float) -> None:
        """Prepare; the file is begun with the first picture.

        Raises:
            MissingDependencyError: OpenCV is not installed.
        """
        self._path = path
        self._fps = fps
        self._cv2 = _import_opencv()
        self._writer: Any = None
        self._count = 0

    def add(self, picture: "Image.Image", *, label: str, start_us: int) -> None:
        """Take the next picture."""
        # Codecs halve the colours' resolution: sides are even.
        pixels = np.asarray(picture)[..., ::-1]
        pixels = np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2), (0, 0)), mode="edge")
        if self._writer is None:
            self._writer = self._opened(pixels.shape[1], pixels.shape[0])
        self._writer.write(np.ascontiguousarray(pixels))
        self._count += 1

    def __len__(self) -> int:
        """Give the number of pictures."""
        return self._count

    def close(self) -> None:
        """Complete the file."""
        self._writer.release()

    def _opened(self, width: int, height: int) -> Any:
        for codec in _CODECS:
            with _quiet_stderr():
                writer = self._cv2.VideoWriter(
                    str(self._path), self._cv2.VideoWriter_fourcc(*codec), self._fps, (width, height)
                )
            if writer.isOpened():
                return writer
        raise AestreamError(f"cannot write {str(self._path)!r}: OpenCV has none of the codecs {', '.join(_CODECS)}")


WRITERS: dict[str, WriterRow] = {
    ".png": WriterRow(
        SheetWriter, moves=False, window_us=10_000, least_pictures=16, least_fired=0.04, side_px=_SHEET_SIDE_PX
    ),
    ".gif": WriterRow(
        GifWriter,
        moves=True,
        window_us=None,
        least_pictures=50,
        least_fired=0.01,
        side_px=_VIDEO_SIDE_PX,
        most_side_px=_VIDEO_SIDE_PX,
        fps=25.0,
        most_s=10.0,
    ),
    ".mp4": WriterRow(
        Mp4Writer,
        moves=True,
        window_us=None,
        least_pictures=60,
        least_fired=0.01,
        side_px=_VIDEO_SIDE_PX,
        most_side_px=960,
    ),
}


def _import_opencv() -> Any:
    try:
        import cv2
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            "writing .mp4 needs OpenCV: pip install opencv-python-headless; .gif and .png need nothing more"
        ) from error
    return cv2


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep codecs that are not there from writing so to the terminal; the next one is tried."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
