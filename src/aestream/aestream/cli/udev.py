"""udev rules that let every user open event cameras: made from the table of cameras, printed or installed."""

import os
import shutil
import subprocess
from pathlib import Path

from aestream.cli.checks.cameras import CAMERA_MODELS, RULES
from aestream_core.errors import AestreamError

_RELOAD = (("udevadm", "control", "--reload-rules"), ("udevadm", "trigger", "--subsystem-match=usb"))


def rules_text() -> str:
    """Give the content of the rules file."""
    lines = [
        "# Event cameras on USB: every user of this machine may open them.",
        f"# Belongs in {RULES}; then: udevadm control --reload-rules && udevadm trigger",
    ]
    for model in CAMERA_MODELS:
        match = f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{model.vendor}"'
        lines += [f"# {model.maker}"]
        lines += [f'{match}, ATTR{{idProduct}}=="{each}", MODE="0666"' for each in model.products]
        lines += [] if model.products else [f'{match}, MODE="0666"']
    return "\n".join(lines) + "\n"


def install_rules(path: Path = Path(RULES)) -> list[str]:
    """Write the rules file and make udev read it.

    Returns:
        What was done, a line each.

    Raises:
        AestreamError: the file cannot be written; the message names the command that can.
    """
    try:
        path.write_text(rules_text())
    except OSError as error:
        way = "" if os.geteuid() == 0 else f"; as root: aestream doctor --udev | sudo tee {path}"
        raise AestreamError(f"cannot write {path}: {error.strerror or error}{way}") from error
    return [f"wrote {path}", *(_run(command) for command in _RELOAD), "unplug and plug the camera once"]


def _run(command: tuple[str, ...]) -> str:
    line = " ".join(command)
    if shutil.which(command[0]) is None:
        return f"not run, {command[0]} is not installed: {line}"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"ran {line}" if done.returncode == 0 else f"failed: {line}: {done.stderr.strip()}"
