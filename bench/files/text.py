"""What adapters for text share."""

from pathlib import Path

COLUMNS = "t,x,y,p"


def has_header(path: str) -> bool:
    """Say whether the first line is no event."""
    with Path(path).open("rb") as file:
        return not file.read(1).isdigit()
