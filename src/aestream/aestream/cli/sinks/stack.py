"""Windows as one array on disk, written as they come: a long recording does not have to fit into memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from aestream.cli.sinks.paths import check_output_path

_HEADER_BYTES = 128
"""Room for the .npy header, whose length is not to depend on how many windows there will be."""

Columns = dict[str, npt.NDArray[np.int64]]


class StackWriter:
    """Writes (N, 2, H, W) float32 counts, and each window's `start_us`, `end_us` and `event_count`, (N,) int64 each.

    `.npz` and `.pt` hold all four by name, the counts as `counts`. `.npy` holds the counts; the other three lie beside
    it, as `NAME.start_us.npy` and so on.
    """

    def __init__(self, path: Path, *, shape: tuple[int, int, int]) -> None:
        """Prepare a file; it is begun with the first window.

        Raises:
            UnknownNameError: the extension is none of those that are written.
            InvalidArgumentError: the folder does not exist.
        """
        check_output_path(path, kind="a tensor file", extensions=_FORMATS)
        self._path = path
        self._shape = shape
        self._rows: list[tuple[int, int, int]] = []
        self._counts_path = path if path.suffix == ".npy" else path.with_name(path.name + ".part")
        self._file: BinaryIO | None = None

    def append(self, counts: npt.NDArray[np.float32], *, start_us: int, end_us: int, event_count: int) -> None:
        """Append one window, (2, H, W) float32."""
        self._opened().write(np.ascontiguousarray(counts).data)
        self._rows.append((start_us, end_us, event_count))

    def close(self) -> str:
        """Complete the file; give one line for people."""
        with self._opened() as file:
            file.seek(0)
            file.write(_npy_header((len(self._rows), *self._shape)))
        rows = np.array(self._rows, np.int64).reshape(-1, 3)
        columns = dict(zip(("start_us", "end_us", "event_count"), rows.T.copy(), strict=True))
        _FORMATS[self._path.suffix](self._path, self._counts_path, columns)
        if self._counts_path != self._path:
            self._counts_path.unlink()
        sides = ", ".join(map(str, (len(self._rows), *self._shape)))
        return f"tensor: ({sides}) float32 in {self._path}"

    def _opened(self) -> BinaryIO:
        """Open the file with its first window: what fails before that leaves no file behind."""
        if self._file is None:
            self._file = self._counts_path.open("wb")
            self._file.write(bytes(_HEADER_BYTES))
        return self._file


def _npy_header(shape: tuple[int, ...]) -> bytes:
    """Make a header of format version 1.0 as numpy.lib.format describes it, of a fixed length."""
    fields = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    size = _HEADER_BYTES - 10
    return b"\x93NUMPY\x01\x00" + size.to_bytes(2, "little") + fields.ljust(size - 1) + b"\n"


def _load(counts_path: Path, columns: Columns) -> npt.NDArray[np.float32]:
    """Map the counts into memory; an empty file cannot be mapped."""
    counts: npt.NDArray[np.float32] = np.load(counts_path, mmap_mode="c" if len(columns["start_us"]) else None)
    return counts


def _write_npy(path: Path, _: Path, columns: Columns) -> None:
    for name, column in columns.items():
        np.save(path.with_suffix(f".{name}.npy"), column)


def _write_npz(path: Path, counts_path: Path, columns: Columns) -> None:
    with path.open("wb") as file:
        arrays: dict[str, Any] = {"counts": _load(counts_path, columns), **columns}
        np.savez(file, **arrays)


def _write_pt(path: Path, counts_path: Path, columns: Columns) -> None:
    import torch

    arrays = {"counts": _load(counts_path, columns), **columns}
    torch.save({name: torch.from_numpy(array) for name, array in arrays.items()}, path)


_FORMATS: dict[str, Callable[[Path, Path, Columns], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".pt": _write_pt,
}
