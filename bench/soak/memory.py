"""Memory of processes, from /proc."""

from pathlib import Path


def family(pid: int) -> list[int]:
    """Give a process and everything that it started."""
    try:
        children = [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(member for child in children for member in family(child))]


def resident_mb(pid: int) -> float:
    """Give what a process has in memory, shared memory included; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
