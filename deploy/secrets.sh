#!/bin/sh
# Makes the secrets of one box and its settings to begin with; what is there already stays, always.
#
#   make -C deploy secrets NAME=collector.example.com
#
# NAME is how agents at the plants call this machine. SECRETS, SETTINGS and BACKUPS name other folders,
# KIND=machine is for a box without containers (deploy/systemd/install.sh calls it so), SETTINGS_TOO=no
# leaves out the settings: a backup brings them.

set -eu
umask 077

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
KIND=${KIND:-compose}
SECRETS=${SECRETS:-$HERE/secrets}
SETTINGS=${SETTINGS:-$HERE/compose/settings}
SETTINGS_TOO=${SETTINGS_TOO:-yes}
BACKUPS=${BACKUPS:-$HERE/compose/backups}
ENVIRONMENT=${ENVIRONMENT:-$HERE/compose/.env}
NAME=${NAME:-}
# In a container nobody is root; root's own files would be of no use to it.
OWNER=${OWNER:-$(id -u)}
GROUP=${GROUP:-$(id -g)}
if [ "$KIND" = compose ] && [ "$OWNER" = 0 ]; then OWNER=10001 GROUP=10001; fi

say() { printf 'secrets: %s\n' "$*"; }

fail() { # what, hint
    printf 'secrets: %s (%s)\n' "$1" "$2" >&2
    exit 1
}

ours() { # a file or folder: its owner, when that is another
    [ "$(id -u)" != 0 ] || chown "$OWNER:$GROUP" "$1"
}

folder() {
    [ -d "$1" ] || mkdir -p "$1" || fail "$1 cannot be made" "name another folder, or run it as its owner"
    ours "$1"
}

secret() { # name: 256 bits, one line
    file=$SECRETS/$1
    if [ -s "$file" ]; then
        say "$1 is there already"
        return 0
    fi
    # Written beside and moved: half a secret would be taken for one.
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' >"$file.part"
    printf '\n' >>"$file.part"
    ours "$file.part"
    mv "$file.part" "$file"
    say "$1 made"
}

settings() {
    file=$SETTINGS/collector.toml
    if [ -e "$file" ]; then
        say "$file is there already"
        return 0
    fi
    [ -n "$NAME" ] || fail "not told how agents call this machine" "NAME=collector.example.com"
    case $NAME in
    *[!A-Za-z0-9.-]* | -* | .*) fail "$NAME is no name of a machine" "a host name or an IPv4 address" ;;
    esac
    sed -e "s|@NAME@|$NAME|g" -e "s|@STATE@|$state|g" -e "s|@TOKENS@|$tokens|g" \
        -e "s|@BROKER@|$broker|g" -e "s|@INFLUXDB@|$influxdb|g" -e "s|@GRAFANA@|$grafana|g" \
        -e "s|@LISTEN@|$listen|g" "$HERE/compose/collector.toml" >"$file.part"
    ours "$file.part"
    mv "$file.part" "$file"
    say "$file made: write your plant into it"
}

environment() { # what compose.yaml asks for; nothing secret
    [ "$KIND" = compose ] || return 0
    if [ -e "$ENVIRONMENT" ]; then
        say "$ENVIRONMENT is there already"
        return 0
    fi
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$HERE/../pyproject.toml" | head -n 1)
    {
        echo "# Made by: make -C deploy secrets. Who owns the secrets, so that containers can read them."
        echo "BOX_UID=$OWNER"
        echo "BOX_GID=$GROUP"
        echo "MIERUKA_VERSION=${version:-local}"
    } >"$ENVIRONMENT"
    say "$ENVIRONMENT made"
}

case $KIND in
compose)
    state=/var/lib/mieruka tokens=/run/mieruka/tokens
    broker=broker influxdb=influxdb grafana=grafana listen=0.0.0.0
    ;;
machine)
    state=${STATE:-/var/lib/mieruka-collector} tokens=${TOKENS:-/etc/mieruka/tokens}
    broker=127.0.0.1 influxdb=127.0.0.1 grafana=127.0.0.1 listen=0.0.0.0
    ;;
*) fail "KIND=$KIND is not known" "compose or machine" ;;
esac

folder "$SECRETS"
folder "$SETTINGS"
[ "$KIND" != compose ] || folder "$BACKUPS"
for name in influx-admin influx-admin-token grafana-admin grafana-key; do secret "$name"; done
[ "$SETTINGS_TOO" = no ] || settings
environment
