"""Point the CMake exports of the ROS 2 wheels at this environment.

The `export_*__rosidl_generator_pyExport.cmake` files in the wheels name the Python headers and the NumPy headers of
the machine that built them; message packages that depend on others do not configure before both are replaced.
"""

import re
import sys
import sysconfig
from pathlib import Path

import numpy

BUILDER_PYTHON = re.compile(r"/opt/python/cp\d+-cp\d+/include/python3\.\d+")
BUILDER_NUMPY = re.compile(r"/opt/python/cp\d+-cp\d+/lib/python3\.\d+/site-packages/numpy/_core/include")


def main() -> None:
    """Rewrite every export file of this environment in place."""
    for export in Path(sys.prefix).glob("share/*/cmake/export_*__rosidl_generator_pyExport.cmake"):
        text = export.read_text()
        fixed = BUILDER_NUMPY.sub(numpy.get_include(), text)
        fixed = BUILDER_PYTHON.sub(sysconfig.get_paths()["include"], fixed)
        if fixed != text:
            export.write_text(fixed)


if __name__ == "__main__":
    main()
