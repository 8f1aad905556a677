#!/bin/sh
# Runs Envoy Gateway with its certificates at /certs, where it wants them, without making that folder on the machine: in
# a root of its own, put together from the machine's folders. Where FOLDER has `hosts` and `roots.pem`, those are its names and
# the roots that it trusts. usage: start.sh FOLDER ENVOY_GATEWAY
#
# To be started in a mount namespace of its own: nobody else sees what is mounted here.
set -eu
folder=$1 program=$2 root=/mnt
# All that is said goes where the log is.
exec >&2
"$program" certgen --local --config-home "$folder/config"
mount -t tmpfs none "$root"
for entry in /*; do
    if [ -L "$entry" ]; then
        cp -P "$entry" "$root/"
    elif [ -d "$entry" ] && [ "$entry" != "$root" ]; then
        mkdir "$root$entry"
        mount --bind "$entry" "$root$entry"
    fi
done
ln -s "$folder/config/certs/envoy-gateway" "$root/certs"
if [ -e "$folder/hosts" ]; then
    mount --bind "$folder/hosts" "$root/etc/hosts"
    # Where Envoy looks, and Go as well unless it is told otherwise.
    mount -t tmpfs none "$root/etc/ssl/certs"
    cp "$folder/roots.pem" "$root/etc/ssl/certs/ca-certificates.crt"
    unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
fi
exec chroot "$root" "$program" server --config-path "$folder/config.yaml"
