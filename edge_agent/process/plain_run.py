"""Is a command line the plain `run` that services write? Then no library need parse it."""

from __future__ import annotations

import getopt
from collections.abc import Sequence
from pathlib import Path


def plain_run(words: Sequence[str], default: str) -> tuple[Path, bool] | None:
    """Settings and whether the log is JSON, when ``words`` are a plain `run` and nothing else.

    ``default`` names the settings that are meant when none are named.
    """
    if list(words[:1]) != ["run"]:
        return None
    try:
        options, rest = getopt.getopt(list(words[1:]), "c:", ["config=", "log="])
    except getopt.GetoptError:
        return None
    found = {"--config" if name == "-c" else name: value for name, value in options}
    form = found.get("--log", "text")
    if rest or form not in ("text", "json"):
        return None
    return Path(found.get("--config", default)), form == "json"
