"""Names of the sources, one a row of the table in `aestream_driver.sources.table`."""

SOURCE_NAMES = ("camera", "file", "sim", "udp")
