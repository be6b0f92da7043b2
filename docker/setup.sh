#!/bin/sh
# Makes .env and every file of secrets/ that is not there yet. Nothing is ever replaced: a password
# that changed here would no longer open the database that was made with the old one.
#
# The folder is for its owner alone. The files in it are readable by all, because each container
# that gets one runs as another user and sees that file and no other.
set -eu
umask 022
cd "$(dirname "$0")"

make() {
    [ -s "secrets/$1" ] && return
    printf '%s\n' "$2" > "secrets/$1.new"
    chmod 0444 "secrets/$1.new"
    mv "secrets/$1.new" "secrets/$1"
    echo "Made secrets/$1."
}

# 256 bits in hexadecimal: they fit into an address as they are.
draw() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

mkdir -p secrets
chmod 0700 secrets
[ -e .env ] || cp .env.example .env

make secret_key "$(draw)"
make postgres_password "$(draw)"
make scrivano_password "$(draw)"
make database_url "postgresql+pg8000://scrivano:$(cat secrets/scrivano_password)@postgres:5432/scrivano"
make valkey_conf "requirepass $(draw)"
make redis_url "redis://:$(sed -n 's/^requirepass //p' secrets/valkey_conf)@valkey:6379/0"
make minio_root_user "root-$(draw | cut -c1-12)"
make minio_root_password "$(draw | cut -c1-40)"
make s3_access_key "$(draw | cut -c1-20)"
make s3_secret_key "$(draw | cut -c1-40)"
