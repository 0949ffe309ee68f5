#!/bin/sh
# Runs once, when the official PostgreSQL image makes an empty cluster: the owner of the product's schemas,
# who may create the services' roles but is no superuser. OWNER_PASSWORD_FILE holds the password.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
  --set owner_password="$(cat "$OWNER_PASSWORD_FILE")" <<'SQL'
CREATE ROLE vaultaris LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE DATABASE vaultaris OWNER vaultaris;
SQL
