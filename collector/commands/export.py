"""`collector export`: series of a site's meters as files that other programs read."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector import config
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    site_named,
)
from collector.errors import CollectorError
from collector.storage import open_stores

if TYPE_CHECKING:
    from collector.series.tally import Tally
    from collector.series.wanted import Wanted
    from collector.series.written import Hashed, Written

STDOUT = Path("-")


class FormatName(StrEnum):
    """How the file is made."""

    CSV = "csv"
    PARQUET = "parquet"
    RETAIL = "retail-30min"


FromOption = Annotated[
    datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")
]
ToOption = Annotated[
    datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day, included.")
]
WhatOption = Annotated[
    str, typer.Option(help="totals, slots, days, readings, amounts or completeness.")
]


def export(
    site: Annotated[str, typer.Argument(help="The site's id.")],
    first: FromOption,
    last: ToOption,
    target: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file; - prints it.")],
    what: WhatOption = "slots",
    meter: Annotated[list[str] | None, typer.Option(help="Ids; none: all there are.")] = None,
    period: Annotated[str, typer.Option(help="Of totals, amounts: 30m, 1d, 1mo, 1fy ...")] = "",
    quantity: Annotated[list[str] | None, typer.Option(help="Of readings; none: all.")] = None,
    form: Annotated[FormatName, typer.Option("--format")] = FormatName.CSV,
    encoding: Annotated[
        str, typer.Option(help="utf-8 (left out), utf-8-bom or shift-jis; not of parquet.")
    ] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Write series of a site's meters as CSV, Parquet or the retailers' 30-minute file.

    A period of which nothing is known is a row without figures, never a zero.
    """
    with one_line():
        days = _days(first.date(), last.date())
        settings = config.load(path)
        of_site = site_named(settings, site)
        store = open_stores(settings)
        try:
            from collector.series.wanted import wanted

            if form is FormatName.RETAIL:
                what, period = _half_hours(what, period)
            asked = wanted(store, of_site, what, days, meter or (), period, quantity or ())
            written, tally = _written(asked, form, _encoding(form, encoding), target)
        finally:
            store.close()
        _tell(target, written, tally, as_json)
        if not tally.known:
            _warn(of_site.id, first.date(), last.date())


def _days(first: date, last: date) -> tuple[date, date]:
    if last < first:
        raise CollectorError(f"--to {last} is before --from {first}", "exchange them")
    return first, last + timedelta(days=1)


def _half_hours(what: str, period: str) -> tuple[str, str]:
    if what not in ("slots", "totals") or period not in ("", "30m"):
        raise CollectorError("retail-30min has half hours of energy", "leave out --what, --period")
    return "totals", "30m"


def _encoding(form: FormatName, encoding: str) -> str:
    if form is FormatName.PARQUET and encoding:
        raise CollectorError("a Parquet file has no encoding of its own", "leave out --encoding")
    return encoding or "utf-8"


def _warn(site: str, first: date, last: date) -> None:
    what = f"nothing of {site} is known from {first} to {last}: the file has no figures"
    err.print(f"! {what} (choose days that have data)", markup=False, soft_wrap=True)


def _written(asked: Wanted, form: FormatName, encoding: str, target: Path) -> tuple[Written, Tally]:
    from collector.series.tally import Tally
    from collector.series.written import write_file, write_stream

    tally = Tally()
    fill = _filling(asked, form, encoding, tally)
    if target == STDOUT:
        return write_stream(sys.stdout.buffer, fill), tally
    return write_file(target, fill), tally


def _filling(
    asked: Wanted, form: FormatName, encoding: str, tally: Tally
) -> Callable[[Hashed], None]:
    from collector.series.csv_text import encoding_named

    codec = encoding_named(encoding)
    if form is FormatName.PARQUET:
        # pyarrow is loaded for those alone who ask for it.
        from collector.series.parquet_file import parquet_file

        return lambda stream: parquet_file(asked, stream, tally)
    from collector.series.csv_file import csv_file
    from collector.series.retail_file import retail_file

    pieces = csv_file if form is FormatName.CSV else retail_file
    return partial(_put, lambda: pieces(asked, codec, tally))


def _put(pieces: Callable[[], Iterator[bytes]], stream: Hashed) -> None:
    for piece in pieces():
        stream.write(piece)


def _tell(target: Path, written: Written, tally: Tally, as_json: bool) -> None:
    document = {
        "file": str(target),
        "rows": tally.rows,
        **dataclasses.asdict(written),
        "qualities": dict(tally.qualities),
        "notes": tally.notes,
    }
    screen = err if target == STDOUT else out
    if as_json:
        screen.print(json.dumps(document, ensure_ascii=False), markup=False)
        return
    rows = f"{tally.rows:,} rows, {written.size:,} bytes"
    screen.print(f"{target}: {rows}, sha256 {written.sha256}", markup=False)
    named = [f"{count:,} {name}" for name, count in sorted(tally.qualities.items())]
    if named:
        screen.print(f"quality: {', '.join(named)}", markup=False)
    for note in tally.notes:
        screen.print(f"! {note}", markup=False)
