#!/usr/bin/env bash
# Bring a machine to where the workspace runs: system packages, Python environment, ROS 2 (wheels or installed), colcon build.
# Says what it does before it does it; a second run finds nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\033[1m[setup]\033[0m %s\n' "$*"; }
fail() { printf '[setup] error: %s\n' "$*" >&2; exit 1; }

uses_installed_ros() { [ -n "${ROS_DISTRO:-}" ] && [ -d "/opt/ros/$ROS_DISTRO" ]; }

install_system_packages() {
  command -v dpkg-query >/dev/null || return 0
  local missing=() package
  while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done < <(grep -v '^#' system-packages.txt)
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "these system packages are missing; install them and run again: sudo apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  say "installing system packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Everything that decides what is in .venv: when none of it changed, there is nothing to install.
environment_stamp() { { cat requirements/*.txt constraints.txt tools/fix_ros_wheels.py; python3 --version; echo "${ROS_DISTRO:-wheels}"; pwd; } | sha256sum | cut -d' ' -f1; }

install_python_packages() {
  local stamp; stamp=$(environment_stamp)
  [ "$(cat .venv/.aestream-stamp 2>/dev/null)" = "$stamp" ] && return 0
  command -v g++ >/dev/null && command -v cmake >/dev/null || fail "g++ and cmake are needed: sudo apt-get install g++ cmake"
  local requirements=(-r requirements/run.txt) venv_options=() constraints=constraints.txt
  [ "${AESTREAM_RUNTIME_ONLY:-0}" = 1 ] || requirements+=(-r requirements/dev.txt)  # images go without
  if uses_installed_ros; then
    say "creating .venv on top of ROS 2 $ROS_DISTRO in /opt/ros/$ROS_DISTRO"
    venv_options=(--system-site-packages)
    constraints=requirements/constraints-installed-ros.txt
  else
    say "creating .venv with ROS 2 Jazzy from PyPI and PyTorch (about 1 GB; one to three minutes)"
    requirements+=(-r requirements/ros-jazzy.txt)
  fi
  rm -rf .venv
  python3 -m venv "${venv_options[@]}" .venv
  .venv/bin/pip install -qq --disable-pip-version-check --progress-bar off -c "$constraints" setuptools wheel
  .venv/bin/pip install -qq --disable-pip-version-check --progress-bar off -c "$constraints" "${requirements[@]}"
  uses_installed_ros || .venv/bin/python tools/fix_ros_wheels.py
  echo "$stamp" > .venv/.aestream-stamp
}

build_is_current() {
  [ -f install/.aestream-stamp ] && [ install/.aestream-stamp -nt .venv/.aestream-stamp ] &&
    [ -z "$(find src interfaces launch config colcon.meta tools/build.sh -type f -newer install/.aestream-stamp -not -path '*/__pycache__/*' -not -path '*.egg-info/*' -print -quit)" ]
}

install_system_packages
install_python_packages
if build_is_current; then
  say "everything is up to date"
else
  say "building the workspace with colcon (about a minute the first time)"
  tools/build.sh
  touch install/.aestream-stamp
  say "done"
fi
