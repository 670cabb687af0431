"""The client side of a component container: wait for it, load nodes one after the other."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from composition_interfaces.srv import ListNodes
from composition_interfaces.srv import LoadNode as LoadNodeService
from rclpy.client import Client
from rclpy.context import Context
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from aestream.launching.errors import LaunchError
from aestream.launching.steps import LoadNode

SERVICE_TIMEOUT_S = 30.0
# A node that loads slowly answers later than this; asking then what is loaded does no harm.
LOST_ANSWER_S = 10.0
GRACE_S = 1.0
POLL_PERIOD_S = 0.1


class Loader:
    """Loads nodes into containers; all waiting ends when `cancelled()` is true."""

    def __init__(self, node: Node, executor: Executor, *, cancelled: Callable[[], bool]) -> None:
        """Use `open_loader`."""
        self._node = node
        self._executor = executor
        self._cancelled = cancelled
        self._clients: dict[str, Client] = {}

    def load(self, step: LoadNode) -> str | None:
        """Load a node.

        Returns:
            Its full name; None where the wait was cancelled.

        Raises:
            LaunchError: The container does not answer within 30 s, or says why it cannot load the node.
        """
        client = self._client(step.container)
        if not self._wait_for(client, step):
            return None
        future = client.call_async(request_message(step))
        self._spin(future.done, timeout_s=LOST_ANSWER_S)
        if not future.done() and not self._cancelled():
            return self._ask_what_is_loaded(step, future)
        if not future.done():
            return None
        response = future.result()
        if not response.success:
            raise LaunchError(f"cannot load {step.name!r} into {step.container}: {response.error_message}")
        name: str = response.full_node_name
        return name

    def _ask_what_is_loaded(self, step: LoadNode, answer: Future) -> str | None:
        """Find out what became of a request whose answer does not come.

        DDS can lose the answer where the container has not yet discovered this client. The container answers in order:
        once it says what it has loaded, it has dealt with the request, and its own answer has come or never will.
        """
        client = self._client(step.container, ListNodes, "list_nodes")
        listed = client.call_async(ListNodes.Request())
        self._spin(lambda: answer.done() or listed.done())
        self._spin(answer.done, timeout_s=GRACE_S)
        if answer.done() and not answer.result().success:
            raise LaunchError(f"cannot load {step.name!r} into {step.container}: {answer.result().error_message}")
        names = [answer.result().full_node_name] if answer.done() else []
        if listed.done():
            names += [name for name in listed.result().full_node_names if name.split("/")[-1] == step.name]
        if not names and not self._cancelled():
            raise LaunchError(
                f"cannot load {step.name!r} into {step.container}: its answer was lost; its output says why"
            )
        return names[0] if names else None

    def _spin(self, done: Callable[[], bool], *, timeout_s: float = math.inf) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not done() and not self._cancelled() and time.monotonic() < deadline_s:
            self._executor.spin_once(timeout_sec=POLL_PERIOD_S)

    def _client(self, container: str, service: Any = LoadNodeService, name: str = "load_node") -> Client:
        path = f"{container}/_container/{name}"
        if path not in self._clients:
            self._clients[path] = self._node.create_client(service, path)
        return self._clients[path]

    def _wait_for(self, client: Client, step: LoadNode) -> bool:
        deadline_s = time.monotonic() + SERVICE_TIMEOUT_S
        while not client.service_is_ready():
            if self._cancelled():
                return False
            if time.monotonic() > deadline_s:
                raise LaunchError(
                    f"cannot load {step.name!r}: container {step.container} does not offer its services after "
                    f"{SERVICE_TIMEOUT_S:.0f} s"
                )
            self._executor.spin_once(timeout_sec=POLL_PERIOD_S)
        return True


@contextmanager
def open_loader(cancelled: Callable[[], bool]) -> Iterator[Loader]:
    """Join ROS with a node of its own for as long as this context lasts."""
    context = Context()
    rclpy.init(args=[], context=context, signal_handler_options=SignalHandlerOptions.NO)
    try:
        node = Node(f"aestream_launch_{os.getpid()}", context=context, start_parameter_services=False)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        try:
            yield Loader(node, executor, cancelled=cancelled)
        finally:
            # In this order also where loading failed: what is collected later finds its handles gone and says so
            # behind the reason of the failure.
            executor.shutdown()
            node.destroy_node()
    finally:
        context.try_shutdown()


def request_message(step: LoadNode) -> LoadNodeService.Request:
    """Convert a step to the service request."""
    request = LoadNodeService.Request()
    request.package_name = step.package
    request.plugin_name = step.plugin
    request.node_name = step.name
    request.node_namespace = step.namespace
    request.remap_rules = list(step.remap_rules)
    request.parameters = [_message(name, value) for name, value in step.parameters.items()]
    request.extra_arguments = [_message(name, value) for name, value in step.extra_arguments.items()]
    return request


def _message(name: str, value: object) -> object:
    return Parameter(name, value=value).to_parameter_msg()
