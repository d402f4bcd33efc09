"""Meter models for people: the list, and all that is known of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from edge_agent.commands.screen import out
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.profile import IdentityRow, NeverWrite, Profile, Register, Setting
from edge_agent.words import in_language, joined, language_of, said


def show_list(models: list[Profile]) -> None:
    """One line a model; what rests on little is marked."""
    titles = said("profile"), said("meter"), said("wiring"), said("values"), said("rests on")
    table = Table(*map(_here, titles), box=SIMPLE_HEAD, pad_edge=False)
    table.columns[1].min_width = 16
    for column in (table.columns[0], *table.columns[3:]):
        column.no_wrap = True
    for model in models:
        more = f" +{len(model.models) - 1}" if len(model.models) > 1 else ""
        wirings, side = " ".join(model.wirings), _here(_side(model))
        table.add_row(model.name, model.models[0] + more, wirings, side, _rests(model))
    out.print(table)
    out.print(_here(said("? unverified: compare with the meter's display before you trust it")))


def show_one(model: Profile) -> None:
    """The whole model, the registers as a table."""
    out.print(Text(f"{model.name}: {model.vendor} {', '.join(model.models)}", style="bold"))
    _print_pairs(_head(model))
    out.print(_registers(model))
    _print_lines(said("Identity"), map(_identity, model.identity))
    _print_lines(said("Settings that are read"), map(_setting, model.settings))
    _print_lines(said("Never write"), map(_never, model.never_write))
    _print_lines(said("What a fitter should know"), model.quirks)
    _print_lines(said("Sources"), _sources(model))


def _here(text: str) -> str:
    return in_language(text, language_of())


def _print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    for label, value in pairs:
        if value:
            table.add_row(_here(label), Text(_here(value)))
    out.print(table)


def _print_lines(title: str, lines: Iterable[str]) -> None:
    rows = [_here(line) for line in lines]
    if rows:
        out.print(Text(f"\n{_here(title)}", style="bold"))
    for row in rows:
        out.print(Text(f"  - {row}"))


def _side(model: Profile) -> str:
    return said("primary") if model.values == "primary" else said("secondary")


def _rests(model: Profile) -> str:
    words = {
        "hardware": said("device"),
        "manual": said("manual"),
        "code": said("programs"),
        "none": said("nothing"),
    }
    sure = _here(words[model.verification])
    if model.doubtful:
        return f"{sure} ?"
    count = len(model.unverified)
    return f"{sure}, {count} ?" if count else sure


def _head(model: Profile) -> Iterator[tuple[str, str]]:
    yield said("rests on"), _rests(model)
    yield said("made from"), model.extends
    yield said("wiring"), " ".join(model.wirings)
    yield said("values"), _side(model)
    yield said("serial line"), _serial(model)
    yield said("Ethernet"), f"TCP {model.tcp_port}" if model.tcp_port else ""
    yield said("unit id"), str(model.unit_id)
    yield said("switch on first"), model.must_enable
    yield said("one request"), _limits(model)
    yield said("addresses"), _anchor(model)
    yield said("counter"), _counter(model)


def _serial(model: Profile) -> str:
    if model.baud is None:
        return ""
    first = f"{model.baud} {model.parity} {model.stop_bits}"
    others = [str(baud) for baud in model.bauds if baud != model.baud]
    others += [parity for parity in model.parities if parity != model.parity]
    return said("{first}; also {others}", first=first, others=" ".join(others)) if others else first


def _limits(model: Profile) -> str:
    values = {"most": model.max_registers, "gap": model.max_gap}
    times = {"quiet": model.min_gap_ms, "wait": model.timeout_ms}
    return said(
        "at most {most} registers, gaps to {gap}; "
        "{quiet} ms of silence before it, {wait} ms to answer",
        **values,
        **times,
    )


def _anchor(model: Profile) -> str:
    if model.anchor is None:
        return ""
    models = ", ".join(map(str, model.anchor.models))
    return said("offsets from the ID register of SunSpec model {models}", models=models)


def _counter(model: Profile) -> str:
    step = f"{model.counter_step_wh:g}"
    if model.counter_modulus_wh is None:
        return said("steps of {step} Wh; does not come round", step=step)
    round_at = f"{model.counter_modulus_wh:,.0f}"
    return said("steps of {step} Wh; comes round at {at} Wh", step=step, at=round_at)


def _registers(model: Profile) -> Table:
    columns = said("name"), "fc", said("address"), said("format"), said("value")
    table = Table(*map(_here, columns), box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[:4]:
        column.no_wrap = True
    for row in model.registers:
        doubt = "" if row.verified and not model.doubtful else " ?"
        label = "\n" + QUANTITIES[row.quantity].label_ja if language_of() == "ja" else ""
        place = f"0x{row.address:04X} {row.address:>5}"
        name = row.quantity + doubt + label
        table.add_row(name, str(row.function), place, _form(row), _here(_value(row)))
    return table


def _form(row: Register) -> str:
    order = "" if row.words == 1 or row.word_order == "big" else said("low word first")
    bytes_order = "" if row.byte_order == "big" else said("low byte first")
    return "\n".join(filter(None, [row.format, _here(order), _here(bytes_order)]))


def _value(row: Register) -> str:
    return joined("; ", _value_parts(row))


def _value_parts(row: Register) -> Iterator[str]:
    unit = QUANTITIES[row.quantity].unit
    yield f"× {row.scale:g} {unit}".rstrip() + (f" + {row.offset:g}" if row.offset else "")
    for name in row.scale_by:
        yield said("× setting {name}", name=name)
    if row.scale_register is not None:
        yield said("× 10^ register 0x{at}", at=f"{row.scale_register:04X}")
    if row.encoding:
        yield said("four-quadrant power factor")
    if row.not_available or row.zero_is_missing:
        raws = [f"0x{raw:X}" for raw in row.not_available] + ["0"] * row.zero_is_missing
        yield said("none: {raws}", raws=" ".join(raws))
    if row.bounds:
        yield said("only {low} to {high}", low=f"{row.bounds[0]:g}", high=f"{row.bounds[1]:g}")
    if row.optional:
        yield said("some variants lack it")


def _identity(row: IdentityRow) -> str:
    place = f"fc {row.function} 0x{row.address:04X}, {row.count} × {row.format}"
    roles = {
        "vendor": said("vendor"),
        "model": said("model"),
        "serial": said("serial number"),
        "firmware": said("firmware"),
    }
    return joined("", [roles[row.role], f": {place}", f" = {row.wanted()}" if row.expects else ""])


def _setting(row: Setting) -> str:
    place = f"{row.name}: fc {row.function} 0x{row.address:04X} {row.format}"
    good = ", ".join(f"{number:g}" for number in row.expect)
    pairs = ", ".join(f"{key:g} → ×{factor:g}" for key, factor in row.factors)
    wanted = [said(" must be {good}: {message}", good=good, message=row.message)] if good else []
    return joined("", [place, *wanted, f" {pairs}" if pairs else ""])


def _never(row: NeverWrite) -> str:
    if row.address is None:
        place: str = said("function {number}", number=row.function)
    else:
        end = "" if row.last is None else f"-0x{row.last:04X}"
        place = f"0x{row.address:04X}{end}"
    return joined(": ", [place, row.why])


def _sources(model: Profile) -> Iterator[str]:
    for source in model.sources:
        revision = f" ({source.revision})" if source.revision else ""
        yield f"{source.title}{revision}; {source.where}"
