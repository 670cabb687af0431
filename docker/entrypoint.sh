#!/usr/bin/env bash
# Enter ROS 2 and the workspace, then run what was asked for.
set -e
. "/opt/ros/$ROS_DISTRO/setup.bash"
. /aestream/env.sh
exec "$@"
