"""Updates asked for from afar: over the gate, from a real fleet server, told until the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.update.shelf import OnShelf, publish, sign
from edge_agent.contract.care import Argument, Ask
from edge_agent.packages import keys
from edge_agent.profile import file as profile_file
from tests.collector.fleet.plant import Fleet, fleet_in
from tests.edge_agent.care.stage import OWN, TABLES, Stage
from tests.edge_agent.care.test_care_questions import Post

ALLOWED = OWN.replace('"config"]', '"config", "update"]')


@pytest.fixture
def maker(tmp_path: Path) -> Path:
    """The folder of who makes packages, with the key and the list that trusts it."""
    folder = tmp_path / "maker"
    folder.mkdir()
    public = keys.make_key(folder / "key.pem")
    (folder / "update.keys").write_text(f"{public}\n", encoding="utf-8")
    return folder


@pytest.fixture
def fleet(tmp_path: Path, maker: Path) -> Iterator[Fleet]:
    """A fleet server that agent a-1 belongs to."""
    with fleet_in(tmp_path, more=f'update_keys_file = "{maker / "update.keys"}"') as made:
        made.enrol("a-1")
        yield made


def shelved(maker: Path, fleet: Fleet) -> OnShelf:
    """A package of one profile, published."""
    path = maker / "ours.toml"
    text = profile_file.text_of(profile_file.place_of("schneider_iem3155"))
    path.write_text(text, encoding="utf-8")
    return publish(fleet.settings, sign([path], "profiles", "2026.12", maker / "key.pem", maker))


def plant(tmp_path: Path, maker: Path, fleet: Fleet, own: str) -> Stage:
    """The agent on its card, told of fleet server and maker."""
    folder = tmp_path / "agent"
    folder.mkdir()
    more = f'[fleet]\nurl = "{fleet.url}"\n[update]\nkeys_file = "{maker / "update.keys"}"\n'
    path = folder / "agent.toml"
    path.write_text(own + more + TABLES, encoding="utf-8")
    stage = Stage(path)
    state = stage.settings().agent.state_dir
    state.mkdir(parents=True, exist_ok=True)
    (fleet.card("a-1") / "identity").rename(state / "identity")
    return stage


def wish(number: int, package: OnShelf) -> Ask:
    """The question for a package, once more."""
    arguments: dict[str, Argument] = {
        "package": package.path.name,
        "sha256": package.sha256,
        "length": package.length,
    }
    return Ask(f"u{number}", "a-1", "update", "sato", 1, 2, arguments)


def test_it_is_asked_until_it_is_done(tmp_path: Path, maker: Path, fleet: Fleet) -> None:
    """The first answer says that it is at it; asked again, that the profiles are there."""
    package, stage = shelved(maker, fleet), plant(tmp_path, maker, fleet, ALLOWED)
    post, outcomes = Post(stage), []
    for number in range(200):
        post.serve(wish(number, package))
        outcomes.append(post.answers(number + 1)[-1].outcome)
        if outcomes[-1] != "accepted":
            break
    assert (outcomes[0], outcomes[-1]) == ("accepted", "done"), post.wire.went[-1]
    assert (stage.path.parent / "profiles/2026.12/ours.toml").is_file()


def test_a_plant_that_does_not_allow_it_takes_none(
    tmp_path: Path, maker: Path, fleet: Fleet
) -> None:
    """The word stands in no default: somebody at the plant has to write it."""
    package, stage = shelved(maker, fleet), plant(tmp_path, maker, fleet, OWN)
    post = Post(stage)
    post.serve(wish(1, package))
    (answer,) = post.answers(1)
    assert answer.outcome == "refused"
    assert "does not allow update from afar" in answer.message
    assert not (stage.path.parent / "profiles").exists()


def test_a_question_that_names_no_package_is_refused(
    tmp_path: Path, maker: Path, fleet: Fleet
) -> None:
    """It is answered as any other fault."""
    post = Post(plant(tmp_path, maker, fleet, ALLOWED))
    post.serve(Ask("u1", "a-1", "update", "sato", 1, 2, {"package": "../x"}))
    assert post.answers(1)[0].outcome == "refused"
