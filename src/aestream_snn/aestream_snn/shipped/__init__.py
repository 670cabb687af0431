"""Trained models that come with the package: `NAME.safetensors`, made by `tools/train_shipped*.sh`."""

from pathlib import Path

SHIPPED: dict[str, Path] = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.safetensors"))}
"""Their files by name."""


def checkpoint_path(name: str) -> Path:
    """Give the file of a shipped model by its name, or take the name as a path."""
    return SHIPPED.get(name, Path(name).expanduser())
