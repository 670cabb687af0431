"""Trained models that come with the package: `NAME.safetensors`, made by `tools/train_shipped.sh`."""

from pathlib import Path

SHIPPED: dict[str, Path] = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.safetensors"))}
"""Their files by name."""
