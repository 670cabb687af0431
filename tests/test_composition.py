"""The real container process loads, lists and unloads the suite's own nodes through composition_interfaces."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ament_index_python.packages import get_package_prefix
from composition_interfaces.srv import ListNodes, LoadNode, UnloadNode
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter

Call = Callable[..., Any]


@pytest.fixture
def container() -> Iterator["subprocess.Popen[str]"]:
    path = Path(get_package_prefix("aestream")) / "lib" / "aestream" / "component_container"
    process = subprocess.Popen(
        [path, "--ros-args", "-r", "__node:=box"], stderr=subprocess.PIPE, text=True, env=os.environ
    )
    yield process
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


@pytest.fixture
def call(container: "subprocess.Popen[str]", executor: Executor, spin_until: Callable[..., None]) -> Iterator[Call]:
    """Function that calls a service of the container `/box`."""
    node = Node("caller", use_global_arguments=False)
    executor.add_node(node)

    def call_service(service: Any, name: str, **fields: Any) -> Any:
        client = node.create_client(service, f"/box/_container/{name}")
        spin_until(client.service_is_ready, what=f"the container's {name}")
        future = client.call_async(service.Request(**fields))
        spin_until(future.done, what=f"an answer of {name}", timeout_s=60)
        node.destroy_client(client)
        return future.result()

    yield call_service
    executor.remove_node(node)
    node.destroy_node()


def load(call: Call, package: str, plugin: str, **parameters: Any) -> Any:
    values = [Parameter(name, value=value).to_parameter_msg() for name, value in parameters.items()]
    return call(LoadNode, "load_node", package_name=package, plugin_name=f"{package}::{plugin}", parameters=values)


def test_both_nodes_are_loaded_listed_and_unloaded(call: Call) -> None:
    accumulator = load(call, "aestream_gpu", "AccumulatorNode", device="cpu")
    driver = load(call, "aestream_driver", "DriverNode", width=64, height=48, rate_hz=1e5)
    assert (accumulator.success, accumulator.full_node_name, accumulator.error_message) == (True, "/accumulator", "")
    assert (driver.success, driver.full_node_name) == (True, "/event_camera")
    listed = call(ListNodes, "list_nodes")
    assert list(listed.full_node_names) == ["/accumulator", "/event_camera"]
    assert list(listed.unique_ids) == [accumulator.unique_id, driver.unique_id] == [1, 2]
    for loaded in (accumulator, driver):
        assert call(UnloadNode, "unload_node", unique_id=loaded.unique_id).success
    assert list(call(ListNodes, "list_nodes").full_node_names) == []


@pytest.mark.parametrize(
    ("package", "plugin", "parameters", "reason"),
    [
        ("aestream_driver", "DriverNode", {"source": "file", "path": "/missing.raw"}, "cannot read '/missing.raw'"),
        (
            "aestream_driver",
            "DriverNode",
            {"source": "lidar"},
            "source is 'lidar'; it must be one of camera, file, sim",
        ),
        ("aestream_driver", "DriverNode", {"rate_hz": -5.0}, "rate_hz is -5.0; it must be 1 to 1000000000 events/s"),
        ("aestream_gpu", "AccumulatorNode", {"device": "abacus"}, "device is 'abacus'; it must be auto, cpu, cuda"),
        ("aestream_gpu", "VoxelNode", {}, "aestream_gpu::AccumulatorNode"),
    ],
)
def test_a_node_that_fails_gives_its_caller_the_reason_in_one_line(
    call: Call, package: str, plugin: str, parameters: dict[str, Any], reason: str
) -> None:
    answer = load(call, package, plugin, **parameters)
    assert not answer.success
    assert reason in answer.error_message
    assert "\n" not in answer.error_message
    assert list(call(ListNodes, "list_nodes").unique_ids) == []
