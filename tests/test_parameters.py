"""Every parameter says what it is and what is allowed: what `ros2 param describe` shows."""

from collections.abc import Iterator
from typing import Any

import pytest
from rcl_interfaces.msg import ParameterType
from rclpy.executors import Executor
from rclpy.parameter import Parameter

from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode

RCLPY_S_OWN = ("use_sim_time", "start_type_description_service")


@pytest.fixture(params=[DriverNode, AccumulatorNode])
def node(request: pytest.FixtureRequest, executor: Executor) -> Iterator[Any]:
    made = request.param(parameter_overrides=[Parameter("autostart", value=False)], use_global_arguments=False)
    yield made
    made.close()
    made.destroy_node()


def test_every_parameter_is_described_and_every_number_bounded(node: Any) -> None:
    names = [name for name in node._parameters if name not in RCLPY_S_OWN]
    assert len(names) > 5
    for name in names:
        descriptor = node.describe_parameter(name)
        assert descriptor.description, name
        if descriptor.type == ParameterType.PARAMETER_INTEGER:
            assert descriptor.integer_range, name
        if descriptor.type == ParameterType.PARAMETER_DOUBLE:
            assert descriptor.floating_point_range, name
