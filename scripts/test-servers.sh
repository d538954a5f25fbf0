#!/bin/sh
# Puts the servers that tests of delivery talk to into target/test-servers: a mail server (aiosmtpd) and an object store (moto), both
# from PyPI; on Debian and Ubuntu also PostgreSQL and openssl where they are missing. Quick when all is there. Where something cannot be
# had, it says so and goes on: the tests then name what they skip.
set -u
cd "$(dirname "$0")/.."
folder="${MANYI_TEST_SERVERS:-target/test-servers}"

if command -v apt-get >/dev/null 2>&1; then
    packages=""
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql"
    command -v openssl >/dev/null 2>&1 || packages="$packages openssl"
    if [ -n "$packages" ]; then
        echo "Installing for the tests:$packages ..." >&2
        if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086
        $as_root apt-get install -y -qq $packages >/dev/null 2>&1 ||
            { $as_root apt-get update -qq && $as_root apt-get install -y -qq $packages; } >/dev/null 2>&1 ||
            echo "Not installed:$packages. Tests that need them are skipped." >&2
    fi
fi

if "$folder/bin/python" -c "import aiosmtpd, moto.server, boto3" >/dev/null 2>&1; then
    exit 0
fi
echo "Installing a mail server and an object store for the tests into $folder ..." >&2
if ! { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20 "aiosmtpd>=1.4.6,<2" "moto[server,s3]>=5,<6"; } >/dev/null 2>&1; then
    echo "No python3 with venv, or no network: tests of mail and of object stores are skipped." >&2
fi
exit 0
