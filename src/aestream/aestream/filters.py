"""Filters for Python programs, in one line.

    kept = aestream.filters.filtered(events, "hot_pixels", "refractory:500")      # of one packet
    aestream.write("clean.raw", aestream.filters.filtered(aestream.stream("in.raw"), "hot_pixels", "stcf"))

    denoise = aestream.filters.make_filter("stcf", us=5000, k=3, width=640, height=480)
    for packet in aestream.stream("in.raw"):
        kept = denoise(packet)

`FILTERS` is the table; docs/filters.md describes each one.
"""

from aestream_core.filter_streams import FilteredStream, filtered
from aestream_core.filters import (
    FILTERS,
    Filter,
    FilterChain,
    FilterParameter,
    FilterRow,
    make_filter,
    parse_filters,
)

__all__ = [
    "FILTERS",
    "Filter",
    "FilterChain",
    "FilterParameter",
    "FilterRow",
    "FilteredStream",
    "filtered",
    "make_filter",
    "parse_filters",
]
