#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: for each service a database, which no other role may enter (law 1), an owner of
# its tables, under whom only `vss migrate` works, and the role of the service, which owns nothing (decision 65). The passwords are
# those of the services' own URLs, a line each (deploy/secrets.sh).
set -eu
secrets=${SECRETS:-/run/secrets}

# password_of ROLE SERVICE
password_of() {
    found=$(sed -n "s|^postgresql+psycopg://$1:\([^@]*\)@.*\$|\1|p" "$secrets/postgres_roles")
    if [ -z "$found" ]; then
        echo "secrets/postgres_roles: expected a line postgresql+psycopg://$1:PASSWORD@postgres/$2" >&2
        exit 1
    fi
    printf '%s' "$found"
}

for service in registration verification accounts notifications feedback; do
    password=$(password_of "$service" "$service")
    owner_password=$(password_of "${service}_owner" "$service")
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="$password" --set owner="${service}_owner" --set owner_password="$owner_password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE DATABASE :"service" OWNER :"owner" ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";
SQL
done
