"""The row of HDF5."""

from aestream_core.formats.base import FileFormat
from aestream_core.formats.hdf5 import READ_OPTIONS, hdf5_info, open_hdf5
from aestream_core.formats.hdf5_writer import WRITE_OPTIONS, create_hdf5

HDF5_FORMAT = FileFormat(
    name="hdf5",
    description="HDF5 as DSEC, RPG, M3ED, MVSEC and Prophesee lay it out; written as DSEC",
    extensions=(".h5", ".hdf5"),
    open=open_hdf5,
    info=hdf5_info,
    create=create_hdf5,
    read_options=READ_OPTIONS,
    write_options=WRITE_OPTIONS,
)
