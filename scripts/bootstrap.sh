#!/bin/sh
# Makes .venv and installs everything for development and tests, servers included. Safe to repeat.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is required; choose one with: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
}
if ! [ -x .venv/bin/python ]; then
    "$python" -m venv .venv || {
        echo "The venv module is missing. On Debian, as root: apt-get install -y python3-venv" >&2
        exit 1
    }
fi
scripts/install_debian.sh
scripts/install_node_tools.sh
# the pins are complete and name the hash of each file, so nothing else can come, from whichever registry
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.installed
