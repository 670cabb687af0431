"""docs/filters.md lists what the table holds."""

from pathlib import Path

import pytest

from aestream_core.filters import FILTERS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "filters.md"


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_the_page_has_every_parameter_and_default_of(name: str) -> None:
    line = next(each for each in PAGE.read_text().splitlines() if each.startswith(f"| `{name}` |"))
    for parameter in FILTERS[name].parameters:
        assert f"`{parameter.name}`" in line
        default = parameter.default
        if parameter.kind in ("whole", "real") and default is not None:
            assert f"({default:g})" in line or f"({default})" in line
