"""Every sentence exists in both languages and asks for the same things."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from string import Formatter

from collector import reports
from collector.reports import words
from collector.reports.words import method_name, say

ROWS: dict[str, tuple[str, str]] = words._ROWS


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_fill_the_same_gaps() -> None:
    """The Japanese and the English sentence of a key name the same braces, and say something."""
    assert [key for key, (ja, en) in ROWS.items() if _fields(ja) != _fields(en)] == []
    assert [key for key, (ja, en) in ROWS.items() if not ja] == []


def test_every_sentence_is_used_once_defined() -> None:
    """No key stands twice in the table, and none is left over."""
    keys = [
        key.value
        for node in ast.walk(ast.parse(inspect.getsource(words)))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    ]
    assert len(keys) == len(set(keys))
    folder = Path(inspect.getfile(reports)).parent
    files = [path for path in folder.glob("*.py") if path.name != "words.py"]
    code = "".join(path.read_text("utf-8") for path in files).replace("'", '"')
    composed = ("gap_", "status_", "rule_", "jp_shk_", "location", "market_", "lifecycle_")
    unused = [key for key in ROWS if not key.startswith(composed) and f'"{key}"' not in code]
    assert unused == []


def test_braces_in_a_name_stay_as_they_are() -> None:
    """A meter called {n} is not filled in."""
    assert "{n}" in say("circuits_lead", "en", name="{n}", share="5")


def test_an_unknown_method_is_shown_as_it_is() -> None:
    """A method without words is not hidden."""
    assert method_name("jp_shk_basic", "en").startswith("Basic")
    assert method_name("some_new_method", "ja") == "some_new_method"
