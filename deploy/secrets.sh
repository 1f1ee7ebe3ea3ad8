#!/bin/sh
# Generates the secrets that deploy/compose.yml mounts as files, in .run/secrets; existing ones are left alone.
# For trial set-ups only: in production use your own vault.
# Each file belongs to the one user that reads it (0400, in a folder of 0700), so run it as root; otherwise it says what root is to do.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.run/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
umask 077

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
put() { [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }

put postgres_password "$(random)"
for service in registration verification accounts notifications feedback; do
    put "${service}_database_url" "postgresql+psycopg://$service:$(random)@postgres/$service"
    put "${service}_migration_database_url" "postgresql+psycopg://${service}_owner:$(random)@postgres/$service"
done
# a copy for PostgreSQL, which makes the roles from it once: the services' own files belong to the services
put postgres_roles "$(for file in "$folder"/*_database_url; do cat "$file" && echo; done)"
for user in registration verification accounts notifications feedback watcher; do
    put "${user}_amqp_uri" "amqp://$user:$(random)@rabbitmq:5672/"
done
if [ ! -e "$folder/rabbitmq_definitions.json" ]; then
    .venv/bin/python -W ignore -m services.chassis.cli.main topology export --passwords "$folder" --out "$folder/rabbitmq_definitions.json" >/dev/null
fi
# signed by nobody: put the certificate of your own name here
if [ ! -e "$folder/tls_key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null
fi
if [ ! -e "$folder/seal_public_key" ]; then
    pair=$(.venv/bin/python -m services.chassis.seal)
    put seal_public_key "$(printf '%s\n' "$pair" | sed -n 's/^SEAL_PUBLIC_KEY=//p')"
    put seal_private_key "$(printf '%s\n' "$pair" | sed -n 's/^SEAL_PRIVATE_KEY=//p')"
fi
# without it no document can be read; keep a copy
[ -e "$folder/documents_key" ] || put documents_key "$(.venv/bin/python -m services.chassis.secretbox | sed -n 's/^SECRETS_KEY=//p')"
[ -e "$folder/secrets_key" ] || put secrets_key "$(.venv/bin/python -m services.chassis.secretbox | sed -n 's/^SECRETS_KEY=//p')"
# the sandbox's own; put those of HGĐ, Twilio, AWS and the mail server here
put hgd_api_key sandbox
put twilio_auth_token sandbox
put mailbox_password sandbox
put aws_credentials "[default]
aws_access_key_id = sandbox
aws_secret_access_key = sandbox
"

# the users of the images: ours (deploy/Dockerfile), `postgres` and `rabbitmq` of theirs, and `nginx`
server="$folder/postgres_password $folder/postgres_roles $folder/rabbitmq_definitions.json"
door="$folder/tls_certificate $folder/tls_key"
chmod 400 "$folder"/*
if [ "$(id -u)" = 0 ]; then
    chown 10001:10001 "$folder"/*
    # shellcheck disable=SC2086  # several files
    chown 999:999 $server
    # shellcheck disable=SC2086
    chown 101:101 $door
else
    echo "Nobody but you can read them yet, not even the containers. As root:"
    echo "  chown 10001:10001 $folder/* && chown 999:999 $server && chown 101:101 $door"
fi
echo "Secrets are in $folder."
