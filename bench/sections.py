"""The page docs/benchmarks.md: every benchmark that has a section rewrites that one and leaves the others."""

from pathlib import Path

NAMES = ("transport", "soak, by hand", "files", "surfaces", "surfaces, by hand", "coroutines")
"""Sections in the order in which they stand; what is written by hand is kept."""

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replace one section of the page."""
    kept = sections(page.read_text()) if page.exists() else {}
    kept[name] = text.strip()
    parts = [f"{begin(each)}\n\n{kept[each]}\n\n{end(each)}" for each in NAMES if each in kept]
    page.write_text("\n\n".join(parts) + "\n")


def sections(text: str) -> dict[str, str]:
    """Give the sections of a page by name."""
    return {name: text.split(begin(name), 1)[1].split(end(name), 1)[0].strip() for name in NAMES if begin(name) in text}


def begin(name: str) -> str:
    """Give the line before a section."""
    return f"<!-- {name}: begin -->"


def end(name: str) -> str:
    """Give the line after a section."""
    return f"<!-- {name}: end -->"
