"""`collector findings`: proposals out of a site's load, who has them, and what came of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    one_line,
    out,
    print_json,
)
from collector.findings.status import STATUSES, Change, refuse_incomplete, status_named
from edge_agent.process.verb_group import verb_group

# Frames are loaded by the verbs themselves, so that help and mistakes come at once.

app = verb_group(
    no_args_is_help=True,
    help="Findings of a site: proposals with kWh, CO2 and yen, who has them, what came of them.",
)
SiteArgument = Annotated[str, typer.Argument(help="The site's id.")]
KeyArgument = Annotated[str, typer.Argument(help="A finding: standby:press, peak, or its key.")]
FromOption = Annotated[str, typer.Option("--from", help="First day; left out: a year back.")]
ToOption = Annotated[str, typer.Option("--to", help="Last day, included; left out: yesterday.")]
PriceOption = Annotated[
    float | None, typer.Option("--price", help="A price of a kWh instead of the tariff.")
]
KwPriceOption = Annotated[
    float, typer.Option("--kw-price", help="With --price: what a kW of demand costs a year.")
]
LanguageOption = Annotated[
    str, typer.Option("--language", help="ja or en; left out: the one spoken here.")
]


@app.command("list")
def list_(
    site: SiteArgument,
    from_: FromOption = "",
    to: ToOption = "",
    every: Annotated[
        bool, typer.Option("--all", help="Also done and muted ones, and what was looked at.")
    ] = False,
    price: PriceOption = None,
    kw_price: KwPriceOption = 0.0,
    language: LanguageOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List a site's findings, the most yen a year first, and their total with nothing twice."""
    with one_line():
        from collector.commands import findings_asked as ask
        from collector.commands import findings_text as text

        spoken, given = ask.language_asked(language), ask.price_of(price, kw_price)
        with ask.opened(path, site, (from_, to), given) as asked:
            if as_json:
                print_json(text.list_document(asked.followed, asked.days, every))
            else:
                text.show_list(asked.followed, asked.site, asked.days, every, spoken)


@app.command()
def show(
    site: SiteArgument,
    key: KeyArgument,
    from_: FromOption = "",
    to: ToOption = "",
    price: PriceOption = None,
    kw_price: KwPriceOption = 0.0,
    language: LanguageOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a finding whole: figures, evidence, threshold, caveats, overlaps and history."""
    with one_line():
        from collector.commands import findings_asked as ask
        from collector.commands import findings_text as text

        spoken, given = ask.language_asked(language), ask.price_of(price, kw_price)
        with ask.opened(path, site, (from_, to), given) as asked:
            found = asked.followed.of(site, key)
            if as_json:
                print_json(text.document(found))
            else:
                text.show_finding(found, asked.site, spoken)


@app.command("set")
def set_(
    site: SiteArgument,
    key: KeyArgument,
    status: Annotated[str, typer.Option(help=f"How far it is: {', '.join(STATUSES)}.")],
    owner: Annotated[str, typer.Option(help="Who has it; left out: as before.")] = "",
    reason: Annotated[str, typer.Option(help="Why; a mute needs one.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who says so; left out: the owner.")] = "",
    until: Annotated[str, typer.Option(help="A mute ends on this day.")] = "",
    cost: Annotated[float | None, typer.Option(help="What the measure costs, in yen.")] = None,
    done_on: Annotated[str, typer.Option(help="Since when it works; left out: today.")] = "",
    from_: FromOption = "",
    to: ToOption = "",
    price: PriceOption = None,
    kw_price: KwPriceOption = 0.0,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say how far a finding is, who has it and why; what was said before is kept."""
    with one_line():
        given_by, at_ms = by or owner, round(time.time() * 1000)
        ends = day_named(until) if until else None
        change = Change(site, key, status_named(status), owner, reason, given_by, at_ms, ends, cost)
        refuse_incomplete(change)
        from collector.commands import findings_asked as ask

        given = ask.price_of(price, kw_price)
        with ask.opened(path, site, (from_, to), given, done_on) as asked:
            change = asked.settled(change, done_on)
            asked.sources.state.findings.add(change)
    if as_json:
        print_json(change)
    else:
        whose = f", {change.owner}" if change.owner else ""
        out.print(f"{change.key}: {change.status}{whose}", markup=False)


@app.command()
def verify(
    site: SiteArgument,
    key: KeyArgument,
    language: LanguageOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Tell what a done finding has saved since, with its uncertainty, against its promise."""
    with one_line():
        from collector.commands import findings_asked as ask
        from collector.commands import findings_text as text

        spoken = ask.language_asked(language)
        found = ask.verification_asked(path, site, key)
        if as_json:
            print_json(text.verified_document(found))
        else:
            text.show_verified(found, spoken)


@app.command()
def rules(
    path: Annotated[
        Path | None, typer.Option("--config", "-c", help="The settings: they name your file.")
    ] = None,
    language: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """List all rules: what each looks at, its formula, its thresholds, their source."""
    with one_line():
        from collector.commands import findings_asked as ask
        from collector.commands import findings_text as text

        spoken, thresholds = ask.language_asked(language), ask.thresholds_asked(path)
        if as_json:
            print_json(text.rules_document(thresholds))
        else:
            text.show_rules(thresholds, spoken)
