"""Configurations as parameters of nodes."""

from rclpy.parameter import Parameter


def overrides(config: object) -> list[Parameter]:
    """Give a configuration as the parameters that make it."""
    return [Parameter(name, value=value) for name, value in vars(config).items()]
