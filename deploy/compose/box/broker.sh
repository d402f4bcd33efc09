#!/bin/sh
# Mosquitto with certificates of the box's own authority, and nobody without one.
#
# Reads CERTIFICATES (what `collector fleet` makes: ca.pem, broker.pem, revoked.crl and the access list acl),
# DATA, PORT and optionally BIND and AS_USER (whom root becomes; the script itself best runs as nobody much).
# When one of them changes, the broker reads them anew: whoever makes them need have no right over the broker.

set -eu

CERTIFICATES=${CERTIFICATES:?the folder of ca.pem, broker.pem, revoked.crl and acl}
DATA=${DATA:?a folder for what is waiting}
PORT=${PORT:-8883}
BIND=${BIND:-}
MOSQUITTO=${MOSQUITTO:-mosquitto}
LOOK_EVERY_S=${LOOK_EVERY_S:-10}
settings=${RUN:-/tmp}/mosquitto.conf
files='ca.pem broker.pem revoked.crl acl'

for name in $files; do
    [ -r "$CERTIFICATES/$name" ] || {
        echo "broker: $CERTIFICATES/$name is not there or not readable (collector fleet init makes it)" >&2
        exit 1
    }
done

umask 077
cat >"$settings" <<END
listener $PORT${BIND:+ $BIND}
cafile $CERTIFICATES/ca.pem
certfile $CERTIFICATES/broker.pem
keyfile $CERTIFICATES/broker.pem
crlfile $CERTIFICATES/revoked.crl
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file $CERTIFICATES/acl

persistence true
persistence_location $DATA/
autosave_interval 300
# No reading depends on what the broker keeps; these limits bound its memory.
# What finds no room is dropped without a word and comes again a minute later: in each full minute the
# messages of all meters wait here for the collector. So at least plants x meters, and 10000 (2,000 plants of 5
# meters) where that is less. The bytes keep a queue after an outage below half of the broker's memory.
max_queued_messages 10000
max_queued_bytes 134217728
max_inflight_messages 200
# Of whole packets. MQTT 5 clients are told of it. message_size_limit would confirm a larger message to older
# clients, and lose it.
max_packet_size 1048576
persistent_client_expiration 14d
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages false
END

[ -z "${AS_USER:-}" ] || echo "user $AS_USER" >>"$settings"

# shellcheck disable=SC2086 # names are words
seen() { (cd "$CERTIFICATES" && cat $files) | cksum; }

"$MOSQUITTO" -c "$settings" &
broker=$!
trap 'kill -TERM "$broker" 2>/dev/null' TERM INT
last=$(seen)
while kill -0 "$broker" 2>/dev/null; do
    # In the background and waited for: a signal is then heard at once.
    sleep "$LOOK_EVERY_S" &
    wait $! || true
    now=$(seen 2>/dev/null) || continue
    if [ "$now" != "$last" ]; then
        last=$now
        echo "broker: certificates or access list have changed, reading them anew" >&2
        kill -HUP "$broker"
    fi
done
wait "$broker"
