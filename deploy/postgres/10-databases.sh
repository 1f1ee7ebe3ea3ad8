#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: a role and a database for each service, which no other role may enter
# (law 1). The password is the one in the service's own DATABASE_URL, so that there is one place for it.
set -eu
secrets=${SECRETS:-/run/secrets}

for service in registration verification accounts notifications feedback; do
    url=$(cat "$secrets/${service}_database_url")
    password=$(printf '%s' "$url" | sed -n 's|^postgresql+psycopg://[^:]*:\([^@]*\)@.*$|\1|p')
    if [ -z "$password" ]; then
        echo "secrets/${service}_database_url: expected postgresql+psycopg://$service:PASSWORD@postgres/$service" >&2
        exit 1
    fi
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service" ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
