"""One run of the demo from first to last: plan, replay, live, report, verdict."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from collector import boards
from collector.exports.page import render
from collector.factors.lookup import FactorLibrary
from collector.gather.overview import site_overview_data
from collector.reports.report import LANGUAGES
from collector.reports.site_data import DeliveryCounts, Remark
from collector.reports.site_overview import site_overview
from simulators.demo.live import go_live
from simulators.demo.options import DemoOptions, Span
from simulators.demo.outcome import Outcome
from simulators.demo.replay import replay
from simulators.demo.screen import progress
from simulators.demo.stage import Stage, plan, set_up
from simulators.demo.verdict import ENERGY, FAR_FUTURE_MS, outcome
from simulators.plant import Plant


def run(options: DemoOptions, console: Console) -> Outcome:
    """Play the demo, write ``report.html``, and judge. Raises the errors of both sides."""
    plant, span = plan(options, time.time_ns() // 1_000_000)
    for notice in plant.notices:
        console.print(f"[dim]notice:[/] {escape(notice)}", highlight=False, soft_wrap=True)
    with set_up(options, plant, span) as stage:
        _replay(stage, plant, span, console)
        if options.live_s > 0 and options.csv is None:
            go_live(stage, console)
        elif options.live_s > 0:
            console.print("no live part: the file's load ends in the past")
        if options.grafana is not None:
            for line in boards.apply(stage.collector.settings).lines:
                console.print(line, highlight=False)
        path = options.out / "report.html"
        found = outcome(stage, str(path))
        path.write_text(_page(stage, found), encoding="utf-8")
    return found


def _replay(stage: Stage, plant: Plant, span: Span, console: Console) -> None:
    days = (span.to_ms - span.from_ms) / 86_400_000
    count = len(plant.meters)
    title = f"{plant.site.name_en}: {days:,.1f} past days, {count} meter{'s'[: count != 1]}"
    with progress(console) as bar:
        task = bar.add_task(title, total=len(span.instants))
        replay(stage, lambda count: bar.advance(task, count))


def _page(stage: Stage, found: Outcome) -> str:
    now_ms = stage.clock.now_ms()
    data = site_overview_data(
        stage.collector.store,
        stage.site,
        FactorLibrary.shipped(),
        stage.span.from_ms,
        _end_ms(stage),
        now_ms if stage.options.csv is None else time.time_ns() // 1_000_000,
        delivery=DeliveryCounts(found.readings_stored, found.lost, found.duplicated),
        remarks=_remarks(stage),
    )
    return render({language: site_overview(data, language) for language in LANGUAGES})


def _end_ms(stage: Stage) -> int:
    store, site = stage.collector.store, stage.site
    last = [store.last_before(site.id, meter.id, ENERGY, FAR_FUTURE_MS) for meter in site.meters]
    return max((sample[0] + 1 for sample in last if sample), default=stage.span.to_ms)


def _remarks(stage: Stage) -> tuple[Remark, ...]:
    if stage.options.csv is not None:
        name = Path(stage.options.csv.path).name
        return (
            Remark(
                ja=f"ファイル {name} の負荷を模擬計測器で再生したデータです。",
                en=f"The load of the file {name}, replayed through a simulated meter.",
            ),
        )
    return (
        Remark(
            ja="模擬工場のデモデータです。実在の工場の値ではありません。",
            en="Demonstration data of a simulated plant; not the figures of a real one.",
        ),
    )
