#!/bin/sh
# Stands in for systemctl: one service, really started and really ended, every call noted.
printf '%s\n' "$*" >>"$DESTDIR/systemctl.calls"
pid=$(cat "$DESTDIR/agent.pid" 2>/dev/null || echo 0)
end() {
    [ "$pid" = 0 ] || kill "$pid" 2>/dev/null || return 0
    while [ "$pid" != 0 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -f "$DESTDIR/agent.pid"
}
case $1 in
is-active) [ "$pid" != 0 ] && kill -0 "$pid" 2>/dev/null ;;
disable) end ;;
restart)
    end
    setsid "$DESTDIR/opt/mieruka/current/bin/edge-agent" run -c "$DESTDIR/etc/mieruka/agent.toml" \
        >>"$DESTDIR/agent.log" 2>&1 </dev/null &
    echo $! >"$DESTDIR/agent.pid"
    ;;
esac
