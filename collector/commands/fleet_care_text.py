"""What `collector fleet ask` and `audit` print for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from collector.commands.terminal import out, print_table
from collector.exports.calm_text import calm
from collector.state.care_requests import CareRequest
from edge_agent.contract.care import Answer

Body = Mapping[str, Any]


def show_answer(answer: Answer) -> None:
    """Print an answer by its kind. What an agent of another version says is shown as it came."""
    body = _plain(dict(answer.body))
    try:
        _PAGES[answer.kind](body)
    except (KeyError, TypeError, AttributeError, ValueError):
        out.print_json(data=body)
    if answer.cut:
        out.print("(too long: the rest was left out; ask for less)", markup=False)


def show_audit(rows: Iterable[CareRequest]) -> None:
    """Print requests as a table, the newest last."""
    table = Table("asked (UTC)", "by", "agent", "what", "outcome", "took", "digest")
    for row in rows:
        ending = row.ending
        outcome = ending.outcome or ("sent" if row.sent_ms else "waits")
        told = f"{outcome}: {ending.message}" if ending.message else outcome
        by = row.by_name if row.os_user in ("", row.by_name) else f"{row.by_name} ({row.os_user})"
        took = "" if ending.took_ms is None else f"{ending.took_ms:,} ms"
        what = " ".join([row.kind, *_brief(row)])
        cells = (by, row.agent, what, told, took, ending.digest[:12])
        table.add_row(when(row.at_ms), *map(calm, cells))
    print_table(table)


def when(at_ms: int) -> str:
    """An instant as people read it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _brief(row: CareRequest) -> Iterable[str]:
    for key, value in row.arguments.items():
        if key not in ("digest", "settings") and value is not False:
            yield f"{key}={value}"
    if row.note:
        yield f"({row.note})"


def _status(body: Body) -> None:
    health = body["health"]
    out.print(f"{health['agent']} of {body['site']}: {health['software']}", markup=False)
    out.print("  well" if health["ok"] else "  not well")
    for text in [*health["why"], *health["notes"]]:
        out.print(f"  - {text}", markup=False)
    for meter, facts in health.get("meters", {}).items():
        told = "well" if facts.get("ok") else "not well"
        age = facts.get("age_s")
        out.print(f"  meter {meter}: {told}, read {_age(age)}", markup=False)
    out.print(f"  allowed from afar: {', '.join(body['allow']) or 'nothing'}", markup=False)


def _read(body: Body) -> None:
    for reading in body["readings"]:
        heard = " (heard of another master)" if reading["source"] == "heard" else ""
        title = f"meter {reading['meter']}, {when(reading['at_ms'])} UTC{heard}"
        out.print(title, markup=False)
        table = Table("quantity", "value")
        table.columns[1].justify = "right"
        for name, value in reading["values"].items():
            table.add_row(name, _figure(value))
        print_table(table)
    for fault in body["faults"]:
        hint = f" ({fault['hint']})" if fault.get("hint") else ""
        out.print(f"meter {fault['meter']}: {fault['message']}{hint}", markup=False)
    if body["not_asked"]:
        left = ", ".join(body["not_asked"])
        out.print(f"no time was left for: {left} (ask for one meter)", markup=False)


def _figure(value: float) -> str:
    """As on a meter's display: counters in full, all else with six digits."""
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"


def _wiring(body: Body) -> None:
    for row in body["meters"]:
        sound = "wired rightly" if row["healthy"] else row["load"]
        out.print(f"meter {row['meter']}: {sound} ({row['samples']} readings)", markup=False)
        for verdict in row["verdicts"]:
            out.print(f"  {verdict['severity']}: {verdict['title']}", markup=False)
            out.print(f"    {verdict['evidence']}", markup=False)
            out.print(f"    To do: {verdict['todo']}", markup=False)
    for meter in body["not_judged"]:
        out.print(f"meter {meter}: not judged yet", markup=False)


def _log(body: Body) -> None:
    for line in body["lines"]:
        out.print(
            f"{line['time']} {line['level']:<8} {line['from']}: {line['message']}", markup=False
        )


def _doctor(body: Body) -> None:
    for row in body["findings"]:
        out.print(f"{row['mark']:<7}{row['subject']}: {row['measured']}", markup=False)
        for lead, text in (("", row["meaning"]), ("To do: ", row["remedy"])):
            if text:
                out.print(f"       {lead}{text}", markup=False)


def _settings(body: Body) -> None:
    out.print(body["text"], markup=False)


_PAGES: Mapping[str, Callable[[Body], None]] = {
    "status": _status,
    "read": _read,
    "wiring": _wiring,
    "log": _log,
    "doctor": _doctor,
    "settings": _settings,
}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {calm(str(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return calm(value) if isinstance(value, str) else value


def _age(age_s: float | None) -> str:
    return "never" if age_s is None else f"{age_s:.0f} s ago"
