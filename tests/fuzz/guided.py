"""Parsers under atheris: inputs that reach new lines of a parser breed further ones.

    python -m tests.fuzz.guided messages 5                  # each of them for five seconds
    python -m tests.fuzz.guided files 60 green-button-xml   # one of them for a minute

Each parser has a process of its own, since libFuzzer ends it. An input that does harm stays in a
file, whose place is printed with the traceback; so do a hang (15 s) and memory (1.5 GB). Exit code
0: nothing was found; else the number of parsers in which something was.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

from tests.fuzz.parser import Parser, tried

TABLES = {
    "messages": ("tests.fuzz.message_parsers", "MESSAGES"),
    "fleet": ("tests.fuzz.fleet_parsers", "FLEET"),
    "settings": ("tests.fuzz.file_parsers", "SETTINGS"),
    "imports": ("tests.fuzz.file_parsers", "IMPORTS"),
    "meters": ("tests.fuzz.meter_parsers", "METERS"),
}
LONGEST_S, MOST_MB, LONGEST_BYTES = 15, 1_500, 65_536
SHORT_RUNS = 10_000
"""With a second to spend, a quick parser is done after so many inputs."""
_OURS = ["collector", "edge_agent", "simulators", "tomllib"]


def main(table: str, seconds: int, only: Sequence[str] = (), seed: int = 1) -> int:
    """Fuzz the parsers of a table for so long each. Answers in how many something was found."""
    module, name = TABLES[table]
    with atheris.instrument_imports(include=_OURS):
        parsers: tuple[Parser, ...] = getattr(import_module(module), name)
    found = [p.name for p in parsers if p.name in (only or [p.name]) and _harmed(p, seconds, seed)]
    sys.stdout.write(f"guided {table}: {len(parsers)} parsers, found in: {found or 'none'}\n")
    return len(found)


def _harmed(parser: Parser, seconds: int, seed: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="mieruka-fuzz-") as folder:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _fuzz(parser, seconds, seed, Path(folder))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _fuzz(parser: Parser, seconds: int, seed: int, folder: Path) -> None:
    """Does not return: libFuzzer ends the process, with 0 when nothing was found."""
    kept = f"{tempfile.gettempdir()}/mieruka-fuzz-{parser}-"
    options = [
        *(f"-max_total_time={seconds}", f"-timeout={LONGEST_S}", f"-rss_limit_mb={MOST_MB}"),
        *(f"-max_len={LONGEST_BYTES}", f"-seed={seed}", "-verbosity=0"),
        f"-runs={SHORT_RUNS if seconds == 1 else -1}",
        *(f"-artifact_prefix={kept}", *_dictionary(parser, folder)),
    ]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, sample in enumerate(parser.seeds):
        (corpus / f"seed-{number}").write_bytes(sample)
    atheris.Setup(["fuzz", str(corpus), *options], lambda data: tried(parser, data))
    atheris.Fuzz()


def _dictionary(parser: Parser, folder: Path) -> list[str]:
    if not parser.words:
        return []
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in parser.words), "ascii")
    return [f"-dict={words}"]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:], int(os.environ.get("SEED") or 1)))
