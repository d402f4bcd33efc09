#!/bin/sh
# Installs, upgrades or removes the Mieruka edge agent on a Raspberry Pi (any systemd Linux).
#
#   sudo deploy/pi/install.sh                       from this checkout
#   sudo ./install.sh --wheel mieruka-0.1.0-py3-none-any.whl [--config agent.toml]
#   sudo ./install.sh --uninstall [--purge]
#
# Run it again whenever you like: what is there already stays. An upgrade is put beside the old
# version, checked, switched to, and watched; when it is not well, the old one is back within a minute.
# DESTDIR puts everything below another root (tests do so).

set -eu

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
ROOT=${DESTDIR:-}
BASE=$ROOT/opt/mieruka
ETC=$ROOT/etc/mieruka
STATE=$ROOT/var/lib/mieruka
UNITS=$ROOT/etc/systemd/system
BIN=$ROOT/usr/local/bin
UNIT=edge-agent.service
ACCOUNT=mieruka
PYTHON=${PYTHON:-python3}
WELL_WITHIN_S=${WELL_WITHIN_S:-60}
KEEP_VERSIONS=2

wheel='' wheels='' config='' lock='' keys='' relay='' resume='' uninstall='' purge='' dry=''

usage() {
    cat <<'END'
usage: install.sh [--wheel FILE [--wheels FOLDER]] [--config FILE] [--lock FILE] [--keys FILE]
                  [--relay] [--dry-run]
       install.sh --resume
       install.sh --uninstall [--purge] [--dry-run]

  --wheel FILE   install this wheel (default: the checkout this script lies in)
  --wheels DIR   everything the wheel needs, as wheels: no network is asked
  --keys FILE    trust these makers of packages: updates from afar are taken (update.keys)
  --resume       bring to its end what a power cut left half done
  --config FILE  settings to begin with; an agent.toml that is there already stays
  --lock FILE    the exact versions to install (default: requirements.lock of the checkout)
  --relay        with GPIO output for the demand guard
  --uninstall    remove program and service; settings and unsent readings stay
  --purge        ... and those too
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
        --wheel | --wheels | --config | --lock | --keys)
            [ $# -gt 1 ] || fail "$1 wants a file" "install.sh --help"
            [ -r "$2" ] || fail "$2 cannot be read" "give the path of a file after $1"
            case $1 in
            --wheel) wheel=$2 ;; --wheels) wheels=$2 ;; --config) config=$2 ;;
            --lock) lock=$2 ;; --keys) keys=$2 ;;
            esac
            shift
            ;;
        --relay) relay=yes ;;
        --resume) resume=yes ;;
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
    command -v systemctl >/dev/null || fail "there is no systemd here" "see deploy/pi/README.md"
}

can_we() {
    command -v "$PYTHON" >/dev/null || fail "there is no $PYTHON" "sudo apt install python3"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed" "Raspberry Pi OS bookworm or later has it"
    "$PYTHON" -c 'import ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing" "sudo apt install python3-venv"
}

account() {
    getent passwd "$ACCOUNT" >/dev/null || act useradd --system --home-dir /var/lib/mieruka \
        --no-create-home --shell /usr/sbin/nologin "$ACCOUNT"
    # Serial ports belong to dialout; pins to gpio, where there are any.
    for group in dialout gpio; do
        if getent group "$group" >/dev/null; then act usermod --append --groups "$group" "$ACCOUNT"; fi
    done
}

folders() {
    act mkdir -p "$BASE/versions" "$ETC" "$STATE" "$UNITS" "$BIN"
    act chmod 750 "$ETC" "$STATE"
    # The agent's page adds meters to the settings, with a backup beside them.
    [ -n "$ROOT" ] || act chown "$ACCOUNT:$ACCOUNT" "$ETC" "$STATE"
}

source_wheel() { # a wheel of the checkout, when none was named
    [ -z "$wheel" ] || return 0
    checkout=$(CDPATH='' cd -- "$HERE/../.." && pwd)
    [ -r "$checkout/pyproject.toml" ] ||
        fail "there is nothing to install" "name a wheel with --wheel, or run this in a checkout"
    [ -n "$lock" ] || lock=$checkout/requirements.lock
    say "building a wheel of this checkout"
    # As a copy: building must not leave files in a checkout that is somebody else's.
    mkdir "$work/source"
    (cd "$checkout" && cp -R pyproject.toml README.md LICENSE edge_agent collector grafana simulators \
        "$work/source/")
    "$PYTHON" -m venv "$work/build"
    "$work/build/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
        -w "$work" "$work/source" || fail "the wheel could not be built" "is the network there?"
    wheel=$(ls "$work"/mieruka-*.whl)
}

install_version() { # puts the wheel into a folder of its own; sets $version
    release=$(basename "$wheel" | cut -d- -f2)
    digest=$(sha256sum "$wheel" | cut -c1-8)
    version=$release-$digest${relay:+-relay}
    new=$BASE/versions/$version
    [ ! -e "$new/complete" ] || { say "version $version is there already" && return 0; }
    say "installing version $version"
    rm -rf "$new"
    "$PYTHON" -m venv "$new"
    extras=edge${relay:+,relay}
    set -- --quiet --disable-pip-version-check --only-binary=:all:
    [ -z "$wheels" ] || set -- "$@" --no-index --find-links "$wheels"
    if [ -n "$lock" ]; then
        grep -E '^[A-Za-z0-9]' "$lock" | sed 's/ *\\$//' >"$work/versions.txt"
        set -- "$@" -c "$work/versions.txt"
    fi
    "$new/bin/python" -m pip install "$@" "${wheel}[$extras]" || {
        rm -rf "$new"
        fail "version $version could not be installed" "is the network there? nothing was changed"
    }
    "$new/bin/edge-agent" --version >/dev/null || {
        rm -rf "$new"
        fail "version $version does not start" "nothing was changed; report this"
    }
    : >"$new/complete"
}

settings() {
    [ -z "$config" ] || [ -e "$ETC/agent.toml" ] || {
        cp "$config" "$ETC/agent.toml"
        say "settings are in $ETC/agent.toml"
    }
    [ -e "$ETC/agent.toml" ] || return 0
    chmod 640 "$ETC/agent.toml"
    [ -n "$ROOT" ] || chown "$ACCOUNT:$ACCOUNT" "$ETC/agent.toml"
    "$new/bin/edge-agent" check -c "$ETC/agent.toml" >"$work/check" 2>&1 || {
        cat "$work/check" >&2
        fail "the settings do not fit version $version" "correct $ETC/agent.toml; nothing was changed"
    }
}

unit() {
    changed=''
    cmp -s "$HERE/$UNIT" "$UNITS/$UNIT" || { cp "$HERE/$UNIT" "$UNITS/$UNIT" && changed=yes; }
    if [ -n "$relay" ] && ! cmp -s "$HERE/relay.conf" "$UNITS/$UNIT.d/relay.conf"; then
        mkdir -p "$UNITS/$UNIT.d"
        cp "$HERE/relay.conf" "$UNITS/$UNIT.d/relay.conf"
        changed=yes
    fi
    [ -z "$changed" ] || systemctl daemon-reload
}

for_updates() { # what mieruka-update needs; only root can write it
    mkdir -p "$BASE/deploy"
    for file in install.sh "$UNIT" relay.conf mieruka-update; do
        [ "$HERE" = "$BASE/deploy" ] || cp "$HERE/$file" "$BASE/deploy/$file"
    done
    [ -z "$keys" ] || install -m 644 "$keys" "$BASE/update.keys"
    [ -e "$BASE/update.keys" ] && [ "$HERE" != "$BASE/deploy" ] || return 0
    for file in mieruka-update.path mieruka-update.service; do cp "$HERE/$file" "$UNITS/$file"; done
    systemctl daemon-reload
    systemctl enable --quiet mieruka-update.service
    systemctl enable --quiet --now mieruka-update.path
}

point_to() { # version: which one runs from the next start on
    ln -sfn "versions/$1" "$BASE/current.new"
    mv -T "$BASE/current.new" "$BASE/current"
    ln -sfn /opt/mieruka/current/bin/edge-agent "$BIN/edge-agent"
}

health() { # prints 200, 503, or nothing when nobody answers
    "$new/bin/python" - "$ETC/agent.toml" <<'END'
import sys, tomllib, urllib.error, urllib.request
from pathlib import Path
table = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
listen = table.get("health", {}).get("listen", "127.0.0.1:9871")
if listen:
    try:
        print(urllib.request.urlopen(f"http://{listen}/health", timeout=3).status)
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError:
        pass
else:
    print("off")
END
}

is_well() { # as well as before: $1 is what the page said then
    waited=0
    while [ "$waited" -lt "$WELL_WITHIN_S" ]; do
        sleep 1
        waited=$((waited + 1))
        systemctl is-active --quiet "$UNIT" || continue
        now=$(health)
        [ "$now" != off ] || [ "$waited" -lt 10 ] || return 0
        [ "$now" != 200 ] || return 0
        # The broker may be away, as it was before: that is no fault of the new version.
        [ -z "$now" ] || [ "$now" = off ] || [ "$1" = 200 ] || [ "$waited" -lt 5 ] || return 0
    done
    return 1
}

switch() {
    before=$(readlink "$BASE/current" 2>/dev/null || true)
    before=${before#versions/}
    said=''
    [ -z "$before" ] || [ ! -e "$ETC/agent.toml" ] || said=$(health)
    # Should the power fail before the new version is known to be well, --resume goes on from here.
    [ -z "$before" ] || [ "$before" = "$version" ] || {
        printf '%s\n%s\n%s\n' "$before" "$version" "$said" >"$BASE/trial.new"
        sync "$BASE/trial.new"
        mv "$BASE/trial.new" "$BASE/trial"
    }
    point_to "$version"
    systemctl enable --quiet "$UNIT"
    if [ ! -e "$ETC/agent.toml" ]; then
        say "installed; now make the settings: sudo -u $ACCOUNT edge-agent init -c /etc/mieruka/agent.toml"
        say "then: sudo systemctl start edge-agent"
        return 0
    fi
    if [ "$before" = "$version" ] && systemctl is-active --quiet "$UNIT"; then
        say "version $version runs already"
        return 0
    fi
    systemctl restart "$UNIT" || true
    watch
}

watch() {
    if is_well "$said"; then
        rm -f "$BASE/trial"
        say "version $version runs and is well"
        return 0
    fi
    roll_back
}

resume() { # the version that was on trial when the power failed
    [ -e "$BASE/trial" ] || { say "nothing was left half done" && return 0; }
    before=$(sed -n 1p "$BASE/trial") version=$(sed -n 2p "$BASE/trial") said=$(sed -n 3p "$BASE/trial")
    new=$BASE/versions/$version
    [ "$(readlink "$BASE/current")" = "versions/$version" ] ||
        { rm -f "$BASE/trial" && say "version $before was never left" && return 0; }
    systemctl restart "$UNIT" || true
    watch
}

roll_back() {
    if [ -z "$before" ] || [ "$before" = "$version" ]; then
        fail "version $version is not well after $WELL_WITHIN_S s" "journalctl -u edge-agent -n 50"
    fi
    point_to "$before"
    systemctl restart "$UNIT" || true
    rm -f "$BASE/trial"
    fail "version $version was not well, $before runs again" "journalctl -u edge-agent -n 100"
}

prune() { # the versions before the last few
    find "$BASE/versions" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn |
        cut -d' ' -f2 | tail -n +$((KEEP_VERSIONS + 1)) | while read -r old; do
        [ "$(readlink "$BASE/current")" = "versions/$old" ] || rm -rf "$BASE/versions/$old"
    done
}

remove() {
    act systemctl disable --now --quiet "$UNIT" 2>/dev/null || true
    act systemctl disable --now --quiet mieruka-update.path mieruka-update.service 2>/dev/null || true
    act rm -f "$UNITS/$UNIT" "$UNITS/mieruka-update.path" "$UNITS/mieruka-update.service"
    act rm -f "$BIN/edge-agent"
    act rm -rf "$UNITS/$UNIT.d"
    act systemctl daemon-reload
    act rm -rf "$BASE"
    if [ -n "$purge" ]; then
        act rm -rf "$ETC" "$STATE"
        if getent passwd "$ACCOUNT" >/dev/null; then act userdel "$ACCOUNT"; fi
        say "removed, with settings and unsent readings"
    else
        say "removed; settings stay in $ETC, unsent readings in $STATE (--purge removes them too)"
    fi
}

install_all() {
    can_we
    # Called by mieruka-update only the program changes: no account, no folder, no unit.
    [ "$HERE" = "$BASE/deploy" ] || account
    if [ -n "$dry" ]; then
        say "would: install ${wheel:-this checkout} below $BASE, start $UNIT, watch it for $WELL_WITHIN_S s"
        return 0
    fi
    [ "$HERE" = "$BASE/deploy" ] || folders
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    source_wheel
    install_version
    settings
    [ "$HERE" = "$BASE/deploy" ] || unit
    for_updates
    switch
    prune
}

options "$@"
may_we
if [ -n "$uninstall" ]; then remove; elif [ -n "$resume" ]; then resume; else install_all; fi
