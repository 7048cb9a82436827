#!/bin/sh
# Make sure that the named commands and libraries exist; on Debian and as root (or with sudo) install what is missing.
# usage: sh tests/support/system.sh chromium pdftotext npm libfuse.so.2
set -eu

packages=""
PATH="$PATH:/usr/sbin:/sbin"  # where Debian keeps clamd and ldconfig
for command in "$@"; do
  command -v "$command" >/dev/null 2>&1 && continue
  case "$command" in
    libfuse.so.2) ldconfig -p 2>/dev/null | grep -q "$command" || packages="$packages libfuse2" ;;
    pdftotext) packages="$packages poppler-utils" ;;
    clamd) packages="$packages clamav-daemon" ;;
    npm) packages="$packages nodejs npm" ;;
    *) packages="$packages $command" ;;
  esac
done
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need these, please install them:$packages" >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root="sudo -n"
else
  echo "The tests need these, please install them:  sudo apt-get install$packages" >&2
  exit 1
fi

echo "Installing$packages"
export DEBIAN_FRONTEND=noninteractive
# Another package run on the same machine may hold the lock for a while.
wait="-o DPkg::Lock::Timeout=300 -qq"
# shellcheck disable=SC2086  # the words are meant to split
$as_root apt-get $wait update
# shellcheck disable=SC2086
$as_root apt-get $wait install -y --no-install-recommends $packages >/dev/null
