"""Turns the records of the trials into the table of RELIABILITY.md.

`python -m tests.faults.report` writes between the two markers of the file (or the one it is
given); the newest record of each trial counts. Exit code 1 when a trial broke the promise.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.faults.trial import FIRST_SEED, records_folder

BEGIN = "<!-- faults: begin (make walk writes what stands here) -->"
END = "<!-- faults: end -->"
ROOT = Path(__file__).resolve().parents[2]
COUNTS = (
    "served", "stored", "lost", "duplicated", "altered", "mistimed", "explained", "untaken",
    "gaps_unexplained",
)  # fmt: skip
HEADS = (
    "fault", "injected", "times", *(name.replace("_", " ") for name in COUNTS), "seed", "s",
    "again with",
)  # fmt: skip

Record = dict[str, Any]


def read(folder: Path) -> list[Record]:
    """The newest record of each trial, in order of fault and test."""
    newest: dict[str, Record] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record: Record = json.loads(line)
            known = newest.get(record["test"])
            if known is None or known["at"] <= record["at"]:
                newest[record["test"]] = record
    return sorted(newest.values(), key=_place)


def table(records: Sequence[Record]) -> str:
    """The records as a Markdown table with a line of sums."""
    rows = [_row(record) for record in records]
    sums = {name: sum(record[name] for record in records) for name in COUNTS}
    times = sum(record["times"] for record in records)
    figures = [str(sums[name]) for name in COUNTS]
    seconds = f"{sum(record['seconds'] for record in records):.0f}"
    total = ["all", f"{len(records)} trials", str(times), *figures, "", seconds, "`make walk`"]
    rule = ["---", "---", *["---:"] * (len(COUNTS) + 1), "---:", "---:", "---"]
    return "\n".join(_lines([HEADS, rule, *rows, total]))


def command(record: Record) -> str:
    """What repeats a trial."""
    test = str(record["test"])
    chosen = "" if record["seed"] == FIRST_SEED else f"SEED={record['seed']} "
    mix = record.get("nemesis")
    which = f"NEMESIS={mix}" if mix else "FAULTS=all"
    return f"{chosen}{which} pytest 'tests/faults/{test}'"


def write(path: Path, records: Sequence[Record]) -> None:
    """Put the table between the markers of the file; both are appended where they are missing."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if BEGIN not in text or END not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n".lstrip()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n\n{table(records)}\n\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the table; tells on stdout what was written."""
    path = Path(arguments[0]) if arguments else ROOT / "RELIABILITY.md"
    records = read(records_folder())
    if not records:
        print(f"no records in {records_folder()}; run `make walk` first")  # noqa: T201
        return 1
    write(path, records)
    broken = [record["test"] for record in records if not record["kept"]]
    print(f"{path.name}: {len(records)} trials; broken: {', '.join(broken) or 'none'}")  # noqa: T201
    return 1 if broken else 0


def _place(record: Record) -> tuple[int, str, str]:
    fault = str(record["fault"])
    return int(fault) if fault.isdigit() else 999, fault, str(record["test"])


def _row(record: Record) -> list[str]:
    figures = [str(record[name]) for name in COUNTS]
    verdict = "" if record["kept"] else " **broken**"
    return [
        f"{record['fault']}{verdict}",
        str(record["injected"]).replace("|", "/"),
        str(record["times"]),
        *figures,
        str(record["seed"]),
        f"{record['seconds']:.0f}",
        f"`{command(record)}`",
    ]


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
