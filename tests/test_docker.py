"""What can be checked of docker/ without an engine: files, scripts, and that everything names the same things."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docker"
DOCKERFILES = sorted(FOLDER.glob("Dockerfile*"))
MADE_BY_SETUP = (".venv", "install")


def instructions(path: Path) -> list[tuple[str, str]]:
    """Give the instructions of a Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", path.read_text()))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def compose() -> dict[str, dict]:
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    assert isinstance(services, dict)
    return services


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_what_an_image_copies_is_there_or_made_by_setup(path: Path) -> None:
    copies = [rest for word, rest in instructions(path) if word == "COPY"]
    assert copies
    for copy in copies:
        *sources, _ = [word for word in copy.split() if not word.startswith("--")]
        for source in sources:
            inside = source.removeprefix("/opt/aestream/")
            assert (ROOT / inside).exists() or inside in MADE_BY_SETUP, source


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_says_what_it_is_for_has_stages_and_does_not_run_as_root(path: Path) -> None:
    steps = instructions(path)
    assert path.read_text().startswith("# AEStream for a ")
    assert [word for word, _ in steps].count("FROM") == 2
    assert ("USER", "aestream") in steps
    commands = dict(steps)
    assert commands["ENTRYPOINT"] == '["/opt/aestream/entrypoint.sh"]'
    launch_file = yaml.safe_load(commands["CMD"])[0]
    assert (ROOT / "launch" / f"{launch_file}.launch.py").is_file()


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_variables_that_the_setup_of_an_image_sets_are_those_that_the_tools_read(path: Path) -> None:
    tools = "".join(tool.read_text() for tool in (ROOT / "tools").glob("*.sh"))
    names = set(re.findall(r"(AESTREAM_\w+)=", path.read_text()))
    assert names
    assert all(f"${{{name}:-0}}" in tools for name in names)


def test_every_service_builds_one_of_the_images_and_every_image_has_a_service() -> None:
    services = compose()
    assert {ROOT / each["build"]["dockerfile"] for each in services.values()} == set(DOCKERFILES)
    for name, service in services.items():
        assert service["image"] == f"aestream:{name}"
        assert (FOLDER / service["build"]["context"]).resolve() == ROOT
        assert service["ipc"] == "host"
        assert any(volume.startswith("/dev/bus/usb:") for volume in service["volumes"])


def test_the_commands_of_services_start_launch_files_that_are_there() -> None:
    for service in compose().values():
        default = re.fullmatch(r"\$\{LAUNCH:-(\w+) .*\}", service["command"])
        assert default
        assert (ROOT / "launch" / f"{default[1]}.launch.py").is_file()


def test_the_entry_point_is_an_executable_script_that_parses() -> None:
    script = FOLDER / "entrypoint.sh"
    assert script.stat().st_mode & 0o111
    assert subprocess.run([shutil.which("bash") or "bash", "-n", script], check=False).returncode == 0


def test_the_page_names_every_image_and_says_that_none_was_built() -> None:
    page = (FOLDER / "README.md").read_text()
    assert all(f"`{path.name}`" in page for path in DOCKERFILES)
    assert "None of the images has been\nbuilt" in page
