#!/bin/sh
# Installs what tests/contract needs: Node.js, and the packages pinned in scripts/node/package-lock.json. Safe to
# repeat; it does nothing if the lock has not changed.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
wanted_by=$root/scripts/node
# into .venv with everything else that is installed, so that a search in tests/ finds only tests
here=$root/.venv/node
missing=""
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v npm >/dev/null 2>&1 || missing="$missing npm"

if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Missing:$missing. This is no Debian: install Node.js >= 18 and npm yourself." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing:$missing. Install as root:" >&2
        echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of words
    install() { apt-get install -y --no-install-recommends $missing; }
    if ! install; then
        echo "The package lists may be old or absent: fetching them and trying once more." >&2
        apt-get update
        install
    fi
fi

# the mark holds the lock's hash, so that a changed lock installs anew and an interrupted install counts for nothing
mark="$here/node_modules/.installed"
wanted=$(sha256sum <"$wanted_by/package-lock.json")
if [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ]; then
    echo "The tools of contracts are installed."
    exit 0
fi
mkdir -p "$here"
cp "$wanted_by/package.json" "$wanted_by/package-lock.json" "$wanted_by/.npmrc" "$here/"
cd "$here"
npm ci --loglevel=error
printf '%s\n' "$wanted" >"$mark"
echo "Installed the tools of contracts."
