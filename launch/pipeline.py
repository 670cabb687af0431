"""The suite's pipelines in ROS 2's own launch: what the `.launch.py` files share. It imports nothing of the suite."""

from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch.launch_description_sources import AnyLaunchDescriptionSource


def pipeline(launch_file: str) -> LaunchDescription:
    """Describe the pipeline of the YAML file beside a Python launch file; it ends where a process fails.

    Args:
        launch_file: `__file__` of `NAME.launch.py`, beside which `NAME.launch.yaml` lies.
    """
    description = Path(launch_file).with_suffix(".yaml")
    return LaunchDescription(
        [
            RegisterEventHandler(OnProcessExit(on_exit=fail_launch)),
            IncludeLaunchDescription(AnyLaunchDescriptionSource(str(description))),
        ]
    )


def fail_launch(event: ProcessExited, context: LaunchContext) -> None:
    """End the whole launch with status 1: by itself that is 0 whatever its processes return.

    Raises:
        RuntimeError: the process that ended had failed; a raising handler is what ROS 2's launch ends with 1 for.
    """
    if event.returncode != 0 and not context.is_shutdown:
        raise RuntimeError(f"[{event.process_name}] ended with status {event.returncode}")
