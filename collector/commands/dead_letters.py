"""`collector dead-letters`: look at messages that could not be stored, and take them in again.

Exit code 1 when a replayed letter is refused again or the store is away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from collector import config
from collector.app import Collector
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    open_collector,
    out,
    print_json,
)
from collector.errors import CollectorError
from collector.inlet import Delivery
from collector.state.dead_letters import DeadLetter
from edge_agent.contract.topics import parse_up
from edge_agent.contract.wire import Receipt
from edge_agent.process.verb_group import verb_group

BATCH = 100
"""Letters taken in at once: what one transaction of the store and of the state holds."""
HEX_BYTES_A_LINE = 32
app = verb_group(no_args_is_help=True, help="Messages that could not be stored, and why.")

IdArgument = Annotated[int, typer.Argument(metavar="ID", help="The letter's number in the list.")]
IdsArgument = Annotated[
    list[int] | None, typer.Argument(metavar="ID", help="Letters by their numbers.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Every letter.")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Every letter with this text in its reason.")
]


@app.command("list")
def list_letters(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show every letter: its reason, its topic, how often and when it was refused last."""
    with one_line(), open_collector(config.load(path)) as collector:
        letters = collector.state.dead_letters.list()
    if as_json:
        print_json([_facts(letter) for letter in letters])
    elif not letters:
        out.print("no dead letters: all that came could be stored")
    else:
        out.print(f"[bold]{len(letters):,}[/] dead letters, the newest first")
        out.print(_table(letters))
        out.print("see one: collector dead-letters show ID, store them: ... replay ID")


@app.command()
def show(
    letter_id: IdArgument, path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Show one letter: its payload as JSON where it is that, else in hexadecimal."""
    with one_line(), open_collector(config.load(path)) as collector:
        letter = _letter(collector, letter_id)
    if as_json:
        print_json(_facts(letter) | {"payload": _text(letter), "hex": letter.payload.hex()})
        return
    for name, value in _facts(letter).items():
        out.print(f"{name:8} {value}", markup=False)
    out.print()
    for line in _readable(letter):
        out.print(line, markup=False)


@app.command()
def replay(
    ids: IdsArgument = None,
    everything: AllOption = False,
    reason: ReasonOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take letters in again, as if they came now; what is stored is struck off the list.

    Safe beside a running collector, and safe to repeat. Letters that are refused again stay,
    with the new reason.
    """
    with one_line(), open_collector(config.load(path)) as collector:
        letters = _chosen(collector, ids or [], everything, reason)
        report = _take_in(collector, letters)
    if as_json:
        print_json(report)
    else:
        _tell(report)
    if report.refused or report.fault:
        raise typer.Exit(1)


# Replay.


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What became of the letters: ``stored`` are struck off, ``refused`` and ``left`` are kept.

    ``left`` were not tried, for the ``fault`` told.
    """

    letters: int
    stored: int
    refused: int
    left: int
    readings: int
    lines: tuple[str, ...]
    fault: str


class _Shelf:
    """Letters as ingest takes them: it needs no broker, and whoever sent them hears nothing."""

    def __init__(self, letters: Sequence[DeadLetter]) -> None:
        self._waiting = [Delivery(letter.topic, letter.payload) for letter in letters]

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take the next ones."""
        taken = self._waiting[:max_messages]
        del self._waiting[:max_messages]
        return taken

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing to do: a letter leaves the list only when it is struck off."""

    def ack_all(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing to do, as above."""

    def send_receipt(self, receipt: Receipt) -> bool:
        """Not sent: its agent has settled these readings as refused, and keeps them so."""
        return False


def _take_in(collector: Collector, letters: Sequence[DeadLetter]) -> ReplayReport:
    stored = refused = readings = 0
    lines: dict[str, None] = {}
    fault = ""
    for start in range(0, len(letters), BATCH):
        batch = letters[start : start + BATCH]
        report = collector.take_in(_Shelf(batch))
        if fault := report.fault:
            break
        # Ingest has counted those it refused again: they are not struck off.
        struck = collector.state.dead_letters.strike_off(batch)
        stored, refused = stored + struck, refused + len(batch) - struck
        readings += report.readings_stored
        lines |= dict.fromkeys(report.lines)
    left = len(letters) - stored - refused
    return ReplayReport(len(letters), stored, refused, left, readings, tuple(lines), fault)


def _chosen(
    collector: Collector, ids: Sequence[int], everything: bool, reason: str
) -> list[DeadLetter]:
    if sum((bool(ids), everything, bool(reason))) != 1:
        raise CollectorError("not told which letters", "give IDs, --all or --reason TEXT")
    if ids:
        return [_letter(collector, letter_id) for letter_id in dict.fromkeys(ids)]
    # The oldest first: as the readings came.
    letters = sorted(collector.state.dead_letters.list(), key=lambda letter: letter.id)
    return [letter for letter in letters if reason.casefold() in letter.reason.casefold()]


def _letter(collector: Collector, letter_id: int) -> DeadLetter:
    letter = collector.state.dead_letters.letter(letter_id)
    if letter is None:
        hint = "see collector dead-letters list; one that was stored is struck off"
        raise CollectorError(f"there is no dead letter {letter_id}", hint)
    return letter


def _tell(report: ReplayReport) -> None:
    out.print(
        f"[bold]{report.stored:,}[/] of {report.letters:,} letters stored and struck off"
        f" ({report.readings:,} readings), {report.refused:,} refused again"
    )
    for line in report.lines:
        err.print(f"collector: {line}", markup=False)
    if report.fault:
        left = f"collector: {report.left:,} letters left as they were: {report.fault}"
        err.print(left, markup=False)


# What is shown.


def _facts(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "reason": letter.reason,
        "topic": letter.topic,
        "times": letter.times,
        "last": _time(letter.at_ms),
        "bytes": len(letter.payload),
    }


def _table(letters: Sequence[DeadLetter]) -> Table:
    table = Table()
    table.add_column("id", justify="right", no_wrap=True)
    table.add_column("reason", overflow="fold")
    table.add_column("from", overflow="fold")
    table.add_column("times", justify="right", no_wrap=True)
    table.add_column("last (UTC)", overflow="fold")
    for letter in letters:
        topic = parse_up(letter.topic)
        source = f"{topic.agent} {topic.channel}" if topic else letter.topic
        cells = (letter.reason, source, f"{letter.times:,}")
        when = _time(letter.at_ms)[:16].replace("T", " ")
        table.add_row(str(letter.id), *(escape(cell) for cell in cells), when)
    return table


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _text(letter: DeadLetter) -> str | None:
    try:
        return letter.payload.decode()
    except UnicodeDecodeError:
        return None


def _readable(letter: DeadLetter) -> Iterator[str]:
    try:
        document = json.loads(letter.payload)
    except (ValueError, RecursionError):
        payload = letter.payload
        for start in range(0, len(payload), HEX_BYTES_A_LINE):
            yield payload[start : start + HEX_BYTES_A_LINE].hex(" ")
        return
    if not isinstance(document, dict):
        yield _json(document)
        return
    for key, value in document.items():
        yield f"{_json(key)}: {_json(value)}"


def _json(value: object) -> str:
    # Half of a surrogate pair is JSON, and no text that a terminal takes.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
