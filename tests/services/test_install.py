"""Finding and building the real services, without doing either for real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import install

FAKE_GO = """#!/bin/sh
echo "$@" >> "$RECORD"
echo "CGO_ENABLED=$CGO_ENABLED PKG_CONFIG=$PKG_CONFIG" >> "$RECORD"
while [ "$1" != -o ]; do shift; done
[ -n "$GO_FAILS" ] && { echo "no such module"; exit 1; }
printf '#!/bin/sh\\n' > "$2"; chmod +x "$2"
"""

FAKE_GO_INSTALL = """#!/bin/sh
echo "$@" >> "$RECORD"
printf '#!/bin/sh\\n' > "$GOBIN/cmd"; chmod +x "$GOBIN/cmd"
"""


def _program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has nothing but what a test puts into its ``bin``."""
    for name in list(os.environ):
        if name.startswith("MIERUKA_") or name == "RUSTUP_TOOLCHAIN":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    monkeypatch.setattr(install, "BEYOND_PATH", ())
    return tmp_path


def _with_build_tools(bare: Path) -> None:
    _program(bare / "bin" / "go", FAKE_GO)
    _program(bare / "bin" / "cc")
    _program(bare / "bin" / "cargo")
    listed = "#!/bin/sh\necho 'nightly-x (default)'\necho stable-x\n"
    _program(bare / "bin" / "rustup", listed)
    for tool in ("sh", "chmod"):
        (bare / "bin" / tool).symlink_to(f"/bin/{tool}")


def test_the_nearest_influxd_is_taken(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment goes before the PATH, the PATH before the cache; else there is none."""
    assert install.find_influxd() is None
    cached = _program(bare / "cache" / "mieruka" / "services" / "influxd")
    assert install.find_influxd() == cached
    on_path = _program(bare / "bin" / "influxd")
    assert install.find_influxd() == on_path
    named = _program(bare / "elsewhere" / "influxd")
    monkeypatch.setenv("MIERUKA_INFLUXD", str(named))
    assert install.find_influxd() == named


def test_a_running_server_needs_all_three_names(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address without a token is no server to write to."""
    monkeypatch.setenv("MIERUKA_INFLUX_URL", "http://127.0.0.1:8086")
    monkeypatch.setenv("MIERUKA_INFLUX_TOKEN", "t")
    assert install.running_server() is None
    monkeypatch.setenv("MIERUKA_INFLUX_ORG", "o")
    assert install.running_server() == install.RunningServer("http://127.0.0.1:8086", "t", "o")


def test_influxd_is_built_with_its_own_pkg_config(bare: Path) -> None:
    """First the pkg-config, then influxd with it, cgo on; a second run finds what is there."""
    _with_build_tools(bare)
    built = install.build_influxd()
    first, _, second, environment = (bare / "record").read_text().splitlines()
    assert first.endswith(install.PKG_CONFIG)
    assert second.endswith(install.INFLUXD)
    assert "-tags sqlite_foreign_keys,sqlite_json" in second
    assert environment == f"CGO_ENABLED=1 PKG_CONFIG={built.with_name('pkg-config')}"
    assert install.find_influxd() == built == bare / "cache" / "mieruka" / "services" / "influxd"


def test_a_failed_build_leaves_no_influxd(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a program is never found; the output of the build is kept for the reader."""
    _with_build_tools(bare)
    monkeypatch.setenv("GO_FAILS", "1")
    with pytest.raises(install.BuildError, match=r"pkg-config\.log"):
        install.build_influxd()
    assert install.find_influxd() is None
    log = bare / "cache" / "mieruka" / "services" / "pkg-config.log"
    assert "no such module" in log.read_text()


def test_an_installed_stable_rust_is_named(bare: Path) -> None:
    """The build never waits for a toolchain that flux asks for and nobody has."""
    assert install.rust_toolchain() == {}
    _with_build_tools(bare)
    assert install.rust_toolchain() == {"RUSTUP_TOOLCHAIN": "stable-x"}


def test_a_tool_is_installed_once_into_the_cache(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`go install` of the pinned version fills the cache; the environment goes before it."""
    _program(bare / "bin" / "go", FAKE_GO_INSTALL)
    for tool in ("sh", "chmod"):
        (bare / "bin" / tool).symlink_to(f"/bin/{tool}")
    assert install.find_built("mochi") is None
    built = install.build_tool("mochi")
    asked = (bare / "record").read_text()
    assert asked.strip().endswith("github.com/mochi-mqtt/server/v2/cmd@v2.7.9")
    assert install.find_built("mochi") == built == bare / "cache" / "mieruka" / "services" / "mochi"
    assert list(built.parent.glob("*.part")) == []
    named = _program(bare / "elsewhere" / "mochi")
    monkeypatch.setenv("MIERUKA_MOCHI", str(named))
    assert install.find_built("mochi") == named


def test_a_tool_that_cannot_be_built_leaves_nothing(bare: Path) -> None:
    """Without Go there is one clear word; a failed build keeps its output and no program."""
    with pytest.raises(install.BuildError, match="Go not found"):
        install.build_tool("telegraf")
    _program(bare / "bin" / "go", "#!/bin/sh\necho no such module; exit 1\n")
    (bare / "bin" / "sh").symlink_to("/bin/sh")
    with pytest.raises(install.BuildError, match=r"telegraf\.log"):
        install.build_tool("telegraf")
    assert install.find_built("telegraf") is None


FAKE_MVN = """#!/bin/sh
echo "$@" >> "$RECORD"
for word; do case $word in -DoutputDirectory=*) folder=${word#*=};; esac; done
[ -n "$MVN_FAILS" ] && exit 1
: > "$folder/kafka-clients-9.jar"
"""


def test_kafka_is_fetched_once_into_the_cache(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maven copies the pinned version; the environment goes before the cache."""
    assert install.find_kafka() is None
    with pytest.raises(install.BuildError, match="mvn, java not found"):
        install.fetch_kafka()
    _program(bare / "bin" / "java")
    _program(bare / "bin" / "mvn", FAKE_MVN)
    (bare / "bin" / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("MVN_FAILS", "1")
    with pytest.raises(install.BuildError, match=r"kafka-.*\.log"):
        install.fetch_kafka()
    assert install.find_kafka() is None
    monkeypatch.setenv("MVN_FAILS", "")
    fetched = install.fetch_kafka()
    assert f"-Dkafka.version={install.KAFKA_VERSION}" in (bare / "record").read_text()
    assert install.find_kafka() == fetched
    assert list(fetched.parent.glob("*.part")) == []
    named = bare / "elsewhere"
    named.mkdir()
    (named / "kafka-clients-8.jar").touch()
    monkeypatch.setenv("MIERUKA_KAFKA", str(named))
    assert install.find_kafka() == named


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 1)])
def test_what_is_missing_is_said_loudly(
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    required: str,
    code: int,
) -> None:
    """Without Go the tests are skipped, and the reader learns how to have them; CI fails."""
    monkeypatch.setenv(install.REQUIRE, required)
    assert install.main() == code
    said = capsys.readouterr().out
    assert "MISSING: cannot be built: Go, Rust (cargo), a C compiler not found" in said
    assert "MIERUKA_INFLUXD" in said
    assert "apt install mosquitto" in said
    assert "apt install maven default-jre-headless" in said
    assert "set MIERUKA_TOXIPROXY to the program's path" in said


def test_it_runs_as_a_script() -> None:
    """``make services`` calls it by its path, without the project on the path."""
    code = "import runpy; runpy.run_path('install.py')"
    subprocess.run([sys.executable, "-c", code], cwd=install.HERE, check=True, timeout=60)
