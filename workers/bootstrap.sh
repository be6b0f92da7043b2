#!/usr/bin/env bash
# What the Makefile needs before Python can be asked: `packages STAMP`, `chromium`.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Install Debian packages, or say how.
install_system() {
    local advice="Run this, then make again:  sudo apt-get install -y $*"
    command -v apt-get > /dev/null || fail "These are needed and are not installed: $*"
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2> /dev/null || fail "$advice"
        sudo=(sudo -n)
    fi
    say "Installing $* …"
    local log
    log=$(mktemp)
    if ! { "${sudo[@]}" apt-get update -qq \
        && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$@"; } > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail "$advice"
    fi
    rm -f "$log"
}

# The first interpreter that is new enough.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Python 3.11 or newer is needed, and none is on the PATH (python3 is" \
        "$(python3 --version 2> /dev/null || echo missing)). On Debian 12 and Ubuntu 24.04 or" \
        "newer:  sudo apt-get install -y python3 python3-venv"
}

make_venv() {
    if [ -x .venv/bin/python ]; then
        .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
            || fail "The Python of .venv is too old or gone. Remove .venv, then make again."
        return
    fi
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2> /dev/null \
        || fail "$python cannot make virtual environments. Run this, then make again: " \
            "sudo apt-get install -y python3-venv"
    say "Making .venv with $("$python" --version) …"
    "$python" -m venv .venv
}

# OpenCV's wheel needs two libraries that a slim Linux lacks.
check_opencv() {
    local error
    if error=$(.venv/bin/python -c 'import cv2' 2>&1); then return; fi
    case $error in
        *libGL.so* | *libgthread* | *libglib* | *libgobject*) install_system libgl1 libglib2.0-0 ;;
        *) fail "OpenCV cannot be loaded: $error" ;;
    esac
    .venv/bin/python -c 'import cv2' || fail "OpenCV still cannot be loaded, see above."
}

packages() {
    local stamp=$1
    make_venv
    say "Installing the locked Python packages (a few minutes the first time) …"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --no-deps --require-hashes -r requirements.lock \
        || fail "The packages could not be installed: see above. pip's own settings" \
            "(PIP_INDEX_URL, pip.conf) say where it looks."
    check_opencv
    rm -f .venv/.installed-*
    touch "$stamp"
}

# The browser for the tests of the web interface; never one that a package would download.
chromium() {
    if [ -x /usr/bin/chromium ]; then return; fi
    install_system chromium
    [ -x /usr/bin/chromium ] || fail "The tests need Chromium at /usr/bin/chromium."
}

case ${1:-} in
    packages) packages "$2" ;;
    chromium) chromium ;;
    *) fail "usage: workers/bootstrap.sh packages STAMP | chromium" ;;
esac
