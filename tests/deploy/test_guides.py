"""The guides hold together: commands exist, files exist, both languages say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from collector import config
from collector.__main__ import app as collector
from edge_agent.__main__ import app as edge_agent
from simulators.__main__ import app as plant_sim
from tests.deploy.guide_text import (
    GUIDES,
    PROGRAMS,
    Command,
    guides,
    headings,
    is_shown,
    links,
    looked_at_commands,
    pairs,
    run_commands,
    shape,
)

ROOT = GUIDES.parents[1]
APPS = dict(zip(PROGRAMS, map(get_command, (collector, edge_agent, plant_sim)), strict=True))
OTHERS = {
    "apt", "apt-get", "cat", "cp", "curl", "docker", "git", "journalctl", "ln", "ls", "make",
    "mosquitto", "nano", "rpi-eeprom-config", "rsync", "ssh", "systemctl", "timedatectl",
}  # fmt: skip
HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[store]
kind = "sqlite"
path = "store.sqlite"
"""
USAGE_ERROR: Any = typer.BadParameter.__base__
WORDS_JA = sorted((ROOT / "edge_agent/words/ja").glob("*.toml"))


def test_every_guide_is_on_the_door_sign() -> None:
    """The folder's README names each file, and the five guides are there."""
    sign = (GUIDES / "README.md").read_text(encoding="utf-8")
    names = {guide.name for guide in guides()} - {"README.md"}
    assert all(f"({name})" in sign for name in names)
    assert {"installation.md", "operation.md", "accounting.md"} <= names
    assert {"consultant.md", "developer.md"} <= names
    assert len(pairs()) == 3


@pytest.mark.parametrize("guide", guides(), ids=lambda path: path.name)
def test_every_link_and_picture_exists(guide: Path) -> None:
    """Relative to the guide."""
    assert [link for link in links(guide) if not (GUIDES / link).exists()] == []


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair[0].name)
def test_both_languages_have_the_same_shape(pair: tuple[Path, Path]) -> None:
    """The same headings, rows, points, steps and pictures; the same commands."""
    english, japanese = pair
    assert headings(english) == headings(japanese)
    assert shape(english) == shape(japanese)
    assert run_commands(english) != []
    assert len(links(english)) == len(links(japanese))
    for commands in (run_commands, looked_at_commands):
        texts = [[command.text for command in commands(guide)] for guide in pair]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("guide", guides(), ids=lambda path: path.name)
def test_every_command_of_ours_exists(guide: Path) -> None:
    """Verb, options and arguments as the program has them."""
    wrong = {}
    for command in (*run_commands(guide), *looked_at_commands(guide)):
        if fault := _fault(command):
            wrong[command.text] = fault
    assert wrong == {}


def _fault(command: Command) -> str:
    words = [word for word in command.words if not re.match(r"[A-Z_]+=", word)]
    if words[:2] == ["docker", "compose"]:
        at = next((n for n, word in enumerate(words) if word in PROGRAMS and n > 3), None)
        words = words[at:] if at else words
    first = words[0]
    if first in APPS:
        return _fault_of_ours(words)
    if first == "make":
        return _fault_of_make(words[1:])
    if first.endswith(".sh"):
        return _fault_of_script(words)
    return "" if first in OTHERS else f"{first} is not known to this test"


def _fault_of_make(words: list[str]) -> str:
    folder, target = (words[1], words[2]) if words[0] == "-C" else (".", words[0])
    made = (ROOT / folder / "Makefile").read_text(encoding="utf-8")
    return "" if re.search(rf"(?m)^{target}:", made) else f"no target {target}"


def _fault_of_script(words: list[str]) -> str:
    script = (ROOT / words[0].removeprefix("./")).read_text(encoding="utf-8")
    options = [word for word in words if word.startswith("--")]
    return ", ".join(option for option in options if option not in script)


def _fault_of_ours(words: list[str]) -> str:
    found: Any = APPS[words[0]]
    rest = words[1:]
    try:
        while hasattr(found, "resolve_command") and rest and rest[0] in _verbs(found):
            _, found, rest = found.resolve_command(_context(found), rest)
        parser = found.make_parser(_context(found))
        given, _, _ = parser.parse_args(list(rest))
    except USAGE_ERROR as error:
        return str(error.format_message())
    missing = [p.name for p in found.params if p.required and not given.get(p.name)]
    verb = hasattr(found, "resolve_command") and rest and not rest[0].startswith("-")
    return f"missing: {missing}" if missing else f"no verb {rest[0]}" if verb else ""


def _verbs(group: Any) -> list[str]:
    return list(group.list_commands(_context(group)))


def _context(command: Any) -> Any:
    return command.context_class(command, info_name=command.name)


def test_a_command_that_is_none_is_found() -> None:
    """A verb, an option or a target that does not exist is told."""
    for text in (
        "collector expalin sendai 2025-10",
        "collector explain sendai",
        "collector explain sendai 2025-10 --verbose",
        "sudo -u mieruka collector accounts close sendai 2025-10",
        "make -C deploy fly",
        "sudo deploy/pi/install.sh --fast",
        "frobnicate",
    ):
        assert _fault(Command("x.md", text)), text


def test_shown_lines_are_compared_with_what_is_said() -> None:
    """An ellipsis stands for anything; figures that differ are found."""
    said = "48 measured,\n   0 estimated; sum 1,234 kWh"
    assert is_shown("48 measured, … sum … kWh", said)
    assert not is_shown("48 measured, 1 estimated", said)


@pytest.mark.parametrize("guide", guides(), ids=lambda path: path.name)
def test_every_piece_of_settings_is_toml(guide: Path) -> None:
    """What is shown to be copied can be read."""
    text = guide.read_text(encoding="utf-8")
    pieces = re.findall(r"(?ms)^```toml\n(.*?)^```$", text)
    assert all(tomllib.loads(piece) for piece in pieces)
    assert len(pieces) == text.count("```toml")


@pytest.mark.parametrize("name", ["operation.md", "operation.ja.md"])
def test_the_settings_of_a_site_are_taken(name: str, tmp_path: Path) -> None:
    """A collector with the site and the customer of the guide has no fault in its settings."""
    text = (GUIDES / name).read_text(encoding="utf-8")
    pieces = re.findall(r"(?ms)^```toml\n(.*?)^```$", text)
    file = tmp_path / "collector.toml"
    file.write_text(HEAD + "\n".join(pieces), "utf-8")
    settings = config.load(file)
    assert [site.id for site in settings.sites] == ["sendai"]
    assert settings.tenants[0].sites == ("sendai",)


@pytest.mark.parametrize("name", ["installation.md", "installation.ja.md"])
def test_troubleshooting_rows_are_lines_that_the_agent_prints(name: str) -> None:
    """Each quoted error line is one of the agent's texts, in the guide's language."""
    texts: dict[str, str] = {}
    for file in WORDS_JA:
        texts |= tomllib.loads(file.read_text(encoding="utf-8"))
    known = [_bare(text) for text in (texts.values() if ".ja." in name else texts)]
    rows = re.findall(r"(?m)^\| `([^`]+)` \|", (GUIDES / name).read_text(encoding="utf-8"))
    assert len(rows) >= 12
    assert [row for row in rows if not any(_bare(row) in text for text in known)] == []


def _bare(text: str) -> str:
    return re.sub(r"\{[^}]*\}|…", "…", text)
