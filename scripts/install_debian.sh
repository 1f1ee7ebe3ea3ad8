#!/bin/sh
# Installs what the tests start themselves: RabbitMQ, PostgreSQL, PgBouncer, promtool (in the package prometheus), nginx, openssl, chromium
# with a font that has all Vietnamese letters, and faketime, which gives a process a wrong clock; with the argument `demo` only RabbitMQ
# and nginx, which are enough for the demonstration.
# Safe to repeat: it installs only what is missing, and never starts the packages' own services.
set -eu

missing=""
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="$missing rabbitmq-server"
[ "${1:-}" = demo ] || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ "${1:-}" = demo ] || command -v promtool >/dev/null 2>&1 || missing="$missing prometheus"
[ "${1:-}" = demo ] || [ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
[ "${1:-}" = demo ] || command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
[ "${1:-}" = demo ] || ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || missing="$missing faketime"
[ "${1:-}" = demo ] || command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ "${1:-}" = demo ] || [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"
command -v setpriv >/dev/null 2>&1 || missing="$missing util-linux"

if [ -z "$missing" ]; then
    echo "The servers are installed."
    exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing:$missing. This is no Debian: install it yourself (RabbitMQ >= 3.10, PostgreSQL >= 13, PgBouncer)," >&2
    echo "so that rabbitmq-server, rabbitmqctl, epmd (and initdb, postgres, pgbouncer for the tests) are in PATH." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Missing:$missing. Install as root:" >&2
    echo "    apt-get update && apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi

# The packages would start a broker and a cluster on the standard ports; the tests want neither.
# policy-rc.d is Debian's own way to say so (status 101 = not allowed); an existing one is put back.
policy=/usr/sbin/policy-rc.d
kept=""
undo() {
    rm -f "$policy"
    [ -z "$kept" ] || mv "$kept" "$policy"
}
if [ -e "$policy" ]; then
    kept="$policy.before-vss"
    [ -e "$kept" ] || mv "$policy" "$kept" # there already: an earlier run was killed half-way
fi
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
# No cluster either: postgresql-common makes one at installation unless told not to.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/vss-tests.conf
fi

# shellcheck disable=SC2086  # a list of words
install() { apt-get install -y --no-install-recommends $missing; }
if ! install; then
    echo "The package lists may be old or absent: fetching them and trying once more." >&2
    apt-get update
    install
fi

echo "Installed:$missing."
