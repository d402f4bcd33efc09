"""What the saving stands on: factors, data of both periods, variables, meters, formulas."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.mv.data import MeterRow, Reach, Window
from collector.reports.mv.saving import FactorPart, HeatPart
from collector.reports.mv.view import MvView, kwh_text, left, share_text, terms_table, texts
from collector.reports.numbers import percent, plain
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table

UNUSED_NAMED = 20


def carbon(view: MvView) -> Section:
    """CO2 by factor and crude oil by heat value, every line to be checked."""
    title, held = view.tell("carbon"), view.data.carbon
    if not held.heats:
        return Section(title, "", (Note(view.tell("nothing_counted"), kind="empty"),))
    blocks: list[Block] = []
    if held.co2_t is None:
        why = view.tell("no_carbon", why=view.no_co2)
        blocks.append(Note(why, view.tell("no_carbon_hint"), "warning"))
    else:
        blocks.append(_factor_table(view))
    return Section(title, view.tell("carbon_lead"), (*blocks, _heat_table(view)))


def _factor_table(view: MvView) -> Table:
    heads = (
        *left(view.tell("factor"), view.tell("period")),
        Column(view.tell("kwh"), "kWh"),
        Column(view.tell("kg_per_kwh"), "kg/kWh"),
        Column(view.tell("co2"), "t-CO₂"),
        *left(view.tell("status")),
    )
    rows = [_factor(view, part) for part in view.data.carbon.factors]
    return Table(view.tell("factors"), heads, tuple(rows))


def _factor(view: MvView, part: FactorPart) -> Row:
    status = view.tell(f"status_{part.status}")
    return Row(
        (
            Cell(f"{part.id} ({part.publisher}: {part.title})"),
            Cell(view.days(part.first, part.end)),
            Cell(kwh_text(part.kwh), part.kwh),
            Cell(f"{part.kg_per_kwh:.6g}", part.kg_per_kwh),
            Cell(plain(part.co2_t, 5, 3), part.co2_t),
            Cell(": ".join(filter(None, (status, part.reason)))),
        )
    )


def _heat_table(view: MvView) -> Table:
    heads = (
        *left(view.tell("heat"), view.tell("period")),
        Column(view.tell("kwh"), "kWh"),
        Column(view.tell("kl"), "kL"),
        *left(view.tell("source")),
    )
    rows = [_heat(view, part) for part in view.data.carbon.heats]
    return Table(view.tell("heats"), heads, tuple(rows))


def _heat(view: MvView, part: HeatPart) -> Row:
    return Row(
        (
            Cell(f"{part.gj_per_mwh:g} GJ/MWh × {part.kl_per_gj:g} kL/GJ"),
            Cell(view.days(part.first, part.end)),
            Cell(kwh_text(part.kwh), part.kwh),
            Cell(plain(part.kl, 5, 3), part.kl),
            Cell(part.source),
        )
    )


def quality(view: MvView) -> Section:
    """Coverage of both periods, days left out, and what the variables went over."""
    data = view.data
    heads = (*left(""), Column(view.tell("baseline")), Column(view.tell("reporting")))
    rows = tuple(_quality_rows(view, data.baseline, data.reporting))
    blocks: list[Block] = [Table(view.tell("quality"), heads, rows)]
    blocks += [
        Note(f"{label}: {text}")
        for label, window in (
            (view.tell("baseline"), data.baseline),
            (view.tell("reporting"), data.reporting),
        )
        if (text := _unused(view, window))
    ]
    if data.model is not None:
        blocks.append(_reaches(view) if data.reaches else Note(view.tell("no_reaches")))
    return Section(view.tell("quality"), "", tuple(blocks))


def _quality_rows(view: MvView, before: Window, after: Window) -> Iterator[Row]:
    both, limit = (before, after), view.data.known_at_least
    yield texts(view.tell("window"), *(view.span(window.span) for window in both))
    yield texts(view.tell("days_all"), *(f"{window.span.length:,}" for window in both))
    yield texts(view.tell("days_known"), *(f"{window.known_days:,}" for window in both))
    yield texts(view.tell("days_used"), *(f"{window.used_days:,}" for window in both))
    yield texts(view.tell("coverage"), *(f"{percent(window.coverage)}%" for window in both))
    bound = view.tell("at_least", value=f"{share_text(limit)}%")
    yield texts(view.tell("coverage_limit"), bound, bound)
    verdicts = ("pass" if window.coverage >= limit else "fail" for window in both)
    yield texts(view.tell("gate"), *(view.tell(word) for word in verdicts))
    yield texts(view.tell("estimated"), *(f"{percent(window.estimated)}%" for window in both))


def _unused(view: MvView, window: Window) -> str:
    days = [point.day for point in window.days if not point.used]
    if not days:
        return ""
    named = [view.dates.day_only(day) for day in days[:UNUSED_NAMED]]
    if len(days) > UNUSED_NAMED:
        named.append(view.tell("and_more", n=len(days) - UNUSED_NAMED))
    comma = "、" if view.language == "ja" else ", "
    return view.tell("unused", n=len(days), days=comma.join(named))


def _reaches(view: MvView) -> Table:
    heads = left(
        *(view.tell(head) for head in ("variable", "baseline", "reporting", "known_days", "gate"))
    )
    return Table(view.tell("reaches"), heads, tuple(_reach(view, r) for r in view.data.reaches))


def _reach(view: MvView, reach: Reach) -> Row:
    return texts(
        view.reach(reach),
        view.ends(reach.baseline, reach.unit),
        view.ends(reach.reporting, reach.unit),
        f"{reach.known_baseline:,} / {reach.known_reporting:,}",
        view.tell("within") if reach.within else view.tell("beyond", n=reach.days_beyond),
    )


def meters(view: MvView) -> Section:
    """The register of the meters within the boundary."""
    title = view.tell("meters")
    heads = ("meter", "profile", "serial", "since", "ratio", "step", "certified")
    columns = left(*(view.tell(head) for head in heads))
    rows = tuple(_meter(view, row) for row in view.data.meters)
    return Section(title, "", (Table(title, columns, rows), Note(view.tell("meters_note"))))


def _meter(view: MvView, row: MeterRow) -> Row:
    unknown = view.tell("unknown")
    return texts(
        f"{row.name.in_(view.language)} ({row.meter})",
        row.profile or unknown,
        row.serial or unknown,
        unknown if row.since is None else view.dates.day_only(row.since),
        unknown if row.ratio is None else plain(row.ratio, 6),
        unknown if row.step_wh is None else f"{plain(row.step_wh, 6)} Wh",
        _certified(view, row),
    )


def _certified(view: MvView, row: MeterRow) -> str:
    if row.certified_until is None:
        return view.tell("unknown")
    day = view.dates.day_only(row.certified_until)
    over = row.certified_until < view.data.reporting.span.last
    return view.tell("expired", day=day) if over else day


def verify(view: MvView) -> Section:
    """The formulas with their numbers, and how to make the report again."""
    title = view.tell("verify")
    return Section(title, view.tell("verify_lead"), (terms_table(title, _formulas(view)),))


def _formulas(view: MvView) -> Iterator[tuple[str, str]]:
    data, saving = view.data, view.data.saving
    yield view.tell("formula_saving"), view.tell("formula_saving_text")
    yield view.tell("formula_fit"), view.tell("formula_fit_text")
    if saving is not None:
        text = view.tell(
            "formula_uncertainty_text",
            k=plain(saving.k, 5),
            months=plain(saving.months, 4, 1),
            t68=plain(saving.at_68.t, 4),
            t90=plain(saving.at_90.t, 4),
            m=f"{saving.points:,}",
            source=saving.k_source,
        )
        yield view.tell("formula_uncertainty"), text
    option = view.tell("formula_standard_text", option=data.option)
    yield view.tell("formula_standard"), option
    yield view.tell("snapshot"), data.factor_snapshot
    yield view.tell("software"), f"Mieruka {data.head.software_version}"
