#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: for each service a database, which no other role may enter (law 1), an owner of
# its tables, under whom only `vss migrate` works, and the role of the service, which owns nothing (decision 65). The passwords are
# those in the two URLs of the service, so that there is one place for each.
set -eu
secrets=${SECRETS:-/run/secrets}

# password_of FILE ROLE SERVICE
password_of() {
    found=$(sed -n "s|^postgresql+psycopg://$2:\([^@]*\)@.*\$|\1|p" "$secrets/$1")
    if [ -z "$found" ]; then
        echo "secrets/$1: expected postgresql+psycopg://$2:PASSWORD@postgres/$3" >&2
        exit 1
    fi
    printf '%s' "$found"
}

for service in registration verification accounts notifications feedback; do
    password=$(password_of "${service}_database_url" "$service" "$service")
    owner_password=$(password_of "${service}_migration_database_url" "${service}_owner" "$service")
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="$password" --set owner="${service}_owner" --set owner_password="$owner_password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE DATABASE :"service" OWNER :"owner" ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";
SQL
done
