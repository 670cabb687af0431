"""The table of sources: a new one is one file and one row."""

from aestream.cli.sources import file, sim
from aestream.cli.sources.base import SourceRow

SOURCES: dict[str, SourceRow] = {"file": file.ROW, "sim": sim.ROW}
