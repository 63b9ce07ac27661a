#!/usr/bin/env bash
# Installs what only the scene factory needs: Chromium and Mesa's software OpenGL, from Debian. Tests and
# the demo play committed clips and need neither.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ -d node_modules/three ] || npm ci

if ! command -v chromium >/dev/null || ! dpkg -s libegl-mesa0 libgl1-mesa-dri >/dev/null 2>&1; then
  echo 'Installing Chromium and Mesa for the scene factory …'
  sudo=''
  [ "$(id -u)" -eq 0 ] || sudo='sudo'
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends \
    chromium libegl-mesa0 libgl1-mesa-dri fonts-dejavu-core
fi
command -v ffmpeg >/dev/null || { echo 'ffmpeg is missing: apt-get install ffmpeg' >&2; exit 1; }
