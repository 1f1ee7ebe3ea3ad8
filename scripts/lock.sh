#!/bin/sh
# Pins the dependencies of each extra in requirements/<extra>.txt, with the hashes of their files and without registry host names.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet uv
# dev first: it holds what all others do, and the demonstration installs them together
for extra in dev bench registration verification accounts notifications feedback sandbox; do
    same=""
    [ "$extra" = dev ] || same="--constraint requirements/dev.txt"
    # shellcheck disable=SC2086  # two words, or none
    .venv/bin/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url --generate-hashes $same \
        --extra "$extra" pyproject.toml -o "requirements/$extra.txt" "$@"
    echo "requirements/$extra.txt: $(grep -c == "requirements/$extra.txt") packages"
done
# what builds our own distribution, without fetching anything unpinned
.venv/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' |
    .venv/bin/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url --generate-hashes - -o requirements/build.txt
