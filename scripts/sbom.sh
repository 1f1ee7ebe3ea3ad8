#!/bin/sh
# Writes a CycloneDX list of what each image and the development environment hold: .run/sbom/<name>.cdx.json
set -eu
cd "$(dirname "$0")/.."
mkdir -p .run/sbom
for service in registration verification accounts notifications feedback sandbox; do
    .venv/bin/cyclonedx-py requirements "requirements/$service.txt" --pyproject pyproject.toml --output-reproducible -o ".run/sbom/$service.cdx.json"
done
.venv/bin/cyclonedx-py environment .venv --pyproject pyproject.toml --output-reproducible -o .run/sbom/development.cdx.json
ls .run/sbom
