#!/bin/sh
# Generates the secrets that deploy/compose.yml mounts as files, in .run/secrets; existing ones are left alone.
# For trial set-ups only: in production use your own vault.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.run/secrets}
mkdir -p "$folder"
chmod 755 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
# the containers read them as user 10001, so the files are world-readable; the parent folder keeps others out
put() { [ -e "$folder/$1" ] || (printf '%s' "$2" >"$folder/$1" && chmod 644 "$folder/$1"); }

put postgres_password "$(random)"
for service in registration verification accounts notifications feedback; do
    put "${service}_database_url" "postgresql+psycopg://$service:$(random)@postgres/$service"
done
for user in registration verification accounts notifications feedback watcher; do
    put "${user}_amqp_uri" "amqp://$user:$(random)@rabbitmq:5672/"
done
if [ ! -e "$folder/rabbitmq_definitions.json" ]; then
    .venv/bin/python -W ignore -m services.chassis.cli.main topology export --passwords "$folder" --out "$folder/rabbitmq_definitions.json" >/dev/null
    chmod 644 "$folder/rabbitmq_definitions.json"
fi
# signed by nobody: put the certificate of your own name here
if [ ! -e "$folder/tls_key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/tls_key" -out "$folder/tls_certificate" 2>/dev/null
    chmod 644 "$folder/tls_key" "$folder/tls_certificate"
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
put aws_credentials "[default]
aws_access_key_id = sandbox
aws_secret_access_key = sandbox
"
echo "Secrets are in $folder."
