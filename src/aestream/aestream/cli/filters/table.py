"""The table of filters: those of the native table, and those that the command has a way of its own to say."""

from aestream.cli.filters import time
from aestream.cli.filters.base import FilterRow
from aestream.cli.filters.native import command_name, native_row
from aestream_core import filters

FILTERS: dict[str, FilterRow] = {
    **{command_name(name): native_row(row) for name, row in filters.FILTERS.items()},
    "time": time.ROW,
}
