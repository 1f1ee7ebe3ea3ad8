#!/bin/sh
# Runs every benchmark: tables here, JSON in .run/bench. Needs a quiet machine and about half an hour.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
.venv/bin/python -m tests.bench.hop --repeat 3 || failed=1
.venv/bin/python -m tests.bench.variations
.venv/bin/python -m tests.bench.latency
.venv/bin/python -m tests.bench.complaints || failed=1
.venv/bin/python -m tests.bench.progress || failed=1
.venv/bin/python -m tests.bench.uploads
exit ${failed:-0}
