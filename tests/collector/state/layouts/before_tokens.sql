CREATE TABLE IF NOT EXISTS dirty_window (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL, meter TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS dirty_window_by_meter ON dirty_window (site, meter, from_ms);
CREATE TABLE IF NOT EXISTS meter_card (
    site TEXT NOT NULL, meter TEXT NOT NULL, agent TEXT NOT NULL, epoch TEXT NOT NULL,
    connection INTEGER NOT NULL, at_ms INTEGER NOT NULL, name TEXT NOT NULL,
    profile TEXT NOT NULL, interval_s REAL NOT NULL, step_wh REAL NOT NULL, modulus_wh REAL,
    serial TEXT NOT NULL DEFAULT '', ratio REAL NOT NULL DEFAULT 1.0,
    PRIMARY KEY (site, meter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usual_power (
    site TEXT NOT NULL, meter TEXT NOT NULL, quantity TEXT NOT NULL, power_w REAL NOT NULL,
    PRIMARY KEY (site, meter, quantity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter_event (
    site TEXT NOT NULL, meter TEXT NOT NULL, quantity TEXT NOT NULL, at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL, booked_milli_wh INTEGER NOT NULL, low_milli_wh INTEGER,
    high_milli_wh INTEGER, reason TEXT NOT NULL, settled_ms INTEGER NOT NULL,
    ruled INTEGER NOT NULL, PRIMARY KEY (site, meter, quantity, at_ms, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent (
    agent TEXT PRIMARY KEY, epoch TEXT NOT NULL, connection INTEGER NOT NULL,
    online INTEGER NOT NULL, software TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch, first, last)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ruling (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    quantity TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, booked_milli_wh INTEGER,
    reason TEXT NOT NULL, by_name TEXT NOT NULL, made_at_ms INTEGER NOT NULL,
    taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS meter_identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    from_ms INTEGER NOT NULL, serial TEXT NOT NULL, ratio REAL, step_wh REAL, modulus_wh REAL,
    agent TEXT NOT NULL, epoch TEXT NOT NULL, source TEXT NOT NULL, by_name TEXT NOT NULL,
    reason TEXT NOT NULL, taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE INDEX IF NOT EXISTS meter_identity_by_meter ON meter_identity (site, meter, from_ms);
CREATE TABLE IF NOT EXISTS import_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    quantity TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, slots INTEGER NOT NULL,
    milli_wh INTEGER NOT NULL, made_at_ms INTEGER NOT NULL, by_name TEXT NOT NULL,
    taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS imported_slot (
    import_id INTEGER NOT NULL REFERENCES import_file (id), start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL, milli_wh INTEGER NOT NULL,
    PRIMARY KEY (import_id, start_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch, first)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrival (
    site TEXT NOT NULL, meter TEXT NOT NULL, quarter_ms INTEGER NOT NULL,
    readings INTEGER NOT NULL, on_time INTEGER NOT NULL, estimated INTEGER NOT NULL,
    settled INTEGER NOT NULL, PRIMARY KEY (site, meter, quarter_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meter_sign (
    site TEXT NOT NULL, meter TEXT NOT NULL, expected_ms INTEGER NOT NULL, at_ms INTEGER,
    arrived_ms INTEGER, complete_ms INTEGER, PRIMARY KEY (site, meter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, topic TEXT NOT NULL,
    payload BLOB NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS closed_period (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, first TEXT NOT NULL,
    end TEXT NOT NULL, document TEXT NOT NULL, digest TEXT NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL, closed_at_ms INTEGER NOT NULL,
    restates INTEGER UNIQUE REFERENCES closed_period (id));
CREATE UNIQUE INDEX IF NOT EXISTS closed_period_once ON closed_period (site, first, end)
    WHERE restates IS NULL;
CREATE TRIGGER IF NOT EXISTS closed_period_stays BEFORE UPDATE ON closed_period
    BEGIN SELECT RAISE(ABORT, 'a closed period never changes'); END;
CREATE TRIGGER IF NOT EXISTS closed_period_is_kept BEFORE DELETE ON closed_period
    BEGIN SELECT RAISE(ABORT, 'a closed period is never deleted'); END;
