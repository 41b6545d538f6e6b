#!/bin/sh
# Makes the secrets that compose.yaml names, once; what is there stays as it is.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
for name in mqtt_password influxdb_password influxdb_token grafana_password database_password; do
  [ -s "secrets/$name" ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"secrets/$name"
done
# Mosquitto keeps hashes only. `mosquitto_passwd` comes with Mosquitto, here or in its image.
if [ ! -s secrets/mosquitto_passwords ]; then
  touch secrets/mosquitto_passwords
  mosquitto_passwd -b secrets/mosquitto_passwords megane "$(cat secrets/mqtt_password)"
fi
# Grafana's way in. The city itself makes it (compose.yaml says how); until then Grafana shows no readings of it.
[ -e secrets/megane_token ] || : >secrets/megane_token
# Containers run as users of their own; the folder keeps everybody else out.
chmod 0644 secrets/*
