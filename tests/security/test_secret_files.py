"""Files with secrets: found in the settings, and told where others can read them."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collector import config as collector_config
from edge_agent import config as edge_config
from edge_agent.process.secret_file import PUBLIC, exposed, secret_files, secret_in
from tests.security.canaries import ROOT, agent_files, collector_files

SETTING = re.compile(r"(?m)^[#\s]*(\w+_file)\s*=")


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0o600, False), (0o400, False), (0o640, False), (0o440, False), (0o644, True),
        (0o604, True), (0o660, True), (0o602, True), (0o666, True),
    ],
)  # fmt: skip
def test_who_can_read_a_secret_is_told(tmp_path: Path, mode: int, told: bool) -> None:
    """Others who read, or a group that may write; a service's own group may read."""
    path = tmp_path / "secret"
    path.write_text("canary-of-a-file", "utf-8")
    path.chmod(mode)
    assert list(exposed([path, path])) == ([path] if told else [])
    assert secret_in(path) == "canary-of-a-file"


def test_a_file_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    """Whoever reads it tells that."""
    assert list(exposed([tmp_path / "none"])) == []


def test_every_secret_of_a_collector_is_looked_at(tmp_path: Path) -> None:
    """Whatever section it stands in, however deep: each file that was written for the settings."""
    plant = collector_files(tmp_path)
    found = set(secret_files(collector_config.load(plant.settings)))
    assert found == {*plant.files}


def test_every_secret_of_an_agent_is_looked_at(tmp_path: Path) -> None:
    """The password, the PIN and the key of its certificate."""
    plant = agent_files(tmp_path)
    assert set(secret_files(edge_config.load(plant.settings))) == {*plant.files}


def test_a_certificate_is_a_secret_where_its_key_stands_behind_it(tmp_path: Path) -> None:
    """An identity is one file; a bare certificate may be read by anybody."""
    plant = agent_files(tmp_path)
    identity = tmp_path / "identity.pem"
    identity.write_text("-----BEGIN CERTIFICATE-----\n", "utf-8")
    text = plant.settings.read_text("utf-8").replace("cert.pem", "identity.pem")
    plant.settings.write_text(re.sub(r"(?m)^key_file.*\n", "", text), "utf-8")
    assert identity not in set(secret_files(edge_config.load(plant.settings)))
    identity.write_text("-----BEGIN PRIVATE KEY-----\n", "utf-8")
    assert identity in set(secret_files(edge_config.load(plant.settings)))


@pytest.mark.parametrize("name", ["agent.toml", "collector.toml"])
def test_the_canaries_stand_in_every_secret_setting_there_is(name: str, tmp_path: Path) -> None:
    """A new ``..._file`` of the example settings needs a canary here."""
    example = (ROOT / "deploy/examples" / name).read_text("utf-8")
    plant = agent_files(tmp_path) if name.startswith("agent") else collector_files(tmp_path)
    wanted = set(SETTING.findall(example)) - {"cert_file", *PUBLIC}
    assert wanted <= set(SETTING.findall(plant.settings.read_text("utf-8")))


@pytest.mark.parametrize(
    ("program", "said"),
    [("edge_agent", "others on this machine can read"), ("collector", "can be read by others")],
)
def test_check_tells_of_it(program: str, said: str, tmp_path: Path) -> None:
    """In one line for each file, with what to do; nothing once it is mended."""
    plant = agent_files(tmp_path) if program == "edge_agent" else collector_files(tmp_path)
    wide = plant.files[0]
    wide.chmod(0o644)

    def lines() -> list[str]:
        command = [sys.executable, "-m", program, "check", "-c", str(plant.settings)]
        environment = {**os.environ, "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment
        )
        assert "Traceback" not in done.stderr
        return [line for line in (done.stdout + done.stderr).splitlines() if said in line]

    (line,) = lines()
    assert str(wide) in line.replace("\n", "")
    assert "chmod 600" in line
    wide.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert lines() == []


def test_a_list_of_public_keys_is_no_secret(tmp_path: Path) -> None:
    """Root owns the one of an agent, and the agent reads it: nobody is told to shut it."""
    plant = agent_files(tmp_path)
    (tmp_path / "update.keys").write_text("key", encoding="utf-8")
    text = plant.settings.read_text("utf-8") + '\n[update]\nkeys_file = "update.keys"\n'
    plant.settings.write_text(text, encoding="utf-8")
    named = {path.name for path in secret_files(edge_config.load(plant.settings))}
    assert named
    assert "update.keys" not in named
