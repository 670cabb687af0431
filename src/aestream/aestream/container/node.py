"""The container node: three services to load, unload and list the nodes of this process."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from typing import Any

from composition_interfaces.srv import ListNodes, LoadNode, UnloadNode
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.executors import Executor
from rclpy.logging import LoggingSeverity
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile

from aestream.container.errors import ContainerError
from aestream.container.loader import NodeRequest, construct, installed_components, one_line
from aestream.container.supervision import Exit, all_finished, failed_nodes

SUPERVISION_PERIOD_S = 0.25
# A reply still has to reach the caller after the callback; leaving at once would lose it.
REPLY_GRACE_S = 0.5

EXIT_PARAMETERS: Mapping[str, str] = {
    "exit_on_load_failure": "End with status 1 when a node cannot be loaded.",
    "exit_on_node_failure": "End with status 1 when a loaded node reports a failure.",
    "exit_when_done": "End with status 0 when every node that can finish has finished.",
}


class ContainerNode(Node):
    """Serve `~/_container/{load,unload,list}_node(s)` and watch over the nodes that it loaded.

    Node ids start at 1 and are never used again.
    """

    def __init__(self, executor: Executor, *, name: str = "component_container") -> None:
        """Create the services.

        Args:
            executor: Runs the nodes that will be loaded.
            name: Node name where the command line does not give another.
        """
        super().__init__(name)
        self._node_executor = executor
        self._nodes: dict[int, Any] = {}
        self._next_id = 1
        self._reported: set[str] = set()
        self._exit: Exit | None = None
        self._exit_at_s = 0.0
        for parameter, description in EXIT_PARAMETERS.items():
            self.declare_parameter(parameter, False, ParameterDescriptor(description=description))
        self._create_services()
        self.create_timer(SUPERVISION_PERIOD_S, self._supervise)

    @property
    def exit(self) -> Exit | None:
        """Why the container should end now; None while it should go on."""
        return self._exit if time.monotonic() >= self._exit_at_s else None

    def close(self) -> None:
        """Unload every node, the last loaded first."""
        for unique_id in sorted(self._nodes, reverse=True):
            self._remove(self._nodes.pop(unique_id))

    def _create_services(self) -> None:
        group = MutuallyExclusiveCallbackGroup()
        for service_type, name, callback in (
            (LoadNode, "load_node", self._on_load),
            (UnloadNode, "unload_node", self._on_unload),
            (ListNodes, "list_nodes", self._on_list),
        ):
            self.create_service(
                service_type, f"~/_container/{name}", callback, qos_profile=QoSProfile(depth=200), callback_group=group
            )

    def _on_load(self, request: LoadNode.Request, response: LoadNode.Response) -> LoadNode.Response:
        try:
            node = self._load(request)
        except ContainerError as error:
            response.error_message = str(error)
            self.get_logger().error(f"cannot load {request.node_name or request.plugin_name!r}: {error}")
            self._exit_if("exit_on_load_failure", Exit(status=1, reason=str(error)))
            return response
        response.success = True
        response.full_node_name = node.get_fully_qualified_name()
        response.unique_id = self._next_id
        self._nodes[self._next_id] = node
        self._next_id += 1
        self.get_logger().info(f"loaded {response.full_node_name} ({request.plugin_name}), id {response.unique_id}")
        return response

    def _on_unload(self, request: UnloadNode.Request, response: UnloadNode.Response) -> UnloadNode.Response:
        node = self._nodes.pop(request.unique_id, None)
        if node is None:
            response.error_message = f"No node found with unique_id: {request.unique_id}"
            return response
        self._remove(node)
        response.success = True
        return response

    def _on_list(self, _request: ListNodes.Request, response: ListNodes.Response) -> ListNodes.Response:
        response.full_node_names = [node.get_fully_qualified_name() for node in self._nodes.values()]
        response.unique_ids = list(self._nodes)
        return response

    def _load(self, message: LoadNode.Request) -> Any:
        request = request_from_message(message)
        self._refuse_taken(request.full_name)
        severity = severity_from_level(message.log_level)
        node = construct(request, installed_components())
        try:
            self._refuse_taken(node.get_fully_qualified_name())
            if severity is not None:
                node.get_logger().set_level(severity)
            self._node_executor.add_node(node)
        except Exception:
            self._remove(node)
            raise
        return node

    def _refuse_taken(self, full_name: str | None) -> None:
        if full_name in {self.get_fully_qualified_name(), *self._by_name()}:
            raise ContainerError(f"a node named {full_name!r} already runs in this container")

    def _by_name(self) -> dict[str, Any]:
        return {node.get_fully_qualified_name(): node for node in self._nodes.values()}

    def _remove(self, node: Any) -> None:
        self._node_executor.remove_node(node)
        try:
            if callable(close := getattr(node, "close", None)):
                close()
        except Exception as error:
            self.get_logger().error(f"{node.get_fully_qualified_name()} did not close cleanly: {one_line(error)}")
        node.destroy_node()
        del node
        # A node is full of references to itself; what it holds (event buffers, GPU memory) is to go now, not some day.
        gc.collect()

    def _supervise(self) -> None:
        nodes = self._by_name()
        failures = failed_nodes(nodes)
        self._reported &= failures.keys()
        for name, reason in failures.items():
            if name not in self._reported:
                self._reported.add(name)
                self.get_logger().error(f"{name} failed: {reason}")
                self._exit_if("exit_on_node_failure", Exit(status=1, reason=f"{name} failed: {reason}"))
        if all_finished(nodes):
            self._exit_if("exit_when_done", Exit(status=0, reason="every source has ended"))

    def _exit_if(self, parameter: str, exit_: Exit) -> None:
        if self._exit is None and self.get_parameter(parameter).value:
            self._exit = exit_
            self._exit_at_s = time.monotonic() + REPLY_GRACE_S


def request_from_message(message: LoadNode.Request) -> NodeRequest:
    """Convert the service request."""
    return NodeRequest(
        package=message.package_name,
        plugin=message.plugin_name,
        name=message.node_name,
        namespace=message.node_namespace,
        remap_rules=tuple(message.remap_rules),
        parameters=tuple(Parameter.from_parameter_msg(parameter) for parameter in message.parameters),
        extra_arguments={p.name: Parameter.from_parameter_msg(p).value for p in message.extra_arguments},
    )


def severity_from_level(level: int) -> LoggingSeverity | None:
    """Return the severity of a `rcl_interfaces/Log` level; None for 0, which leaves the level as it is.

    Raises:
        ContainerError: There is no such level.
    """
    if level == 0:
        return None
    try:
        return LoggingSeverity(level)
    except ValueError:
        known = ", ".join(f"{severity.value} ({severity.name})" for severity in LoggingSeverity)
        raise ContainerError(f"unknown log_level {level}; known: {known}") from None
