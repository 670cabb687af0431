"""Make .venv-peers with the libraries to compare with: `python3 -m bench.files.peers_environment`.

Libraries that have no build for this machine or this Python are left out, and the benchmark goes on without them.
"""

import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / ".venv-peers"
REQUIREMENTS = Path(__file__).with_name("requirements-peers.txt")


def main() -> int:
    """Install everything, or one by one what can be."""
    if not (FOLDER / "bin" / "python").exists():
        venv.create(FOLDER, with_pip=True)
    if install(["-r", str(REQUIREMENTS)]):
        return 0
    missing = [name for name in requirements() if not install([name])]
    print(f"not installed, so not compared with: {', '.join(missing)}", file=sys.stderr)
    return int(len(missing) == len(requirements()))


def requirements() -> list[str]:
    """Read the pinned libraries."""
    return [line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]


def install(arguments: list[str]) -> bool:
    """Run pip and say whether it did."""
    pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*pip, *arguments], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
