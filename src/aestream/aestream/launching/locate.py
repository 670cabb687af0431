"""Find launch files: by path, or by the name of one that this package brings."""

from __future__ import annotations

from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from aestream.launching.errors import LaunchError, unsupported

SUFFIX = ".launch.yaml"
YAML_SUFFIXES = (".yaml", ".yml")


def find_launch_file(name_or_path: str) -> Path:
    """Return the path of a launch file.

    Args:
        name_or_path: Path of a YAML launch file, or name of an installed one without its suffix.

    Raises:
        LaunchError: There is no such file; the message lists the known names.
    """
    path = Path(name_or_path)
    if path.is_file():
        if path.suffix not in YAML_SUFFIXES:
            raise unsupported(f"launch file {name_or_path!r} (only YAML launch files can be run)", None)
        return path
    known = installed_launch_files()
    name = name_or_path.removesuffix(SUFFIX)
    if name not in known:
        raise LaunchError(f"no launch file {name_or_path!r}; known: {', '.join(sorted(known)) or 'none'}")
    return known[name]


def installed_launch_files() -> dict[str, Path]:
    """Return the launch files of this package by name."""
    return {
        path.name.removesuffix(SUFFIX): path
        for folder in (_source_folder(), _share_folder())
        if folder is not None
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    }


def _share_folder() -> Path | None:
    try:
        return Path(get_package_share_directory("aestream")) / "launch"
    except (PackageNotFoundError, KeyError, LookupError):
        return None


def _source_folder() -> Path | None:
    """Return `launch/` of the repository, where this module is a file in its `src/`."""
    module = Path(__file__).resolve()
    repository = module.parents[4]
    return repository / "launch" if module.is_relative_to(repository / "src") else None
