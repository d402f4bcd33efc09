"""What a reader of the daily report should look at: demand, loads left on, silent meters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from collector.reports.daily.data import MONTHS_BEFORE
from collector.reports.daily.view import DailyView
from collector.reports.numbers import as_given, percent, plain, power
from collector.reports.report import Note

MOST_STRETCHES = 3
MOST_NAMES = 2
NIGHT_HIGH = 0.15
"""So much above the usual night is told."""


def alarms(view: DailyView) -> tuple[Note, ...]:
    """One sentence each; one that says that all is well where there is none."""
    found = (*_demand(view), *_night(view), *_left_on(view), *_silences(view))
    if found or view.data.peak is None:
        return found
    return (Note(view.say("well")),)


def _demand(view: DailyView) -> Iterator[Note]:
    data, peak = view.data, view.data.peak
    if peak is None or peak.kw is None:
        return
    names = {"kw": power(peak.kw), "when": view.half_hour(peak.at_ms)}
    if data.contract_kw and peak.kw > data.contract_kw:
        text = view.say("over_contract", contract=as_given(data.contract_kw), **names)
        yield Note(text, view.say("over_contract_hint"), "warning")
    if data.target_kw and peak.kw > data.target_kw:
        text = view.say("over_target", target=as_given(data.target_kw), **names)
        yield Note(text, kind="warning")
    whole_year = data.year_months >= MONTHS_BEFORE
    if whole_year and data.year_peak_kw is not None and peak.kw > data.year_peak_kw:
        text = view.say("new_year_peak", before=power(data.year_peak_kw), kw=power(peak.kw))
        yield Note(text, kind="warning")


def _night(view: DailyView) -> Iterator[Note]:
    kw, typical = view.data.night_kw, view.data.typical
    usual = typical.night_kw if typical else None
    told = any(time.from_ms == view.dates.start_ms(view.data.day) for time in view.data.left_on)
    if told or kw is None or not usual or kw <= (1 + NIGHT_HIGH) * usual:
        return
    share = percent(kw / usual - 1)
    yield Note(view.say("night_high", kw=power(kw), usual=power(usual), share=share))


def _left_on(view: DailyView) -> Iterator[Note]:
    times = view.data.left_on
    if times:
        said = [
            view.say(
                "left_on_time",
                when=view.clock_span(time.from_ms, time.to_ms),
                kwh=plain(time.kwh, 3, 1),
            )
            for time in times
        ]
        yield Note(view.say("left_on", times=view.listed(said)))


def _silences(view: DailyView) -> Iterator[Note]:
    for estimated in (False, True):
        stretches = _stretches(view, estimated)
        if stretches and estimated:
            yield Note(view.say("bridged", stretches=view.listed(stretches)))
        elif stretches:
            text = view.say("silent", stretches=view.listed(stretches))
            yield Note(text, view.say("silent_hint"), "warning")


def _stretches(view: DailyView, estimated: bool) -> list[str]:
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for silence in view.data.silences:
        if silence.estimated == estimated:
            names[silence.from_ms, silence.to_ms].append(silence.called(view.language))
    said = [
        view.say("stretch", name=_named(view, called), when=view.clock_span(*edges))
        for edges, called in sorted(names.items())
    ]
    rest = len(said) - MOST_STRETCHES
    return said if rest <= 0 else [*said[:MOST_STRETCHES], view.say("more", n=rest)]


def _named(view: DailyView, names: list[str]) -> str:
    if len(names) == view.data.meters > 1:
        return view.say("all_meters")
    return view.listed(names) if len(names) <= MOST_NAMES else view.say("some_meters", n=len(names))
