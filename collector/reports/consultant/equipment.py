"""Power factor and unbalance; transformers and compressors where their nameplates are known."""

from __future__ import annotations

from collections.abc import Iterator

from collector.analysis.power_factor import LeadingAtNight, MonthPowerFactor
from collector.reports.consultant.data import CompressorRow, TransformerRow, Unbalance
from collector.reports.consultant.view import View
from collector.reports.numbers import percent, plain
from collector.reports.report import (
    Bar,
    BarChart,
    BarPart,
    Block,
    Cell,
    Column,
    LegendEntry,
    Note,
    Row,
    Section,
    Table,
)

LOADS = ("mean_load", "rms_load", "peak_load", "best_load")


def power_factor(view: View) -> Section:
    """The months' power factor, leading at night, unbalance."""
    held, title = view.data.power, view.say("power")
    if not held.months.value:
        lead, blocks = "", [view.missing("power_factor", held.months)]
        return Section(title, lead, (*blocks, *_beside(view)))
    months = held.months.value
    low, high = (f(one.percent for one in months) for f in (min, max))
    lead = view.say("power_lead", low=plain(low, 3), high=plain(high, 3))
    return Section(title, lead, (_bars(view, months), *_beside(view)))


def equipment(view: View) -> Section:
    """Losses of transformers and running of compressors, or what to set to see them."""
    data, title = view.data, view.say("equipment")
    blocks: list[Block] = []
    if data.transformers:
        blocks += [*_transformers(view, data.transformers)]
    if data.compressors:
        blocks += [*_compressors(view, data.compressors)]
    if not blocks:
        blocks = [view.missing("equipment")]
    return Section(title, blocks=tuple(blocks))


def _beside(view: View) -> Iterator[Block]:
    held = view.data.power
    if held.leading.value is not None:
        yield _leading(view, held.leading.value)
    if held.unbalance.value is not None:
        yield _unbalance(view, held.unbalance.value)
    else:
        yield view.missing("unbalance", held.unbalance)


def _bars(view: View, months: tuple[MonthPowerFactor, ...]) -> BarChart:
    words = {first: label for first, _, label in view.dates.months([m.month for m in months])}
    bars = []
    for one in months:
        label, short = words[one.month]
        month = view.dates.month(one.month)
        text = view.say("pf_month", month=month, pf=plain(one.exact_percent, 3, 1))
        bars.append(Bar(label, short, text, (BarPart(one.percent),)))
    return BarChart(
        title=view.say("pf_bars"),
        description="; ".join(bar.text for bar in bars),
        unit="%",
        series=(LegendEntry(view.say("is_power_factor"), "solid", "energy"),),
        bars=tuple(bars),
    )


def _leading(view: View, found: LeadingAtNight) -> Note:
    if found.share < 0.01:
        return Note(view.say("leading_none"))
    names = {"share": percent(found.share), "kvar": plain(found.largest_kvar, 3)}
    return Note(view.say("leading_said", **names), kind="warning")


def _unbalance(view: View, found: Unbalance) -> Note:
    names = {
        "mean": plain(found.mean_percent, 2),
        "p95": plain(found.p95_percent, 2),
        "largest": plain(found.largest_percent, 2),
        "meter": view.circuit(found.meter),
        "window": view.span(found.first, found.last),
        "n": plain(found.samples, 9, 0),
    }
    return Note(view.say("unbalance_said", **names))


def _transformers(view: View, held: tuple[TransformerRow, ...]) -> Iterator[Block]:
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("plate"), "kVA"),
        *(
            Column(view.say(key), "%")
            for key in ("mean_load", "rms_load", "peak_load", "best_load")
        ),
        Column(view.say("no_load_col"), "kWh"),
        Column(view.say("load_loss_col"), "kWh"),
        Column(view.say("efficiency_col"), "%"),
    )
    rows = tuple(_transformer(view, one) for one in held)
    yield Table(view.say("transformers"), columns, rows)
    assumed = [one for one in held if one.use.by_assumed_power_factor is not None]
    if assumed:
        names = view.listed(one.called(view.language) for one in assumed)
        pf = plain(assumed[0].use.by_assumed_power_factor, 2)
        yield Note(view.say("assumed_pf", pf=pf, names=names))
    yield view.basis(held[0].use.evidence)


def _transformer(view: View, one: TransformerRow) -> Row:
    use = one.use
    loads = (use.mean_load, use.rms_load, use.peak_load, use.transformer.best_load)
    load_loss = use.kwh_a_year - use.no_load_kwh_a_year
    return Row(
        (
            Cell(one.called(view.language)),
            Cell(plain(use.transformer.kva, 4, 0), use.transformer.kva),
            *(Cell(percent(load), load * 100) for load in loads),
            Cell(plain(use.no_load_kwh_a_year, 3, 0), use.no_load_kwh_a_year),
            Cell(plain(load_loss, 3, 0), load_loss),
            Cell(percent(use.efficiency), use.efficiency * 100),
        )
    )


def _compressors(view: View, held: tuple[CompressorRow, ...]) -> Iterator[Block]:
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("plate"), "kW"),
        *(Column(view.say(key), "h") for key in ("load_hours", "unload_hours", "off_hours")),
        Column(view.say("idle_col"), "kWh"),
        Column(view.say("idle_share_col"), "%"),
        Column(view.say("closed_col"), "kWh"),
    )
    rows = tuple(_compressor(view, one) for one in held)
    yield Table(view.say("compressors"), columns, rows)
    if any(one.use.mixed for one in held):
        yield Note(view.say("mixed"))
    yield view.basis(held[0].use.evidence)


def _compressor(view: View, one: CompressorRow) -> Row:
    use = one.use
    hours = (use.load_hours, use.unload_hours, use.off_hours)
    return Row(
        (
            Cell(one.called(view.language)),
            Cell(plain(use.rated_kw, 4), use.rated_kw),
            *(Cell(plain(h, 4, 0), h) for h in hours),
            Cell(plain(use.idle_kwh, 4, 0), use.idle_kwh),
            Cell(percent(use.idle_share), use.idle_share * 100),
            Cell(plain(use.closed_kwh, 4, 0), use.closed_kwh),
        )
    )
