#!/usr/bin/env bash
# Start a launch file of the suite: NAME [argument:=value ...]. Anything that is no launch file runs as a command.
set -e
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "/opt/ros/$ROS_DISTRO/setup.bash"
. "$here/env.sh"
if [ -f "$here/install/aestream/share/aestream/launch/${1:-}.launch.py" ]; then
  name="$1"
  shift
  exec ros2 launch aestream "$name.launch.py" "$@"
fi
exec "$@"
