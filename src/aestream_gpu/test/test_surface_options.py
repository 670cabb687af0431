"""Settings of surfaces as text."""

import pytest

from aestream_core import AestreamError
from aestream_gpu.surfaces.options import format_options, parse_options
from aestream_gpu.surfaces.stack import StackOptions
from aestream_gpu.surfaces.table import SURFACES, parse_surface
from aestream_gpu.surfaces.voxel_grid import VoxelGridOptions


@pytest.mark.parametrize("name", SURFACES)
def test_settings_written_as_text_read_back_the_same(name: str) -> None:
    options_class = SURFACES[name].options_class
    assert parse_options(options_class, format_options(options_class())) == options_class()


def test_values_alone_are_taken_in_order_and_names_in_any() -> None:
    assert parse_options(StackOptions, "5,count,100") == StackOptions(5, "count", 100)
    assert parse_options(StackOptions, "events=100, frames=5") == StackOptions(5, "time", 100)
    assert parse_options(VoxelGridOptions, " 3 , signed=TRUE ") == VoxelGridOptions(3, signed=True)


def test_settings_stand_behind_the_name_or_beside_it() -> None:
    assert parse_surface("voxel_grid:7")[1] == parse_surface("voxel_grid", "bins=7")[1] == VoxelGridOptions(7)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("voxel_grid:bins=0", "", "bins is 0; it must be 1 to 64"),
        ("voxel_grid:bins=many", "", "bins is 'many'; it must be a number"),
        ("voxel_grid:signed=yes", "", "signed is 'yes'; it must be true or false"),
        ("voxel_grid:bims=3", "", "unknown setting 'bims'; known: bins, signed"),
        ("voxel_grid:3,true,1", "", "'1' is one value too many; there are bins, signed"),
        ("voxel_grid:3,bins=4", "", "bins is given twice"),
        ("voxel_grid:3", "4", "has settings, and so have its options '4'; give them once"),
        ("count:mode=all", "", "mode is 'all'; it must be one of polarity, binary, signed"),
        ("tore:3,500,100", "", r"low_us is 500; it must be less than high_us \(100\)"),
        ("frames", "", "unknown surface 'frames'; known: count, "),
    ],
)
def test_what_cannot_be_is_refused_by_name(text: str, options: str, message: str) -> None:
    with pytest.raises(AestreamError, match=message):
        parse_surface(text, options)
