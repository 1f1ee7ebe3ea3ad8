#!/bin/sh
# Compiles govuk-frontend with our settings into chassis/web/pages/static: `make style`; with a folder, there instead (a test compares).
set -eu
cd "$(dirname "$0")/.."
to=${1:-services/chassis/web/pages/static}
modules=.venv/node/node_modules
[ -x "$modules/.bin/sass" ] || { echo "sass is not installed. Run: scripts/install_node_tools.sh" >&2; exit 1; }
# sass warns of what govuk-frontend itself will change in its next major version
"$modules/.bin/sass" --quiet-deps --no-source-map --style=compressed --load-path="$modules" scripts/style/govuk.scss "$to/govuk.css"
# the pictures that it names are the crown and crest, which are not ours to show
sed -i 's|url(/assets/images/[^)]*)|none|g; s|url("/assets/images/[^)]*)|none|g' "$to/govuk.css"
sed '/^\/\/# sourceMappingURL=/d; s|//# sourceMappingURL=.*||' "$modules/govuk-frontend/dist/govuk/govuk-frontend.min.js" >"$to/govuk.js"
