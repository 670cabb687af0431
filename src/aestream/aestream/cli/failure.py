"""How the command says that something went wrong."""

import sys

from aestream_core.errors import AestreamError


def print_error(error: AestreamError) -> None:
    """Print an error as one line on stderr."""
    print(f"aestream: error: {' '.join(str(error).split())}", file=sys.stderr)
