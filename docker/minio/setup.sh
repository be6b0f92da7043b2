#!/bin/sh
# Makes the bucket and an identity that may use it and nothing else; safe to repeat.
set -eu
read_secret() { cat "/run/secrets/$1"; }

MC_HOST_store="http://$(read_secret minio_root_user):$(read_secret minio_root_password)@minio:9000"
export MC_HOST_store
access=$(read_secret s3_access_key)

mc mb --ignore-existing store/scans
mc admin user add store "$access" "$(read_secret s3_secret_key)"
mc admin policy create store scrivano /setup/policy.json
# Older clients fail when the policy is attached already: then seeing the user is enough.
mc admin policy attach store scrivano --user "$access" || mc admin user info store "$access"
