#!/usr/bin/env bash
# The one colcon call of this project, for ROS 2 from wheels and for an installed ROS 2 alike.
set -euo pipefail
cd "$(dirname "$0")/.."
set +u; . ./env.sh; set -u
mkdir -p log

# Stand-ins under interfaces/ are built only where the installation does not bring the package itself.
skipped=()
for package in $(ls interfaces); do
  IFS=: read -ra prefixes <<< "$AMENT_PREFIX_PATH"
  for prefix in "${prefixes[@]}"; do
    case "$prefix" in "$PWD"/install*) continue ;; esac
    [ -e "$prefix/share/ament_index/resource_index/packages/$package" ] && skipped+=("$package")
  done
done

# Links into the sources, so that a change in Python needs no build; copies where the sources go away (docker/).
link=(--symlink-install)
[ "${AESTREAM_COPY_INSTALL:-0}" = 1 ] && link=()

log=log/build.txt
# colcon warns about the environment's missing local_setup files; they are not needed with AMENT_PREFIX_PATH set.
if ! colcon build --base-paths src interfaces ${link[@]+"${link[@]}"} \
    ${skipped[@]+--packages-skip "${skipped[@]}"} \
    --event-handlers console_direct- console_cohesion- \
    --cmake-args -DPython3_EXECUTABLE="$VIRTUAL_ENV/bin/python" -DBUILD_TESTING=ON --no-warn-unused-cli > "$log" 2>&1; then
  cat "$log" >&2
  echo "[build] failed; the whole output of each package is under log/latest_build/" >&2
  exit 1
fi
grep -E '^(Finished|Summary)|^Starting' "$log" | grep -v Starting || true
# A source file that is gone leaves a link to nothing behind, which colcon keeps.
find install -xtype l -delete
