"""Python, and what of this suite it finds."""

import platform
import sys

from aestream.cli.checks.base import Finding, try_import

OLDEST_PYTHON = (3, 10)


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Check that Python is new enough."""
    detail = f"{platform.python_version()} in {sys.prefix}"
    if version < OLDEST_PYTHON:
        fix = "install Python {}.{} or later, then: make setup".format(*OLDEST_PYTHON)
        return Finding("Python", "problem", detail, fix, required=True)
    return Finding("Python", "ok", detail, required=True)


def check_core() -> Finding:
    """Check that the native core is built and loads."""
    module = try_import("aestream_core.files")
    if isinstance(module, str):
        return Finding("native core", "problem", module, "make setup", required=True)
    return Finding("native core", "ok", f"reads {', '.join(module.FILE_FORMATS)}", required=True)
