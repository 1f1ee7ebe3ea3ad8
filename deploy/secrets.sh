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
    put "${service}_migration_database_url" "postgresql+psycopg://${service}_owner:$(random)@postgres/$service"
done
if [ ! -e "$folder/amqp_uri" ]; then
    password=$(random)
    put amqp_uri "amqp://vss:$password@rabbitmq:5672/"
    put rabbitmq_user.conf "default_user = vss
default_pass = $password
"
fi
if [ ! -e "$folder/seal_public_key" ]; then
    pair=$(.venv/bin/python -m services.chassis.seal)
    put seal_public_key "$(printf '%s\n' "$pair" | sed -n 's/^SEAL_PUBLIC_KEY=//p')"
    put seal_private_key "$(printf '%s\n' "$pair" | sed -n 's/^SEAL_PRIVATE_KEY=//p')"
fi
# the sandbox's own; put those of HGĐ, Twilio, AWS and the mail server here
put hgd_api_key sandbox
put twilio_auth_token sandbox
put aws_credentials "[default]
aws_access_key_id = sandbox
aws_secret_access_key = sandbox
"
echo "Secrets are in $folder."
