"""The rows of the NumPy formats."""

from aestream_core.formats import npy, npz
from aestream_core.formats.base import FileFormat
from aestream_core.formats.numpy_writers import COMPRESSION, create_npy, create_npz

NUMPY_FORMATS = (
    FileFormat(
        name="npy",
        description="NumPy array with fields t, x, y and p, or four columns",
        extensions=(".npy",),
        open=npy.open_npy,
        info=npy.npy_info,
        create=create_npy,
        read_options=npy.READ_OPTIONS,
    ),
    FileFormat(
        name="npz",
        description="NumPy archive of the arrays t, x, y and p",
        extensions=(".npz",),
        open=npz.open_npz,
        info=npz.npz_info,
        create=create_npz,
        read_options=npz.READ_OPTIONS,
        write_options=(COMPRESSION,),
    ),
)
