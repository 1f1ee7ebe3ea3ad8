#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: a role and a database for each service, which no other role may enter
# (law 1). The passwords are those of the services' own DATABASE_URLs, a line each (deploy/secrets.sh).
set -eu
secrets=${SECRETS:-/run/secrets}

for service in registration verification accounts notifications feedback; do
    password=$(sed -n "s|^postgresql+psycopg://$service:\([^@]*\)@.*\$|\1|p" "$secrets/postgres_roles")
    if [ -z "$password" ]; then
        echo "secrets/postgres_roles: expected a line postgresql+psycopg://$service:PASSWORD@postgres/$service" >&2
        exit 1
    fi
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service" ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
