#!/bin/sh
# Makes what a box needs and has not yet, in the order in which one thing needs another. Runs at every
# start and changes nothing that is there. Reads SETTINGS (collector.toml) and what first_start.py reads.
# RESTORE names the file of a backup: an empty box then becomes the one that was backed up.

set -eu

SETTINGS=${SETTINGS:?the path of collector.toml}
HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# Names by which the broker and the fleet server are known on this machine, beside those in [fleet].
NAMES=${NAMES:-broker fleet 127.0.0.1}

# Database and boards: an organisation, buckets, tokens with the least rights.
python3 "$HERE/first_start.py"

if [ -n "${RESTORE:-}" ]; then collector backup restore "$RESTORE" -c "$SETTINGS"; fi

# Certificates: the authority, the broker's, the fleet server's, the collector's own.
state=$(python3 "$HERE/first_start.py" --state-dir "$SETTINGS")
if [ ! -e "$state/fleet/ca.pem" ]; then
    # shellcheck disable=SC2086 # names are words
    collector fleet init -c "$SETTINGS" $NAMES
fi

# The boards, when there is a Grafana; a board that a person has changed stays.
if [ -n "${GRAFANA_URL:-}" ]; then collector boards apply -c "$SETTINGS"; fi
