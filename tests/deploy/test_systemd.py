"""The box without containers: units, drop-ins and the installer of `deploy/systemd/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector import __main__ as command

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
ALL = sorted([*SERVICES, *FOLDER.glob("*.timer"), *FOLDER.glob("*.path")])
PROGRAM = "/opt/mieruka-collector/current/bin/collector"
EXPOSED_AT_MOST = {"": 12, "mosquitto": 41, "influxdb": 33, "grafana-server": 40}
"""Tenths of systemd's own score, 0 (closed) to 100: of ours, and of others with our drop-ins.

A plain unit has 96. The broker begins as root; what the three call of the system is their affair.
"""
TOOL = shutil.which("systemd-analyze")
has_tool = pytest.mark.skipif(TOOL is None, reason="systemd-analyze is not installed")
by_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
by_other = pytest.mark.parametrize(
    "drop_in", sorted(FOLDER.glob("*.service.d/*.conf")), ids=lambda path: path.parent.stem
)


def _analyze(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(TOOL), *map(str, words)], capture_output=True, text=True)


def _score(unit: Path, most: int) -> str:
    """Empty when the unit is exposed no more than that, else what systemd says."""
    done = _analyze("security", "--offline=true", f"--threshold={most}", "--no-pager", unit)
    return "" if done.returncode == 0 else (done.stdout.splitlines() or [done.stderr])[-1]


def _stand_in(drop_in: Path, folder: Path) -> Path:
    """Somebody else's unit, as plain as can be, with our drop-in."""
    name = drop_in.parent.name.removesuffix(".d")
    user = "" if name.startswith("mosquitto") else "User=somebody\n"
    unit = folder / name
    unit.write_text(f"[Service]\nExecStart=/bin/true\n{user}", encoding="utf-8")
    shutil.copytree(drop_in.parent, folder / drop_in.parent.name)
    return unit


@has_tool
@by_service
def test_a_unit_is_exposed_as_little_as_can_be(unit: Path) -> None:
    """Systemd's own look at it stays below the bound."""
    assert _score(unit, EXPOSED_AT_MOST[""]) == ""


@has_tool
@by_other
def test_a_drop_in_shuts_the_door_of_others(drop_in: Path, tmp_path: Path) -> None:
    """Each with its bound; what they need to work stays."""
    unit = _stand_in(drop_in, tmp_path)
    merged = tmp_path / "merged.service"
    merged.write_text(unit.read_text() + drop_in.read_text(), encoding="utf-8")
    assert _score(merged, EXPOSED_AT_MOST[unit.stem]) == ""


@has_tool
@pytest.mark.parametrize("unit", ALL, ids=lambda path: path.name)
def test_systemd_finds_no_fault_in_a_unit(unit: Path, tmp_path: Path) -> None:
    """Every key is known and every value right; programs that are not here have a stand-in."""
    for one in ALL:
        text = re.sub(r"/opt/mieruka-collector/\S+", "/bin/true", one.read_text("utf-8"))
        text = re.sub("(?m)^Documentation=.*$", "", text)
        (tmp_path / one.name).write_text(text, encoding="utf-8")
    done = _analyze("verify", "--man=no", tmp_path / unit.name)
    told = [line for line in done.stderr.splitlines() if "mieruka" in line or "collector" in line]
    assert (told, done.returncode) == ([], 0), done.stderr


@has_tool
@by_other
def test_systemd_finds_no_fault_in_a_drop_in(drop_in: Path, tmp_path: Path) -> None:
    """On a plain unit of that name."""
    unit = _stand_in(drop_in, tmp_path)
    done = _analyze("verify", "--man=no", unit)
    assert (done.stderr, done.returncode) == ("", 0)


@by_service
def test_a_unit_starts_what_the_installer_points_to(unit: Path) -> None:
    """By the link that an upgrade switches, with words that the program knows."""
    for line in re.findall(r"(?m)^ExecStart=(.*)$", unit.read_text("utf-8")):
        words = line.split()
        if not words[0].startswith("/opt/"):
            continue
        if words[0] != PROGRAM:
            assert (ROOT / "deploy/compose/box" / Path(words[0]).name).exists()
            continue
        verb = [word for word in words[1:] if not word.startswith(("-", "/"))]
        done = CliRunner().invoke(command.app, [*verb, "--help"])
        assert done.exit_code == 0, line
        assert all(word in done.output for word in words if word.startswith("--"))


@by_service
def test_a_unit_that_stays_comes_back_but_not_for_faulty_settings(unit: Path) -> None:
    """What runs once is started by a timer or at the start of the machine."""
    text = unit.read_text("utf-8")
    if "Type=oneshot" in text:
        assert "Restart=" not in text
    else:
        assert "Restart=always\n" in text
        assert "RestartPreventExitStatus=2\n" in text


def test_the_broker_reads_the_folder_that_is_watched() -> None:
    """Certificates, the list of revoked ones and the access list, where the units keep them."""
    unit = (FOLDER / "mieruka-broker-reload.path").read_text("utf-8")
    (watched,) = re.findall(r"(?m)^PathChanged=(.*)$", unit)
    broker = (ROOT / "deploy/mosquitto/fleet.conf").read_text("utf-8")
    read = re.findall(r"(?m)^(?:acl_|ca|cert|key|crl)file (.*)$", broker)
    assert {path.rpartition("/")[0] for path in read} == {watched}
    assert {Path(path).name for path in read} == {"acl", "ca.pem", "broker.pem", "revoked.crl"}
    state = re.findall(r"(?m)^StateDirectory=(.*)$", (FOLDER / "collector.service").read_text())
    assert watched == f"/var/lib/{state[0]}/fleet/broker"


def test_every_timer_and_path_has_its_service() -> None:
    """By its name, or named."""
    for one in ALL:
        if one.suffix != ".service":
            named = re.findall(r"(?m)^Unit=(.*)$", one.read_text("utf-8"))
            assert (FOLDER / (named[0] if named else f"{one.stem}.service")).exists()


# The installer, below another root: systemctl is a stand-in that notes what it is asked.

SYSTEMCTL = """#!/bin/sh
printf '%s\\n' "$*" >>"$DESTDIR/calls"
case $1 in
is-active) [ -e "$DESTDIR/up" ] ;;
restart) case $(readlink "$DESTDIR/opt/mieruka-collector/current") in *902*) rm -f "$DESTDIR/up" ;;
         *) : >"$DESTDIR/up" ;; esac ;;
disable) rm -f "$DESTDIR/up" ;;
esac
"""
PYTHON = f"""#!/bin/sh
[ "$1" = -m ] || exec {sys.executable} "$@"
mkdir -p "$3/bin"
printf '#!/bin/sh\\n' >"$3/bin/python"
printf '#!/bin/sh\\necho collector\\n' >"$3/bin/collector"
chmod 755 "$3"/bin/*
"""
"""An environment that costs nothing: real ones take the same steps in `test_install.py`."""


class Machine:
    """A root folder that stands in for a machine's."""

    def __init__(self, folder: Path) -> None:
        self.root, self._bin = folder / "root", folder / "bin"
        for path in (self.root / "etc/mosquitto/conf.d", self._bin):
            path.mkdir(parents=True)
        getent = "#!/bin/sh\n[ $2 = mieruka ]\n"
        for name, text in (("systemctl", SYSTEMCTL), ("getent", getent), ("python", PYTHON)):
            (self._bin / name).write_text(text)
            (self._bin / name).chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The script with these words."""
        place = {"DESTDIR": str(self.root), "PATH": f"{self._bin}:{os.environ['PATH']}"}
        more = {"PYTHON": str(self._bin / "python"), "WELL_FOR_S": "1"}
        return subprocess.run(
            ["sh", str(FOLDER / "install.sh"), *words],
            env={**os.environ, **place, **more}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def current(self) -> str:
        """The version that runs from the next start on."""
        return os.readlink(self.root / "opt/mieruka-collector/current").removeprefix("versions/")

    def files(self) -> dict[str, bytes]:
        """What is configured: units, settings, secrets, the broker's files."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in (self.root / "etc").rglob("*")
            if path.is_file()
        }


def _wheel(folder: Path, version: str) -> Path:
    """A file with the name of a wheel."""
    wheel = folder / f"mieruka-{version}-py3-none-any.whl"
    wheel.write_text(version, encoding="utf-8")
    return wheel


def test_it_installs_upgrades_goes_back_and_goes(tmp_path: Path) -> None:
    """The life of a box, step by step; what a person wrote lives on."""
    machine = Machine(tmp_path)
    wheel = ("--wheel", str(_wheel(tmp_path, "0.1.900")))
    first = machine.run(*wheel, "--name", "collector.example.com")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "write your plant into /etc/mieruka/collector.toml" in first.stdout
    assert machine.current().startswith("0.1.900-")
    files = machine.files()
    assert {f"etc/systemd/system/{unit.name}" for unit in ALL} <= set(files)
    assert (
        b"crlfile /var/lib/mieruka-collector/fleet/" in files["etc/mosquitto/conf.d/mieruka.conf"]
    )
    assert b"mqtts://collector.example.com:8883" in files["etc/mieruka/collector.toml"]
    calls = (machine.root / "calls").read_text()
    assert "enable --quiet mieruka-first-start.service collector.service" in calls

    (machine.root / "up").touch()
    again = machine.run(*wheel)
    assert again.returncode == 0, again.stderr
    assert "runs already" in again.stdout
    assert machine.files() == files

    broken = machine.run("--wheel", str(_wheel(tmp_path, "0.1.902")))
    assert broken.returncode == 1
    assert "does not stay up, 0.1.900-" in broken.stderr
    assert machine.current().startswith("0.1.900-")

    gone = machine.run("--uninstall")
    assert gone.returncode == 0, gone.stderr
    left = set(machine.files())
    assert "etc/mieruka/collector.toml" in left
    assert not [name for name in left if "systemd" in name or "mosquitto" in name]
    assert machine.run("--uninstall", "--purge").returncode == 0
    assert machine.files() == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--nam", "x"), "unknown option --nam (install.sh --help)"),
        (("--wheel", "nowhere.whl"), "nowhere.whl cannot be read"),
        (("--purge",), "--purge is only for --uninstall"),
        ((), "not told how agents call this machine (--name collector.example.com)"),
    ],
)
def test_wrong_words_are_one_line(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    """Nothing is changed by a wrong call."""
    machine = Machine(tmp_path)
    done = machine.run(*words)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert machine.files() == {}


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_installer_is_clean() -> None:
    """Shellcheck finds nothing."""
    done = subprocess.run(
        ["shellcheck", str(FOLDER / "install.sh")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
