"""The pipeline of replay.launch.yaml for `ros2 launch`, which ends with status 1 where a process fails."""

from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited
from launch.launch_description_sources import AnyLaunchDescriptionSource


def fail_launch(event: ProcessExited, context: LaunchContext) -> None:
    """End the whole launch: its status is 0 whatever its processes return, except where a handler raises."""
    if event.returncode != 0 and not context.is_shutdown:
        raise RuntimeError(f"[{event.process_name}] ended with status {event.returncode}")


def generate_launch_description() -> LaunchDescription:
    pipeline = Path(__file__).with_name("replay.launch.yaml")
    return LaunchDescription(
        [
            RegisterEventHandler(OnProcessExit(on_exit=fail_launch)),
            IncludeLaunchDescription(AnyLaunchDescriptionSource(str(pipeline))),
        ]
    )
