#!/usr/bin/env bash
# Makes a checkout ready to run: Debian packages, npm packages, build. Does only what is missing, says
# beforehand what it installs, and leaves no system service running or enabled that was not before.
#   --browser   also Chromium, which tests and screenshots of the control centre's page drive
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly MIN_NODE=20.19.0
readonly LOG=.ngatu/setup.log
# Debian keeps servers in sbin folders, outside a user's PATH.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

with_browser=''

main() {
  [[ ${1:-} != --browser ]] || with_browser=yes
  mkdir -p .ngatu
  lock
  check_node
  restore_policy
  install_system_packages
  install_npm_packages
  build
}

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

# Two set-ups at once would install into the same folders; the second waits. The lock ends with this process.
lock() {
  command -v flock >/dev/null || return 0
  exec 9>.ngatu/setup.lock
  flock --nonblock 9 && return 0
  say 'setup: another set-up is at work here; waiting for it to finish'
  flock --timeout 1800 9 || die 'the other set-up has not finished within 30 minutes; end it and run this again'
}

check_node() {
  local found
  found=$(node --version 2>/dev/null) || die "Node is missing: install Node $MIN_NODE or later with npm (https://nodejs.org)"
  [[ $(printf '%s\n' "$MIN_NODE" "${found#v}" | sort --version-sort | head -n 1) == "$MIN_NODE" ]] ||
    die "Node $MIN_NODE or later is needed, found $found: install a newer one (https://nodejs.org)"
  command -v npm >/dev/null || die 'npm is missing: install it, it usually comes with Node'
}

# --- Debian packages ---------------------------------------------------------------------------------------

# One line for each missing package: its name and what it is for.
missing_system_packages() {
  command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || echo 'ffmpeg|decodes camera streams'
  command -v mosquitto >/dev/null || echo 'mosquitto|MQTT broker between boxes and centre'
  command -v openssl >/dev/null || echo 'openssl|makes certificates (ngatu pki)'
  command -v influxd >/dev/null || echo 'influxdb|database of the centre'
  /usr/bin/python3 -c 'import gi' 2>/dev/null || echo 'python3-gi|runs the simulated camera'
  [[ -z $with_browser ]] || browser_works || echo 'chromium|shows the control centre to tests and screenshots'
  rtsp_server_works || echo 'gir1.2-gst-rtsp-server-1.0|RTSP server of the simulated camera, with GStreamer'
}

browser_works() {
  [[ -x ${NGATU_CHROMIUM:-} ]] || command -v chromium >/dev/null
}

# Debian's package of the RTSP server brings GStreamer's plugins (base, good, bad) along.
rtsp_server_works() {
  /usr/bin/python3 - 2>/dev/null <<'PYTHON'
import sys
import gi
for name in ("Gst", "GstApp", "GstRtsp", "GstRtspServer"):
    gi.require_version(name, "1.0")
from gi.repository import Gst, GstApp, GstRtsp, GstRtspServer
Gst.init(None)
needed = ("parsebin", "qtdemux", "h264parse", "rtph264pay", "rtpbin", "udpsrc", "appsrc", "appsink")
sys.exit(0 if all(Gst.ElementFactory.find(name) for name in needed) else 1)
PYTHON
}

install_system_packages() {
  local missing packages
  # Without python3-gi nothing can be said about the RTSP server: both are named then, apt sorts it out.
  missing=$(missing_system_packages)
  [[ -n $missing ]] || return 0
  mapfile -t packages < <(cut -d '|' -f 1 <<<"$missing")
  if ! command -v apt-get >/dev/null || [[ ! -e /etc/debian_version ]]; then
    die "these are missing, and only Debian's apt-get is known here: ${packages[*]} (Debian's names). Install them with your system's package manager, then run this again"
  fi
  say 'ngatu needs these Debian packages, which are not installed:'
  while IFS='|' read -r package purpose; do say "$(printf '  %-28s %s' "$package" "$purpose")"; done <<<"$missing"
  if [[ $EUID -eq 0 ]]; then
    say "They are installed now with apt-get. No system service will be left running or enabled. Details: $LOG"
  else
    command -v sudo >/dev/null ||
      die "installing needs root and there is no sudo; run this as root, then start again: apt-get install --no-install-recommends ${packages[*]}"
    say "They are installed now with sudo apt-get. No system service will be left running or enabled. Details: $LOG"
    sudo true || die 'sudo was refused; nothing has been installed'
  fi
  apt_install "${packages[@]}"
  missing=$(missing_system_packages | cut -d '|' -f 1 | tr '\n' ' ')
  [[ -z $missing ]] || die "still missing after the installation: $missing(see $LOG)"
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  local options=(-q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=1 -o Acquire::http::Timeout=30)
  local environment=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1)
  local failed=''
  newly_installed=("$@")
  trap cleanup_after_apt EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  forbid_service_starts
  : >"$LOG"
  # Lists that cannot be refreshed may still do: whether the packages can be had shows in the next step.
  as_root "${environment[@]}" apt-get "${options[@]}" update >>"$LOG" 2>&1 9>&- || true
  as_root "${environment[@]}" apt-get "${options[@]}" install --no-install-recommends "$@" >>"$LOG" 2>&1 9>&- ||
    failed=yes
  cleanup_after_apt
  trap - INT TERM HUP
  [[ -z $failed ]] || die "$(why_apt_failed)"
}

why_apt_failed() {
  local unknown
  unknown=$(sed -nE "s/^E: (Unable to locate package |Package '?)([a-z0-9.+-]+).*/\2/p" "$LOG" | sort -u | tr '\n' ' ')
  if grep -qE 'resolving|[Cc]ould not connect|[Uu]nable to connect|unreachable|timed out|Connection failed' "$LOG"; then
    echo "the Debian mirror cannot be reached: is there a network (and a proxy, if you need one)? Details: $LOG"
  elif [[ -n $unknown ]]; then
    echo "this Debian release does not offer: ${unknown}(see $LOG)"
  else
    echo "apt-get failed: $(grep -E '^(E|W|dpkg):? ' "$LOG" | tail -n 1 || true) (see $LOG)"
  fi
}

# --- services: Debian starts and enables a server when its package is installed; here nothing may stay ------

readonly POLICY=/usr/sbin/policy-rc.d
readonly KEPT_POLICY=/usr/sbin/policy-rc.d.kept-by-ngatu
readonly POLICY_MARK='# made by the set-up of ngatu, removed when it ends'

forbid_service_starts() {
  local answer=0
  if [[ -x $POLICY ]]; then
    "$POLICY" mosquitto start >/dev/null 2>&1 || answer=$?
    # 101: starting is forbidden already; that policy stays as it is.
    [[ $answer -ne 101 ]] || return 0
  fi
  [[ ! -e $POLICY ]] || as_root mv "$POLICY" "$KEPT_POLICY"
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" | as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
}

# Also at the start of every set-up: one that was killed could not clean up.
restore_policy() {
  if [[ -e $POLICY ]] && grep -qF "$POLICY_MARK" "$POLICY"; then as_root rm -f "$POLICY"; fi
  if [[ -e $KEPT_POLICY ]]; then as_root mv "$KEPT_POLICY" "$POLICY"; fi
}

# Services that were there before are left alone: only what this run installs is switched off.
newly_installed=()

cleanup_after_apt() {
  local package
  trap - EXIT
  restore_policy
  for package in "${newly_installed[@]}"; do
    case $package in mosquitto | influxdb) disable_service "$package" ;; esac
  done
}

disable_service() {
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl --quiet disable --now "$1.service" >>"$LOG" 2>&1 9>&- || true
  elif command -v systemctl >/dev/null; then
    as_root systemctl --quiet disable "$1.service" >>"$LOG" 2>&1 9>&- || true
  elif command -v update-rc.d >/dev/null; then
    as_root update-rc.d "$1" disable >>"$LOG" 2>&1 9>&- || true
  fi
}

# --- npm packages and build ----------------------------------------------------------------------------------

install_npm_packages() {
  npm_packages_match && return 0
  say 'Installing npm packages (no package runs a script of its own) …'
  npm ci --no-progress --loglevel=error --fetch-retries=2 --fetch-retry-mintimeout=2000 --fetch-timeout=60000 \
    >"$LOG" 2>&1 9>&- && return 0
  if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT' "$LOG"; then
    die "the npm registry cannot be reached: is there a network (and a proxy, if you need one)? Details: $LOG"
  fi
  if grep -q 'EUSAGE' "$LOG"; then
    die "package.json and package-lock.json do not match: run npm install, and commit both (see $LOG)"
  fi
  die "npm ci failed: $(sed -nE 's/^npm (error|ERR!) //p' "$LOG" | head -n 1 || true) (see $LOG)"
}

# npm notes in node_modules what it has put there. Packages for other platforms may be absent.
npm_packages_match() {
  node - 2>/dev/null <<'NODE'
const { existsSync, readFileSync } = require('node:fs');
const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
const wanted = read('package-lock.json');
const present = read('node_modules/.package-lock.json');
for (const [path, { version, optional, devOptional }] of Object.entries(wanted)) {
  if (path === '') continue;
  if (present[path] === undefined && (optional || devOptional)) continue;
  if (present[path]?.version !== version || !existsSync(path)) process.exit(1);
}
NODE
}

build() {
  local stamp=dist/.built sources=(contract config models edge-agent central-collector cli scripts)
  if [[ -e $stamp ]]; then
    # Folders count as well: they change when a file is removed.
    [[ -n $(find "${sources[@]}" tsconfig.json tsconfig.build.json package-lock.json \
      \( -type d -o -name '*.ts' -o -name '*.json' -o -path 'central-collector/dashboard/*' \) -newer "$stamp" -print -quit) ]] || return 0
  fi
  say 'Building …'
  mkdir -p dist
  # Taken before: what is edited during the build is newer than it.
  touch "$stamp.new"
  npm run --silent build 9>&- || die 'the build failed, see the messages above'
  mv "$stamp.new" "$stamp"
}

main "$@"
