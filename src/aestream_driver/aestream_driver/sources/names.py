"""Names of the sources: one a row of the table in `aestream_driver.sources.table`, and those of other packages."""

from importlib.metadata import entry_points

ENTRY_POINTS = "aestream_sources"
"""Group of entry points by which a package brings a source: a name, and a function from DriverConfig to a Source."""

OWN_NAMES = ("camera", "file", "sim", "udp")
SOURCE_NAMES = (*OWN_NAMES, *sorted({entry.name for entry in entry_points(group=ENTRY_POINTS)} - {*OWN_NAMES}))
