"""Parameters out of upstream's checkpoints, as flax writes them: with orbax, in two layouts, or as one file. No JAX.

Upstream (event_ssm/trainer.py) calls flax's `save_checkpoint`, which keeps one folder `checkpoint_STEP`. Recent orbax
puts arrays into an OCDBT key-value store, as zarr; older puts one msgpack file `checkpoint` there, in flax's encoding
of arrays. Beside parameters lie the optimiser's moments, several times their size, which are not read from OCDBT.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import FormatError, MissingDependencyError

Array = npt.NDArray[Any]
_WANTED = {
    "params": "params",
    "batch_stats": "batch_stats",
    "model_state.batch_stats": "batch_stats",
    "model.params": "params",
    "model.batch_stats": "batch_stats",
}
"""Where parameters and statistics stand in checkpoints, and what they are called here."""
_ITEMS = ("default", "state", "train_state")
_ZARR = {"/.zarray": "zarr", "/zarr.json": "zarr3"}
_INSTALL = "pip install -r requirements/orbax.txt"
_ARRAY_CODES = (1, 3)
"""Extension types of flax's msgpack encoding for arrays and their scalars: shape, name of the type, bytes."""


def read_orbax(path: str | Path) -> Mapping[str, Any]:
    """Read the parameters of an upstream checkpoint; needs tensorstore or msgpack, as the file does.

    Args:
        path: the folder of one step, the folder that holds them (the last step counts), or flax's single file.

    Returns:
        Nested NumPy arrays under `params`, and `batch_stats` where there are any: what `import_upstream` takes.

    Raises:
        MissingDependencyError: what reads this layout is not installed.
        FormatError: there is no checkpoint, it is damaged, or it holds no parameters.
    """
    found = _checkpoint(Path(path).absolute())
    tree: dict[str, Any] = {}
    for name, value in _arrays(found):
        _put(tree, name.split("."), value)
    if "params" not in tree:
        raise FormatError(f"{found} holds no parameters; upstream's checkpoints hold them under 'params'")
    return tree


def _checkpoint(path: Path) -> Path:
    """Find the folder or file that holds arrays: this one, its last step, or its one item."""
    if path.is_file() or _holds_arrays(path):
        return path
    if not path.is_dir():
        raise FormatError(f"{path}: there is no such folder or file")
    steps = {int(match[1]): each for each in path.iterdir() if (match := re.fullmatch(r"(?:\w+_)?(\d+)", each.name))}
    if steps:
        return _checkpoint(steps[max(steps)])
    for item in _ITEMS:
        if (path / item).is_dir():
            return _checkpoint(path / item)
    raise FormatError(f"{path} holds no checkpoint: no checkpoint_STEP, manifest.ocdbt or zarr arrays in it")


def _holds_arrays(path: Path) -> bool:
    known = ("checkpoint", "manifest.ocdbt")
    return any((path / name).is_file() for name in known) or any(path.glob("params*/.zarray"))


def _arrays(path: Path) -> Iterator[tuple[str, Array]]:
    """Give wanted arrays by name; those of a key-value store after those of the msgpack file, which may name them."""
    packed = path if path.is_file() else path / "checkpoint"
    if packed.is_file():
        yield from _packed(packed)
    if path.is_dir() and ((path / "manifest.ocdbt").is_file() or any(path.glob("params*/.zarray"))):
        yield from _stored(path)


def _wanted(name: str) -> str | None:
    """Give our name of an array, None where it is of no use."""
    for theirs, ours in _WANTED.items():
        if name.startswith(f"{theirs}."):
            return f"{ours}{name[len(theirs) :]}"
    return None


def _packed(path: Path) -> Iterator[tuple[str, Array]]:
    try:
        import msgpack  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise MissingDependencyError(f"reading {path} needs msgpack: {_INSTALL}") from error

    def decode(code: int, data: bytes) -> Any:
        if code not in _ARRAY_CODES:
            return None
        shape, kind, values = msgpack.unpackb(data)
        return np.frombuffer(values, np.dtype(kind)).reshape(shape)

    try:
        tree = msgpack.unpackb(path.read_bytes(), ext_hook=decode, strict_map_key=False)
        leaves = list(_leaves(tree)) if isinstance(tree, Mapping) else []
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise FormatError(f"{path} is damaged: {str(error) or type(error).__name__}") from None
    for name, value in leaves:
        if isinstance(value, np.ndarray) and (ours := _wanted(name)):
            yield ours, value


def _leaves(tree: Mapping[Any, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _stored(path: Path) -> Iterator[tuple[str, Array]]:
    try:
        import tensorstore  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise MissingDependencyError(f"reading {path} needs tensorstore: {_INSTALL}") from error
    ocdbt = (path / "manifest.ocdbt").is_file()
    store = {"driver": "ocdbt", "base": f"file://{path}/"} if ocdbt else {"driver": "file", "path": f"{path}/"}
    try:
        for key in tensorstore.KvStore.open(store).result().list().result():
            name, ending = _split(key.decode())
            if ending and (ours := _wanted(name)):
                inside = {**store, "path": f"{store.get('path', '')}{name}/"}
                opened = tensorstore.open({"driver": _ZARR[ending], "kvstore": inside}, open=True).result()
                yield ours, np.asarray(opened.read().result())
    except (ValueError, OSError) as error:
        raise FormatError(f"{path} is damaged: {str(error).splitlines()[0]}") from None


def _split(key: str) -> tuple[str, str]:
    """Split the key of an array's header into its name and the ending, which is empty for other keys."""
    ending = next((each for each in _ZARR if key.endswith(each)), "")
    return key.removesuffix(ending), ending


def _put(tree: dict[str, Any], where: list[str], value: Array) -> None:
    for key in where[:-1]:
        tree = tree.setdefault(key, {})
    tree[where[-1]] = value
