"""`python -m aestream`: the same as the `aestream` command."""

import sys

from aestream.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
