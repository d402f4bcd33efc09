#!/bin/sh
# Installs, upgrades or removes the collector of one box without containers (any systemd Linux).
#
#   sudo deploy/systemd/install.sh --name collector.example.com          from this checkout
#   sudo deploy/systemd/install.sh --wheel mieruka-0.1.0-py3-none-any.whl --name ...
#   sudo deploy/systemd/install.sh --uninstall [--purge]
#
# Run it again whenever you like: secrets, settings and data that are there stay. A new version is put
# beside the old one and switched to; when it does not stay up, the old one is back within a minute.
# DESTDIR puts everything below another root (tests do so).

set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
DEPLOY=$(dirname -- "$HERE")
ROOT=${DESTDIR:-}
BASE=$ROOT/opt/mieruka-collector
ETC=$ROOT/etc/mieruka
STATE=$ROOT/var/lib/mieruka-collector
BACKUPS=$ROOT/var/backups/mieruka
UNITS=$ROOT/etc/systemd/system
BIN=$ROOT/usr/local/bin
MOSQUITTO=$ROOT/etc/mosquitto
ACCOUNT=mieruka
PYTHON=${PYTHON:-python3}
WELL_FOR_S=${WELL_FOR_S:-20}
KEEP_VERSIONS=2
ON='mieruka-first-start.service collector.service mieruka-backup.timer mieruka-broker-reload.path'
DROP_INS='mosquitto influxdb grafana-server'

wheel='' lock='' name='' uninstall='' purge='' dry=''

usage() {
    cat <<'END'
usage: install.sh --name NAME [--wheel FILE] [--lock FILE] [--dry-run]
       install.sh --uninstall [--purge] [--dry-run]

  --name NAME    how agents at the plants call this machine (the first time)
  --wheel FILE   install this wheel (default: the checkout this script lies in)
  --lock FILE    the exact versions to install (default: requirements.lock of the checkout)
  --uninstall    remove program and units; settings, secrets and data stay
  --purge        ... and those too, but for backups
  --dry-run      say what would be done, do nothing
END
}

say() { printf '%s\n' "install: $*"; }

fail() { # what, hint
    printf 'install: %s (%s)\n' "$1" "$2" >&2
    exit 1
}

act() { # a command that changes something
    if [ -n "$dry" ]; then say "would: $*"; else "$@"; fi
}

options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --wheel | --lock)
            [ $# -gt 1 ] || fail "$1 wants a file" "install.sh --help"
            [ -r "$2" ] || fail "$2 cannot be read" "give the path of a file after $1"
            case $1 in --wheel) wheel=$2 ;; --lock) lock=$2 ;; esac
            shift
            ;;
        --name)
            [ $# -gt 1 ] || fail "--name wants a name" "as agents call this machine: collector.example.com"
            name=$2
            shift
            ;;
        --uninstall) uninstall=yes ;;
        --purge) purge=yes ;;
        --dry-run) dry=yes ;;
        -h | --help) usage && exit 0 ;;
        *) fail "unknown option $1" "install.sh --help" ;;
        esac
        shift
    done
    [ -z "$purge" ] || [ -n "$uninstall" ] || fail "--purge is only for --uninstall" "add it"
}

may_we() {
    [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || fail "root is needed" "run it with sudo"
    command -v systemctl >/dev/null || fail "there is no systemd here" "see deploy/compose for containers"
}

can_we() {
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 or newer is needed" "sudo apt install python3, or name one: PYTHON=python3.12"
    "$PYTHON" -c 'import ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing" "sudo apt install python3-venv"
    [ -n "$name" ] || [ -e "$ETC/collector.toml" ] ||
        fail "not told how agents call this machine" "--name collector.example.com"
}

own() { [ -n "$ROOT" ] || chown "$ACCOUNT:$ACCOUNT" "$@"; }

account() {
    getent passwd "$ACCOUNT" >/dev/null || act useradd --system --home-dir /var/lib/mieruka-collector \
        --no-create-home --shell /usr/sbin/nologin "$ACCOUNT"
    # The broker reads its certificate by this group.
    if getent passwd mosquitto >/dev/null; then act usermod --append --groups "$ACCOUNT" mosquitto; fi
}

folders() {
    mkdir -p "$BASE/versions" "$BASE/box" "$ETC/tokens" "$STATE" "$BACKUPS" "$UNITS" "$BIN"
    chmod 750 "$ETC" "$STATE"
    chmod 700 "$ETC/tokens" "$BACKUPS"
    own "$ETC" "$ETC/tokens" "$STATE" "$BACKUPS"
}

source_wheel() { # a wheel of the checkout, when none was named
    [ -z "$wheel" ] || return 0
    checkout=$(dirname -- "$DEPLOY")
    [ -r "$checkout/pyproject.toml" ] ||
        fail "there is nothing to install" "name a wheel with --wheel, or run this in a checkout"
    [ -n "$lock" ] || lock=$checkout/requirements.lock
    say "building a wheel of this checkout"
    mkdir "$work/source"
    (cd "$checkout" && cp -R pyproject.toml README.md LICENSE edge_agent collector grafana simulators \
        "$work/source/")
    "$PYTHON" -m venv "$work/build"
    "$work/build/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
        -w "$work" "$work/source"
    wheel=$(find "$work" -maxdepth 1 -name 'mieruka-*.whl')
}

install_version() {
    version=$(basename "$wheel" | cut -d- -f2)-$(cksum <"$wheel" | cut -d' ' -f1)
    new=$BASE/versions/$version
    if [ -e "$new/complete" ]; then
        say "version $version is there already"
        return 0
    fi
    say "installing version $version"
    rm -rf "$new"
    "$PYTHON" -m venv "$new"
    set -- --quiet --disable-pip-version-check --only-binary=:all:
    if [ -n "$lock" ]; then
        grep -E '^[A-Za-z0-9]' "$lock" | sed 's/ *\\$//' >"$work/versions.txt"
        set -- "$@" -c "$work/versions.txt"
    fi
    "$new/bin/python" -m pip install "$@" "${wheel}[collector]" || {
        rm -rf "$new"
        fail "version $version could not be installed" "is the network there? nothing was changed"
    }
    "$new/bin/collector" --version >/dev/null || {
        rm -rf "$new"
        fail "version $version does not start" "nothing was changed; report this"
    }
    : >"$new/complete"
}

copy() { # from, to: only what differs; `changed` says whether anything did
    cmp -s "$1" "$2" || { mkdir -p "$(dirname "$2")" && cp "$1" "$2" && changed=yes; }
}

units() {
    changed=''
    for unit in "$HERE"/*.service "$HERE"/*.timer "$HERE"/*.path; do
        copy "$unit" "$UNITS/$(basename "$unit")"
    done
    for other in $DROP_INS; do
        copy "$HERE/$other.service.d/mieruka.conf" "$UNITS/$other.service.d/mieruka.conf"
    done
    [ -z "$changed" ] || systemctl daemon-reload
    for script in "$DEPLOY"/compose/box/*; do
        [ ! -f "$script" ] || copy "$script" "$BASE/box/$(basename "$script")"
    done
    chmod 755 "$BASE/box/first_start.sh"
}

broker() { # its settings, where there is a Mosquitto; its certificates and access list come from `collector fleet`
    [ -d "$MOSQUITTO/conf.d" ] || return 0
    copy "$DEPLOY/mosquitto/fleet.conf" "$MOSQUITTO/conf.d/mieruka.conf"
}

secrets() {
    user=$(id -u) group=$(id -g)
    if [ -z "$ROOT" ]; then user=$(id -u "$ACCOUNT") group=$(id -g "$ACCOUNT"); fi
    KIND=machine NAME=$name SECRETS=$ETC/secrets SETTINGS=$ETC OWNER=$user GROUP=$group \
        sh "$DEPLOY/secrets.sh"
}

point_to() { # version: which one runs from the next start on
    ln -sfn "versions/$1" "$BASE/current.new"
    mv -T "$BASE/current.new" "$BASE/current"
    ln -sfn /opt/mieruka-collector/current/bin/collector "$BIN/collector"
}

stays_up() {
    waited=0
    while [ "$waited" -lt "$WELL_FOR_S" ]; do
        sleep 1
        waited=$((waited + 1))
        systemctl is-active --quiet collector.service || return 1
    done
}

switch() {
    before=$(readlink "$BASE/current" 2>/dev/null || true)
    before=${before#versions/}
    point_to "$version"
    # shellcheck disable=SC2086 # names are words
    systemctl enable --quiet $ON
    if ! systemctl is-active --quiet collector.service; then
        say "installed; now write your plant into /etc/mieruka/collector.toml"
        say "then: sudo systemctl restart influxdb grafana-server"
        say "      sudo systemctl restart mieruka-first-start && sudo systemctl restart mosquitto collector"
        return 0
    fi
    if [ "$before" = "$version" ]; then
        say "version $version runs already"
        return 0
    fi
    systemctl restart collector.service || true
    stays_up && say "version $version runs" && return 0
    [ -n "$before" ] || fail "version $version does not stay up" "journalctl -u collector -n 50"
    point_to "$before"
    systemctl restart collector.service || true
    fail "version $version does not stay up, $before runs again" "journalctl -u collector -n 100"
}

prune() { # the versions before the last few
    find "$BASE/versions" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn |
        cut -d' ' -f2 | tail -n +$((KEEP_VERSIONS + 1)) | while read -r old; do
        [ "$(readlink "$BASE/current")" = "versions/$old" ] || rm -rf "$BASE/versions/$old"
    done
}

remove() {
    for unit in "$HERE"/*.service "$HERE"/*.timer "$HERE"/*.path; do
        act systemctl disable --now --quiet "$(basename "$unit")" 2>/dev/null || true
        act rm -f "$UNITS/$(basename "$unit")"
    done
    for other in $DROP_INS; do act rm -rf "$UNITS/$other.service.d/mieruka.conf"; done
    act rm -f "$MOSQUITTO/conf.d/mieruka.conf" "$BIN/collector"
    act systemctl daemon-reload
    act rm -rf "$BASE"
    if [ -n "$purge" ]; then
        act rm -rf "$ETC/collector.toml" "$ETC/secrets" "$ETC/tokens" "$STATE"
        say "removed, with settings, secrets and state; backups stay in $BACKUPS"
    else
        say "removed; settings and secrets stay in $ETC, data in $STATE (--purge removes them too)"
    fi
}

install_all() {
    can_we
    account
    if [ -n "$dry" ]; then
        say "would: install ${wheel:-this checkout} below $BASE, units into $UNITS, secrets into $ETC"
        return 0
    fi
    folders
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    source_wheel
    install_version
    secrets
    units
    broker
    switch
    prune
}

options "$@"
may_we
if [ -n "$uninstall" ]; then remove; else install_all; fi
