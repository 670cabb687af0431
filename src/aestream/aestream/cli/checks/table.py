"""The table of checks: a new one is one function and one row."""

from collections.abc import Callable

from aestream.cli.checks.base import Finding
from aestream.cli.checks.cameras import check_cameras
from aestream.cli.checks.compute import check_gpu, check_torch, check_triton
from aestream.cli.checks.libraries import check_libraries
from aestream.cli.checks.python import check_core, check_python
from aestream.cli.checks.ros import check_fastdds_profile, check_interfaces, check_launch, check_rmw, check_ros
from aestream.cli.checks.speck import check_speck
from aestream.cli.checks.system import check_shared_memory, check_socket_buffers

CHECKS: tuple[Callable[[], Finding | list[Finding]], ...] = (
    check_python,
    check_core,
    check_torch,
    check_gpu,
    check_triton,
    check_ros,
    check_rmw,
    check_fastdds_profile,
    check_interfaces,
    check_launch,
    check_shared_memory,
    check_socket_buffers,
    check_cameras,
    check_libraries,
    check_speck,
)


def run_checks() -> list[Finding]:
    """Run every check, in order."""
    findings: list[Finding] = []
    for check in CHECKS:
        found = check()
        findings += found if isinstance(found, list) else [found]
    return findings
