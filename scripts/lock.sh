#!/bin/sh
# Pins the dependencies of each extra in requirements/<extra>.txt, without registry host names.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet uv
for extra in registration verification accounts notifications feedback sandbox dev bench; do
    .venv/bin/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
        --extra "$extra" pyproject.toml -o "requirements/$extra.txt" "$@"
    echo "requirements/$extra.txt: $(wc -l <"requirements/$extra.txt") packages"
done
