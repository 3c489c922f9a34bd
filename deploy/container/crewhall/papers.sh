#!/bin/sh
# Writes the service's configuration and registration, once. What is there already stays as it is.
set -eu
papers="${PAPERS:-/etc/crewhall}"
if [ -e "$papers/registration.yaml" ]; then
  echo "The papers are there already."
  exit 0
fi
exec crewhall generate -c "$papers/config.yaml" -r "$papers/registration.yaml" \
  --server "$CREWHALL_HOMESERVER__NAME" \
  --homeserver "$CREWHALL_HOMESERVER__ADDRESS" \
  --operator "${CREWHALL_SERVICE__OPERATORS%%,*}"
