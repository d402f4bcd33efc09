"""What is said to people: every text has its Japanese, and says the same things."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import edge_agent
from edge_agent import profile
from edge_agent.words import in_language, joined, language_of, on_screen, said
from edge_agent.words.speak import catalogue

ROOT = Path(edge_agent.__file__).parent
CATALOGUES = sorted((ROOT / "words" / "ja").glob("*.toml"))


def _spoken() -> Iterator[tuple[str, str]]:
    """Every template in the code with its place; a call that hides its template is a fault."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.parent.name == "words":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name == "said":
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                (first, *_) = node.args
                assert isinstance(first, ast.Constant), f"{place}: said() wants a plain literal"
                yield str(first.value), place
    for name in profile.available():
        yield from ((text, f"profiles/{name}.toml") for text in profile.load(name).sentences)


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_text_has_its_japanese() -> None:
    """No text of the code is without a translation."""
    missing = [f"{place}: {text}" for text, place in _spoken() if text not in catalogue()]
    assert missing == []


def test_no_translation_is_left_over() -> None:
    """The catalogues hold nothing that the code does not say."""
    assert sorted(set(catalogue()) - {text for text, _ in _spoken()}) == []


def test_a_translation_names_the_same_values() -> None:
    """Both languages speak of the same things."""
    odd = [en for en, ja in catalogue().items() if _names(en) != _names(ja)]
    assert odd == []


def test_no_text_is_translated_twice() -> None:
    """One text is in one catalogue."""
    rows = [en for path in CATALOGUES for en in tomllib.loads(path.read_text(encoding="utf-8"))]
    assert sorted(rows) == sorted(set(rows))


def test_a_text_is_plain_english_to_all_others() -> None:
    """It can be compared, joined and printed as any string."""
    text = said("unit {unit} and {{braces}}", unit=3)
    assert text == "unit 3 and {braces}"
    assert f"{text}!" == "unit 3 and {braces}!"
    assert in_language(text, "en") == "unit 3 and {braces}"


def test_what_has_no_translation_stays_english() -> None:
    """A reader of Japanese sees English rather than nothing."""
    assert in_language("plain", "ja") == "plain"
    row = joined(", ", ["a", "b"])
    assert (row, in_language(row, "ja")) == ("a, b", "a, b")


@pytest.mark.parametrize(
    ("wanted", "environment", "language"),
    [
        ("", {}, "en"),
        ("ja", {"LANG": "en_US.UTF-8"}, "ja"),
        ("", {"LANG": "ja_JP.UTF-8"}, "ja"),
        ("", {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ("en", {"LANG": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_wanted_one_or_the_machines(
    wanted: str, environment: dict[str, str], language: str
) -> None:
    """The settings come first, then the environment in POSIX order."""
    assert language_of(wanted, environment) == language


def test_the_screens_language_is_between_the_wanted_one_and_the_machines() -> None:
    """And lasts as long as the work on that screen."""
    japanese = {"LANG": "ja_JP.UTF-8"}
    with on_screen("en"):
        assert language_of("", japanese) == "en"
        assert language_of("ja", {}) == "ja"
    assert language_of("", japanese) == "ja"
