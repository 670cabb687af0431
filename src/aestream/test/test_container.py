import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import rclpy
from composition_interfaces.srv import ListNodes, LoadNode, UnloadNode
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

TIMEOUT_S = 20.0

Call = Callable[..., Any]


@contextmanager
def running_container(environment: dict[str, str], *parameters: str) -> Iterator["subprocess.Popen[str]"]:
    path = environment["AMENT_PREFIX_PATH"].split(":")[0] + "/lib/tiny/component_container"
    words = [word for parameter in parameters for word in ("-p", parameter)]
    process = subprocess.Popen(
        [path, "--ros-args", "-r", "__node:=box", *words],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def call(tiny_environment: dict[str, str]) -> Iterator[Call]:
    """Function that calls a service of the container `/box`."""
    context = Context()
    rclpy.init(args=[], context=context, domain_id=int(tiny_environment["ROS_DOMAIN_ID"]))
    node = Node("caller", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)

    def call_service(service_type: Any, name: str, **fields: Any) -> Any:
        client = node.create_client(service_type, f"/box/_container/{name}")
        assert client.wait_for_service(TIMEOUT_S), f"no service {name}"
        future = client.call_async(service_type.Request(**fields))
        executor.spin_until_future_complete(future, timeout_sec=TIMEOUT_S)
        node.destroy_client(client)
        return future.result()

    yield call_service
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()


def load(call: Call, plugin: str, **fields: Any) -> Any:
    return call(LoadNode, "load_node", package_name="tiny", plugin_name=f"tiny::{plugin}", **fields)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, output


def test_nodes_are_loaded_listed_and_unloaded_with_ids_that_never_return(
    tiny_environment: dict[str, str], call: Call
) -> None:
    with running_container(tiny_environment) as process:
        first = load(
            call,
            "Talker",
            node_name="a",
            node_namespace="/ns",
            remap_rules=["~/chatter:=/chat"],
            parameters=[Parameter("text", value="hey").to_parameter_msg()],
            extra_arguments=[Parameter("use_intra_process_comms", value=True).to_parameter_msg()],
        )
        assert (first.success, first.full_node_name, first.unique_id) == (True, "/ns/a", 1), first.error_message
        assert load(call, "Talker").unique_id == 2
        nodes = call(ListNodes, "list_nodes")
        assert (nodes.full_node_names, list(nodes.unique_ids)) == (["/ns/a", "/talker"], [1, 2])
        assert call(UnloadNode, "unload_node", unique_id=2).success
        assert call(UnloadNode, "unload_node", unique_id=2).error_message == "No node found with unique_id: 2"
        assert load(call, "Talker").unique_id == 3
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        status, output = ended(process)
    assert status == 0
    assert "talker says 'hey' at 1.0 Hz on /chat" in output
    assert output.count("talker closed") == 3
    assert "Traceback" not in output


def test_a_request_that_cannot_be_met_says_why(tiny_environment: dict[str, str], call: Call) -> None:
    with running_container(tiny_environment) as process:
        assert load(call, "Talker", node_name="taken").success
        messages = {
            "Broken": load(call, "Broken").error_message,
            "Nothing": load(call, "Nothing").error_message,
            "taken": load(call, "Talker", node_name="taken").error_message,
            "level": load(call, "Talker", log_level=7).error_message,
        }
        process.terminate()
        status, output = ended(process)
    assert messages["Broken"] == "component 'tiny::Broken' failed to start: the camera is not connected"
    assert messages["Nothing"].startswith("package 'tiny' has no component 'tiny::Nothing'; known components: ")
    assert "tiny::Talker" in messages["Nothing"]
    assert messages["taken"] == "a node named '/taken' already runs in this container"
    assert messages["level"].startswith("unknown log_level 7; known: ")
    assert status == 0
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("parameter", "plugin", "status", "reason"),
    [
        ("exit_on_load_failure:=true", "Broken", 1, "component 'tiny::Broken' failed to start: the camera is not c"),
        ("exit_on_node_failure:=true", "Failing", 1, "/failing failed: the cable was pulled"),
        ("exit_when_done:=true", "Player", 0, "every source has ended"),
    ],
)
def test_the_container_ends_for_the_reason_that_its_parameter_names(
    tiny_environment: dict[str, str], call: Call, parameter: str, plugin: str, status: int, reason: str
) -> None:
    with running_container(tiny_environment, parameter) as process:
        assert load(call, plugin) is not None
        actual_status, output = ended(process)
    assert actual_status == status, output
    assert reason in output
