"""The present: agent and collector on their own threads, the table once a second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console, Group
from rich.live import Live

from collector.rollup.periods import Calendar
from collector.rollup.totals import Total
from collector.site_config import MeterSettings
from simulators.demo.replay import drain
from simulators.demo.screen import MeterLine, PipelineLine, live_view
from simulators.demo.stage import Stage

POWER = "active_power_w"


def go_live(stage: Stage, console: Console) -> None:
    """Run for ``live_s`` seconds or until Ctrl-C, then bring in what is still under way.

    At the end the boards' figures and this minute's demand are as new as the readings.
    """
    stage.clock.go_live()
    stage.agent.start()
    stage.collector.start()
    until = time.monotonic() + stage.options.live_s
    try:
        with Live(console=console, auto_refresh=False) as screen:
            while time.monotonic() < until:
                screen.update(view(stage), refresh=True)
                time.sleep(1)
        console.print()
    except KeyboardInterrupt:
        console.print("\nstopped by Ctrl-C; bringing in what is under way")
    finally:
        stage.agent.stop()
        stage.collector.stop()
    drain(stage)
    stage.collector.summarise_once()
    stage.collector.figures_once()
    stage.collector.demand_once()


def view(stage: Stage) -> Group:
    """The live table as it is now."""
    now_ms = stage.clock.now_ms()
    agent, collector = stage.agent.status(), stage.collector.status()
    pipeline = PipelineLine(
        outbox_depth=agent.outbox_depth,
        messages=agent.messages_published,
        stored=collector.readings_stored,
        fault=collector.last_fault or agent.last_fault,
    )
    return live_view(f"{stage.plant.site.name_en}, live", list(_lines(stage, now_ms)), pipeline)


def _lines(stage: Stage, now_ms: int) -> Iterator[MeterLine]:
    site = stage.site
    today = Calendar(site.zone, site.fiscal_year_starts).day(now_ms)
    for meter in site.meters:
        totals = stage.collector.store.read_totals(
            site.id, meter.id, "1d", today.start_ms, today.end_ms
        )
        yield _line(stage, meter, totals[0] if totals else None, now_ms)


def _line(stage: Stage, meter: MeterSettings, today: Total | None, now_ms: int) -> MeterLine:
    last = stage.collector.store.last_before(stage.site.id, meter.id, POWER, now_ms + 1)
    return MeterLine(
        name=f"{meter.name} / {stage.plant.meter(meter.id).name_en}",
        power_kw=None if last is None else last[1] / 1000,
        today_kwh=None if today is None else today.kwh,
        today_co2_kg=None if today is None else today.co2_kg,
        provisional=today is not None and today.provisional > 0,
        age_s=None if last is None else max(0.0, (now_ms - last[0]) / 1000),
        quality=_quality(today),
    )


def _quality(today: Total | None) -> str:
    if today is None:
        return "missing"
    if today.estimated_kwh:
        return f"estimated {today.estimated_kwh:,.1f} kWh"
    return "measured"
