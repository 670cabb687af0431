# Enter the environment of this workspace:  . ./env.sh
# Works in bash and zsh, with ROS 2 from wheels (.venv) and with a sourced /opt/ros/<distro> alike.

_aestream_root="$(cd "$(dirname "${BASH_SOURCE[0]:-${(%):-%x}}")" && pwd)"

if [ ! -f "$_aestream_root/.venv/bin/activate" ]; then
  echo "env.sh: no .venv here yet; run 'make setup' first" >&2
  unset _aestream_root
  return 1
fi
. "$_aestream_root/.venv/bin/activate"

if [ -z "${ROS_DISTRO:-}" ] || [ ! -d "/opt/ros/$ROS_DISTRO" ]; then
  export AMENT_PREFIX_PATH="$VIRTUAL_ENV"
  export CMAKE_PREFIX_PATH="$VIRTUAL_ENV"
  export RMW_IMPLEMENTATION="${RMW_IMPLEMENTATION:-rmw_fastrtps_cpp}"
fi

# Fast DDS loses messages over 0.5 MB with its default shared-memory segment: docs/adr/0002-wire-message.md.
# Version 2 (Jazzy) reads the first name, version 3 the second.
export FASTRTPS_DEFAULT_PROFILES_FILE="${FASTRTPS_DEFAULT_PROFILES_FILE:-$_aestream_root/config/fastdds.xml}"
export FASTDDS_DEFAULT_PROFILES_FILE="${FASTDDS_DEFAULT_PROFILES_FILE:-$_aestream_root/config/fastdds.xml}"
# Keep large message buffers on the heap between messages instead of mapping and unmapping them each time.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-268435456}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-1073741824}"
export MALLOC_TOP_PAD_="${MALLOC_TOP_PAD_:-16777216}"

if [ -n "${ZSH_VERSION:-}" ] && [ -f "$_aestream_root/install/local_setup.zsh" ]; then
  . "$_aestream_root/install/local_setup.zsh"
elif [ -f "$_aestream_root/install/local_setup.bash" ]; then
  . "$_aestream_root/install/local_setup.bash"
fi
unset _aestream_root
