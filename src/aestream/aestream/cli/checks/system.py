"""Limits of the operating system that events run into."""

import shutil
from pathlib import Path

from aestream.cli.checks.base import Finding

RECEIVE_BYTES = 4_194_304
"""Socket buffer that a burst of events over UDP, or a large message from another machine, fits into."""

SHARED_MEMORY_BYTES = 256 << 20
"""Room for three participants with the 64 MB segments of this suite's Fast DDS profile."""


def check_socket_buffers(proc_root: Path = Path("/proc")) -> Finding:
    """Check how large a socket's receive buffer may be."""
    name, file = "socket buffers", proc_root / "sys/net/core/rmem_max"
    if not file.is_file():
        return Finding(name, "missing", f"{file} is not there; the limit is not known")
    limit_bytes = int(file.read_text())
    detail = f"net.core.rmem_max is {limit_bytes:,} bytes"
    if limit_bytes >= RECEIVE_BYTES:
        return Finding(name, "ok", detail)
    detail += "; bursts over UDP and from other machines may be lost"
    return Finding(name, "problem", detail, f"sudo sysctl -w net.core.rmem_max={RECEIVE_BYTES}")


def check_shared_memory(folder: Path = Path("/dev/shm")) -> Finding:
    """Check that there is room for the shared memory that messages travel through."""
    name = "shared memory"
    if not folder.is_dir():
        return Finding(name, "missing", f"no {folder}; messages between processes travel over UDP")
    total_bytes = shutil.disk_usage(folder).total
    detail = f"{folder} has {total_bytes >> 20:,} MB"
    if total_bytes >= SHARED_MEMORY_BYTES:
        return Finding(name, "ok", detail)
    fix = f"sudo mount -o remount,size=1g {folder}, or docker run --shm-size=1g"
    return Finding(name, "problem", f"{detail}; {SHARED_MEMORY_BYTES >> 20} MB or more are needed", fix)
