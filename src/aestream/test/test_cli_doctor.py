"""`aestream doctor`: what is missing is named with the command that brings it."""

import json
from pathlib import Path

import pytest

from aestream.cli.checks.base import Finding, try_import
from aestream.cli.checks.cameras import CAMERA_MODELS, check_cameras
from aestream.cli.checks.compute import check_gpu
from aestream.cli.checks.libraries import OPTIONAL_LIBRARIES, check_libraries
from aestream.cli.checks.python import check_core, check_python
from aestream.cli.checks.ros import check_fastdds_profile, check_ros
from aestream.cli.checks.system import RECEIVE_BYTES, check_shared_memory, check_socket_buffers
from aestream.cli.checks.table import run_checks
from aestream.cli.doctor import describe
from aestream.cli.main import main
from aestream.cli.udev import install_rules, rules_text
from aestream_core.errors import AestreamError


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """A machine with one Prophesee camera and a keyboard on USB."""
    for name, vendor, product in (("1-1", "04b4", "00f5"), ("1-2", "046d", "c31c")):
        device = tmp_path / "sys/bus/usb/devices" / name
        device.mkdir(parents=True)
        for file, text in (("idVendor", vendor), ("idProduct", product), ("busnum", "1"), ("devnum", name[-1])):
            (device / file).write_text(text + "\n")
    (tmp_path / "dev/bus/usb/001").mkdir(parents=True)
    return tmp_path


def test_every_finding_of_this_machine_is_complete() -> None:
    for finding in run_checks():
        assert finding.name
        assert finding.detail
        assert "\n" not in finding.detail + finding.fix
        assert finding.fix or not finding.fails


def test_the_parts_that_these_tests_use_are_found() -> None:
    assert check_python().status == check_core().status == "ok"


def test_an_old_python_fails() -> None:
    assert check_python((3, 8)).fails


def test_json_holds_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] == (status == 0)
    assert {"Python", "PyTorch", "GPU", "ROS 2", "camera", *OPTIONAL_LIBRARIES} <= {
        each["name"] for each in report["findings"]
    }


def test_a_missing_required_part_decides_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Finding("PyTorch", "missing", "not installed", "make setup", required=True)
    monkeypatch.setattr("aestream.cli.checks.table.CHECKS", (lambda: missing,))
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "missing  PyTorch  not installed" in text
    assert "fix: make setup" in text
    optional = Finding("h5py", "missing", "[data] sets", "pip install h5py")
    monkeypatch.setattr("aestream.cli.checks.table.CHECKS", (lambda: [optional],))
    assert main(["doctor"]) == 0
    assert "[data] sets" in capsys.readouterr().out


def test_a_good_finding_needs_no_fix() -> None:
    lines = describe([Finding("a", "ok", "here", "unused")], colours=False)
    assert lines == ["ok       a  here", "", "everything that is required is here"]


def test_colours_are_for_terminals_only() -> None:
    findings = [Finding("a", "problem", "broken")]
    assert describe(findings, colours=True)[0].startswith("\033[31mproblem\033[0m")
    assert not any("\033" in line for line in describe(findings, colours=False))


def test_a_camera_that_may_not_be_opened_gets_a_udev_rule(camera: Path) -> None:
    (found,) = check_cameras(camera / "sys", camera / "dev")
    assert found.status == "problem"
    assert "04b4:00f5" in found.detail
    assert "aestream doctor --udev | sudo tee /etc/udev/rules.d/" in found.fix


def test_the_udev_rules_are_printed_for_every_camera_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--udev"]) == 0
    rules = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    assert 'SUBSYSTEM=="usb", ATTR{idVendor}=="04b4", ATTR{idProduct}=="00f5", MODE="0666"' in rules
    for model in CAMERA_MODELS:
        assert sum(model.vendor in rule for rule in rules) == max(1, len(model.products))


def test_installing_the_udev_rules_writes_them_or_says_who_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = install_rules(tmp_path / "rules")
    assert done[0] == f"wrote {tmp_path}/rules"
    assert "udevadm is not installed" in done[1]
    assert (tmp_path / "rules").read_text() == rules_text()
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(AestreamError, match=r"cannot write .*: No such file or directory; as root: aestream doctor"):
        install_rules(tmp_path / "missing" / "rules")


def test_a_camera_that_may_be_opened_is_ok_and_a_keyboard_is_no_camera(camera: Path) -> None:
    (camera / "dev/bus/usb/001/001").touch()
    (found,) = check_cameras(camera / "sys", camera / "dev")
    assert found.status == "ok"
    assert "Prophesee" in found.detail


def test_no_camera_is_no_problem(tmp_path: Path) -> None:
    (found,) = check_cameras(tmp_path, tmp_path)
    assert (found.status, found.required) == ("missing", False)


def test_small_socket_buffers_name_the_command_that_enlarges_them(tmp_path: Path) -> None:
    limit = tmp_path / "sys/net/core/rmem_max"
    limit.parent.mkdir(parents=True)
    limit.write_text("212992\n")
    assert "rmem_max=4194304" in check_socket_buffers(tmp_path).fix
    limit.write_text(f"{RECEIVE_BYTES}\n")
    assert check_socket_buffers(tmp_path).status == "ok"
    assert check_socket_buffers(tmp_path / "none").status == "missing"
    assert check_shared_memory(tmp_path / "none").status == "missing"


@pytest.mark.parametrize(("distribution", "variable"), [("jazzy", "FASTRTPS"), ("kilted", "FASTDDS")])
def test_the_fastdds_profile_must_be_set_and_exist(distribution: str, variable: str, tmp_path: Path) -> None:
    name = f"{variable}_DEFAULT_PROFILES_FILE"
    profile = tmp_path / "profile.xml"
    profile.touch()
    assert name in check_fastdds_profile({"ROS_DISTRO": distribution}).detail
    missing = {"ROS_DISTRO": distribution, name: str(tmp_path / "none.xml")}
    assert "does not exist" in check_fastdds_profile(missing).detail
    assert check_fastdds_profile({"ROS_DISTRO": distribution, name: str(profile)}).status == "ok"
    assert check_fastdds_profile({"RMW_IMPLEMENTATION": "rmw_zenoh_cpp"}).status == "ok"


def test_without_ros_the_fix_is_to_source_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aestream.cli.checks.ros.try_import", lambda _: "ModuleNotFoundError: no rclpy")
    (tmp_path / "jazzy").mkdir()
    assert check_ros({}, tmp_path).fix == f". {tmp_path}/jazzy/setup.bash"
    assert check_ros({}, tmp_path / "none").fails


def test_a_gpu_that_the_driver_knows_and_torch_does_not_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    (tmp_path / "version").touch()
    assert check_gpu(tmp_path / "version").status == "problem"
    assert check_gpu(tmp_path / "none").status == "missing"


def test_a_missing_library_is_optional_and_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aestream.cli.checks.libraries.OPTIONAL_LIBRARIES", {"no_such_module": ("no-such", "nothing")})
    (found,) = check_libraries()
    assert (found.status, found.fix, found.fails) == ("missing", "pip install no-such", False)


def test_a_folder_is_no_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_a_folder").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "only a folder" in str(try_import("only_a_folder"))
    assert "no_such_module" in str(try_import("no_such_module"))
