#!/bin/sh
# Install the Debian packages that playing (or testing) needs and that are missing; do nothing when all are there.
#
#   install_system_packages.sh play     what `make play` needs; a missing PortAudio is a warning, playing goes on
#   install_system_packages.sh test     what the tests need besides: a JACK server, Pure Data, sox, a browser
set -eu

purpose=${1:-play}
python=${PYTHON:-python3}

has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q "$1"; }
has_command() { command -v "$1" >/dev/null 2>&1; }

missing=""
need() { missing="$missing $1"; }

"$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
if [ "$(uname -s)" = Linux ]; then
    has_library libportaudio.so.2 || need libportaudio2
    has_library libasound.so.2 || need libasound2
    if [ "$purpose" = test ]; then
        has_command jackd || need jackd2
        has_command pd || need puredata-core
        has_command sox || need sox
        has_command chromium || need chromium
    fi
fi
[ -n "$missing" ] || exit 0

by_hand() {
    echo "latentbridge needs these system packages:$missing" >&2
    echo "Type this line, then run make again:  $1" >&2
    case "$missing" in
        *python3-venv*) exit 1 ;;
    esac
    [ "$purpose" = play ] || exit 1
    echo "Without them there is no sound card output; playing goes on without one." >&2
    exit 0
}

if ! has_command apt-get; then
    by_hand "(your system's package manager) install$missing"
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif has_command sudo && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    by_hand "sudo apt-get update && sudo apt-get install -y$missing"
fi

install="apt-get -o DPkg::Lock::Timeout=240"
$as_root $install update -q
# Debian 13 renamed libasound2 to libasound2t64; the old name is only virtual there.
if apt-cache show libasound2t64 >/dev/null 2>&1; then
    missing=$(echo "$missing" | sed 's/libasound2\>/libasound2t64/')
fi
# shellcheck disable=SC2086
if ! $as_root env DEBIAN_FRONTEND=noninteractive $install install -y -q --no-install-recommends $missing; then
    by_hand "sudo apt-get update && sudo apt-get install -y$missing"
fi
