"""The table of filters: a new one is one file and one row."""

from aestream.cli.filters import crop, mask, polarity, time
from aestream.cli.filters.base import FilterRow

FILTERS: dict[str, FilterRow] = {"crop": crop.ROW, "polarity": polarity.ROW, "time": time.ROW, "mask": mask.ROW}
