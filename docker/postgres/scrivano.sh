#!/bin/sh
# Run by the PostgreSQL image once, when it makes its data directory: the application's role and
# its database.
#
# The role owns the database but is no superuser and may not bypass row-level security: that is
# what keeps the clients' rows apart.
set -eu
export ROLE_PASSWORD_FILE="${ROLE_PASSWORD_FILE:-/run/secrets/scrivano_password}"
test -s "$ROLE_PASSWORD_FILE"

# The password goes from its file to psql and never stands on a command line.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" \
    --dbname=postgres <<'SQL'
\set password `cat "$ROLE_PASSWORD_FILE"`
CREATE ROLE scrivano LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'password';
CREATE DATABASE scrivano OWNER scrivano ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE scrivano FROM PUBLIC;
SQL
