"""Packages fetched, looked at and used, or told why not; the fleet server is a real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.update.shelf import publish, sign
from edge_agent import config
from edge_agent.contract.care import Ask
from edge_agent.errors import RetryLaterError, StopError
from edge_agent.packages import archive, keys
from edge_agent.profile import file as profile_file
from edge_agent.update import fetch
from edge_agent.update.fetch import PART_BYTES, fetched
from edge_agent.update.keeper import TAKEN_WITHIN_MS, Place, Updates
from edge_agent.update.standing import StandingFile, Wish, wish_in
from tests.collector.fleet.plant import Fleet, fleet_in
from tests.edge_agent.bench import HandClock

SETTINGS = """
[agent]
id = "pi-1"
site = "sendai"
state_dir = "{state}"
[mqtt]
url = "mqtt://127.0.0.1:1"
[fleet]
url = "{url}"
[care]
allow = ["update"]
[update]
keys_file = "update.keys"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""
WHEEL = "mieruka-0.2.0-py3-none-any.whl"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is down is tried again at once."""
    monkeypatch.setattr(fetch, "PAUSES_S", (0.0,) * 3)


@pytest.fixture
def maker(tmp_path: Path) -> Path:
    """The folder of who makes packages, with the key; its public part is trusted everywhere."""
    folder = tmp_path / "maker"
    folder.mkdir()
    public = keys.make_key(folder / "key.pem")
    for place in (folder, tmp_path / "plant"):
        place.mkdir(exist_ok=True)
        (place / "update.keys").write_text(f"{public}\n", encoding="utf-8")
    return folder


def program(maker: Path, size: int = 3 * PART_BYTES + 17, version: str = "0.2.0") -> Path:
    """A signed package of a program; what is in its wheel matters to nobody here."""
    wheel = maker / WHEEL
    wheel.write_bytes(bytes(range(256)) * (size // 256 + 1))
    return sign([wheel], "agent", version, maker / "key.pem", maker)


def profiles(maker: Path, text: str) -> Path:
    """A signed package of one meter profile."""
    path = maker / "our_meter.toml"
    path.write_text(text, encoding="utf-8")
    return sign([path], "profiles", "2026.12", maker / "key.pem", maker)


def wish_of(package: Path) -> Wish:
    """What the collector asks for."""
    found = archive.packed(package)
    return Wish(package.name, found.sha256, found.length)


class Agent:
    """An agent's updates, its parts out of a file; ``version`` is the program that runs."""

    def __init__(self, tmp_path: Path, package: Path | None, url: str = "") -> None:
        self.folder, self.clock = tmp_path / "plant", HandClock()
        path = self.folder / "agent.toml"
        path.write_text(SETTINGS.format(state=self.folder / "state", url=url), encoding="utf-8")
        self.settings = config.load(path)
        self.path, self.package = path, package
        self.faults: list[Exception] = []
        self.asked: list[int] = []
        self.start("0.1.0")

    @property
    def updates_folder(self) -> Path:
        """Where packages and their standing are."""
        return self.settings.agent.state_dir / "update"

    def start(self, version: str) -> None:
        """The program starts, perhaps in another version."""
        place = Place(lambda: self.settings, self.path, version)
        self.updates = Updates(place, self.clock, self._part if self.package else None)

    def _part(self, _name: str, number: int) -> bytes:
        self.asked.append(number)
        if self.faults:
            raise self.faults.pop(0)
        assert self.package is not None
        content = self.package.read_bytes()
        return content[number * PART_BYTES : (number + 1) * PART_BYTES]

    def take(self, wish: Wish) -> str:
        """Ask, wait, ask again; answers the phase."""
        self.updates.take(wish)
        self.updates.wait(30)
        return StandingFile(self.updates_folder).load().phase

    def reason(self) -> str:
        """Why it failed."""
        return StandingFile(self.updates_folder).load().reason

    def say(self, sha256: str, well: bool, reason: str = "") -> None:
        """Root's helper gives its word."""
        text = json.dumps({"sha256": sha256, "well": well, "reason": reason})
        (self.updates_folder / "outcome.json").write_text(text, encoding="utf-8")


def test_a_program_is_laid_ready_and_is_done_when_it_runs(tmp_path: Path, maker: Path) -> None:
    """Only the new program's own answer counts, after root's helper has found it well."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    assert agent.take(wish) == "handed"
    assert (agent.updates_folder / "ready/package.zip").read_bytes() == package.read_bytes()
    agent.say(wish.sha256, well=True)
    assert agent.updates.take(wish).phase == "handed", "the old program still runs"
    agent.start("0.2.0")
    assert agent.updates.take(wish).phase == "done"
    assert agent.asked == [0, 1, 2, 3]


def test_a_version_that_was_taken_back_has_failed_with_roots_reason(
    tmp_path: Path, maker: Path
) -> None:
    """The word about another package does not count."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    agent.take(wish)
    agent.say("1" * 64, well=False, reason="another")
    assert agent.updates.take(wish).phase == "handed"
    agent.say(wish.sha256, well=False, reason="version 0.2.0 was not well")
    standing = agent.updates.take(wish)
    assert (standing.phase, standing.reason) == ("failed", "version 0.2.0 was not well")
    assert agent.take(wish) == "handed", "asked for again it is tried again"


def test_where_nobody_installs_it_is_told(tmp_path: Path, maker: Path) -> None:
    """After half an hour, with what to switch on."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    agent.take(wish)
    agent.clock.advance(TAKEN_WITHIN_MS / 1000 + 1)
    standing = agent.updates.take(wish)
    assert standing.phase == "failed"
    assert "mieruka-update.path" in standing.reason


def test_a_line_that_breaks_is_gone_on_with(tmp_path: Path, maker: Path) -> None:
    """A part that does not come is asked for again; a new process goes on where the old one was."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    agent.faults = [RetryLaterError("away", "") for _ in range(2)]
    assert agent.take(wish) == "handed"
    again = Agent(tmp_path, package)
    held = again.updates_folder / f"{wish.sha256}.zip"
    held.write_bytes(package.read_bytes()[: PART_BYTES + 5])
    (again.updates_folder / "update.json").unlink()
    assert again.take(wish) == "handed"
    assert again.asked == [1, 2, 3], "what was here is not fetched again"


def test_a_line_that_stays_down_fails_and_may_be_tried_again(tmp_path: Path, maker: Path) -> None:
    """The reason is that of the line; asked for anew it works."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    agent.faults = [RetryLaterError("the line is down", "look at it") for _ in range(9)]
    assert agent.take(wish) == "failed"
    assert agent.reason() == "the line is down (look at it)"
    agent.faults = []
    assert agent.take(wish) == "handed"


WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "another content": (lambda p: _changed(p, 60), "not the one that was asked for"),
    "an older version": (lambda p: program(p.parent, version="0.0.9"), "older than 0.1.0"),
    "another's key": (lambda p: _others(p), "no key that is trusted here"),
    "no wheel in it": (lambda p: p, ""),
}


def _changed(package: Path, at: int) -> Path:
    content = bytearray(package.read_bytes())
    content[at] ^= 1
    other = package.with_name("changed.zip")
    other.write_bytes(bytes(content))
    return other


def _others(package: Path) -> Path:
    folder = package.parent / "other"
    folder.mkdir()
    keys.make_key(folder / "key.pem")
    return program(folder)


@pytest.mark.parametrize("case", ["another content", "an older version", "another's key"])
def test_what_must_not_be_used_is_told_and_not_laid_ready(
    tmp_path: Path, maker: Path, case: str
) -> None:
    """Whatever comes, nothing but the maker's newer package reaches root's helper."""
    make, told = WRONG[case]
    package = program(maker)
    served = make(package)
    wish = wish_of(package if case == "another content" else served)
    agent = Agent(tmp_path, served)
    assert agent.take(wish) == "failed"
    assert told in agent.reason()
    assert not (agent.updates_folder / "ready").exists()


def test_no_room_is_told_before_anything_is_fetched(tmp_path: Path, maker: Path) -> None:
    """The outbox must not starve."""
    package = program(maker)
    agent, wish = Agent(tmp_path, package), wish_of(package)
    huge = Wish(wish.package, wish.sha256, 10**18)
    assert agent.take(huge) == "failed"
    assert "MB free on the disk" in agent.reason()
    assert agent.asked == []


def test_profiles_are_put_beside_the_settings_when_each_is_sound(
    tmp_path: Path, maker: Path
) -> None:
    """A folder of their version, which settings then name; a faulty one leaves nothing behind."""
    good = profile_file.text_of(profile_file.place_of("schneider_iem3155"))
    package = profiles(maker, good)
    agent = Agent(tmp_path, package)
    assert agent.take(wish_of(package)) == "done"
    there = agent.folder / "profiles/2026.12/our_meter.toml"
    assert there.read_text(encoding="utf-8") == good
    text = agent.path.read_text(encoding="utf-8")
    agent.path.write_text(text.replace("schneider_iem3155", f"profiles/2026.12/{there.name}"))
    config.load(agent.path)
    bad = profiles(maker, "model = 3\n")
    other = Agent(tmp_path, bad)
    assert other.take(wish_of(bad)) == "failed"
    assert "profile our_meter.toml" in other.reason()
    assert sorted(path.name for path in (agent.folder / "profiles").iterdir()) == ["2026.12"]
    assert there.read_text(encoding="utf-8") == good


def test_without_a_key_or_a_server_no_update_is_taken(tmp_path: Path, maker: Path) -> None:
    """Each is one line that says what to do."""
    package = program(maker)
    agent = Agent(tmp_path, None)
    with pytest.raises(StopError, match="no fleet server"):
        agent.updates.take(wish_of(package))
    (agent.folder / "update.keys").write_text("", encoding="utf-8")
    with pytest.raises(StopError) as caught:
        agent.updates.take(wish_of(package))
    assert "keys_file" in caught.value.hint


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"package": "../x.zip", "sha256": "0" * 64, "length": 1},
        {"package": "agent-1.zip", "sha256": "0", "length": 1},
        {"package": "agent-1.zip", "sha256": "0" * 64, "length": "1"},
        {"package": "agent-1.zip", "sha256": "0" * 64, "length": True},
        {"package": 1, "sha256": 2, "length": 3},
    ],
    ids=str,
)
def test_a_question_that_names_no_package_is_refused(arguments: dict[str, object]) -> None:
    """Nothing is fetched for it."""
    with pytest.raises(StopError, match="names no package"):
        wish_in(arguments)


def test_a_damaged_standing_is_no_standing(tmp_path: Path) -> None:
    """It is fetched anew at worst."""
    for text in ("", "[]", '{"phase": "well"}', '{"length": "x"}', '{"more": 1}'):
        (tmp_path / "update.json").write_text(text)
        assert StandingFile(tmp_path).load().phase == ""


@pytest.fixture
def fleet(tmp_path: Path, maker: Path) -> Iterator[Fleet]:
    """A fleet whose collector trusts the maker."""
    more = f'update_keys_file = "{maker / "update.keys"}"'
    with fleet_in(tmp_path, more=more) as made:
        yield made


def test_a_published_package_comes_over_mutual_tls(
    tmp_path: Path, maker: Path, fleet: Fleet
) -> None:
    """Made, published, fetched part by part by a member; a stranger gets nothing."""
    package = program(maker)
    shown = publish(fleet.settings, package)
    wish = Wish(shown.path.name, shown.sha256, shown.length)
    agent = Agent(tmp_path, None, fleet.url)
    assert agent.take(wish) == "failed", "it has no certificate yet"
    card = fleet.card("pi-1")
    fleet.enrol("pi-1")
    card.joinpath("identity").rename(agent.settings.agent.state_dir / "identity")
    assert agent.take(wish) == "handed"
    other = Wish("agent-9.9.9.zip", wish.sha256, wish.length)
    assert agent.take(other) == "failed"


def test_fetching_ends_when_the_agent_ends(tmp_path: Path, maker: Path) -> None:
    """What has come stays."""
    package = program(maker)
    content = package.read_bytes()
    wish = wish_of(package)

    def part(_name: str, number: int) -> bytes:
        return content[number * PART_BYTES : (number + 1) * PART_BYTES]

    rounds = iter([False, False, True])
    assert fetched(wish, tmp_path / "f", part, lambda _s: next(rounds)) is None
    assert (tmp_path / "f" / f"{wish.sha256}.zip").stat().st_size == wish.length or (
        tmp_path / "f" / f"{wish.sha256}.zip"
    ).stat().st_size == 2 * PART_BYTES
    assert isinstance(Ask("i", "a", "update", "u", 1, 2), Ask)
