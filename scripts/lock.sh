#!/bin/sh
# Pins the dependencies of each extra in requirements/<extra>.txt, without registry host names.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet uv
# dev first: it holds what all others do, and the demonstration installs them together
for extra in dev bench registration verification accounts notifications feedback sandbox; do
    same=""
    [ "$extra" = dev ] || same="--constraint requirements/dev.txt"
    # shellcheck disable=SC2086  # two words, or none
    .venv/bin/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url $same \
        --extra "$extra" pyproject.toml -o "requirements/$extra.txt" "$@"
    echo "requirements/$extra.txt: $(wc -l <"requirements/$extra.txt") packages"
done
