#!/bin/sh
# Runs the demonstration: makes or reuses .venv, provides a broker, starts `python -m deploy.demo`.
#   PYTHON=/path/to/python3.11 scripts/demo.sh        another interpreter
#   AMQP_URI=amqp://… scripts/demo.sh                 use a running broker instead of a private one
# Further arguments are passed to `python -m deploy.demo`; see its --help.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
parts="registration verification accounts notifications feedback sandbox"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or newer is required; choose one with: PYTHON=/path/to/python3.11 make demo" >&2
    exit 1
}
if ! [ -x .venv/bin/python ]; then
    "$python" -m venv .venv || {
        rm -rf .venv
        echo "The venv module is missing. On Debian, as root: apt-get install -y python3-venv" >&2
        exit 1
    }
fi

# the pins of each part, once; newer pins are installed again. `make install` brings all of them, too
installed=.venv/.demo-installed
wanted=""
for part in $parts; do
    wanted="$wanted -r requirements/$part.txt"
    if ! [ -e "$installed" ] || [ "requirements/$part.txt" -nt "$installed" ]; then missing=yes; fi
done
if [ "${missing:-no}" = yes ]; then
    if ! [ -e .venv/.installed ] || [ requirements/dev.txt -nt .venv/.installed ]; then
        echo "Installing what the demonstration needs into .venv …"
        # shellcheck disable=SC2086  # a list of words
        # the pins are complete, and compiling all of what is installed takes longer than compiling what is used
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --no-compile $wanted
    fi
    touch "$installed"
fi

has() { [ -x "$1" ] || command -v "$(basename "$1")" >/dev/null 2>&1; }
if { [ -z "${AMQP_URI:-}" ] && ! has /usr/lib/rabbitmq/bin/rabbitmq-server; } || ! has /usr/sbin/nginx; then
    scripts/install_debian.sh demo || {
        echo "The demonstration needs nginx, and a broker: this one, or one that runs already (RabbitMQ >= 3.10):" >&2
        echo "    AMQP_URI=amqp://user:password@host/ make demo" >&2
        exit 1
    }
fi

# five programs start at once: what Python has compiled is kept, or each of them would compile all of it, every time
unset PYTHONDONTWRITEBYTECODE
exec .venv/bin/python -m deploy.demo "$@"
