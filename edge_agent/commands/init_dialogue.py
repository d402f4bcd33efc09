"""The course of `edge-agent init`: what is asked in which order, and what is said at the end."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from edge_agent import config, profile, settings_file
from edge_agent.commands import init_search as search
from edge_agent.commands.asking import Asker, nothing_written
from edge_agent.commands.init_broker import BrokerWishes, broker_asked
from edge_agent.commands.told import doubts, praise, speaking
from edge_agent.config import AgentSettings
from edge_agent.errors import StopError
from edge_agent.first_settings import typed
from edge_agent.first_settings.answers import Answers
from edge_agent.first_settings.document import PIN_FILE
from edge_agent.first_settings.found import NewMeter
from edge_agent.first_settings.keep import keep, why_not
from edge_agent.page.guard import new_pin
from edge_agent.process.bounded import SECRET_BYTES, text_in
from edge_agent.words import Language, language_of, said

INSTALLED = Path("/etc/mieruka")
"""Where deploy/pi/install.sh keeps settings, and the service looks for them."""
_NEW = ("agent_id", "site", "language", "state_dir", "page")
_NEW_BROKER = ("broker", "user", "password_file", "ca_file")
INSTALLED_STATE, OWN_STATE = "/var/lib/mieruka", "state/edge"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was answered by options; None is to be asked for."""

    agent_id: str | None = None
    site: str | None = None
    language: str | None = None
    state_dir: str | None = None
    broker: BrokerWishes = field(default_factory=BrokerWishes)
    links: list[str] | None = None
    scan: bool | None = None
    units: str = ""
    page: bool | None = None

    def of_a_new_file(self) -> Iterator[str]:
        """The options given that settings which are there already have an answer for."""
        given = {**asdict(self), **asdict(self.broker)}
        for name in (*_NEW, *_NEW_BROKER):
            if given[name] is not None:
                yield "--" + name.replace("_", "-")


def first_settings(path: Path, wishes: Wishes, unattended: bool) -> None:
    """Ask, try, write, and say what comes next. Raises ``StopError``; then nothing was written."""
    refusal = why_not(path)
    if refusal is not None:
        raise refusal
    if path.exists():
        _add(path, wishes, unattended)
        return
    asker = Asker(unattended, language_of(wishes.language or ""))
    with nothing_written():
        asker.language = _spoken(asker, wishes)
    with speaking(asker.language):
        with nothing_written():
            answers = _asked(path, wishes, asker)
        keep(path, answers)
        asker.say(said("The settings are in {path}.", path=path))
        _farewell(path, asker)


def _asked(path: Path, wishes: Wishes, asker: Asker) -> Answers:
    asker.say(said("An answer in [brackets] is taken with Enter; Ctrl-C ends, nothing is written."))
    suggested = typed.suggested_name(socket.gethostname())
    agent_id = asker.ask(said("Name of this agent"), suggested, typed.name, wishes.agent_id)
    site = asker.ask(said("Name of the site (plant)"), agent_id, typed.name, wishes.site)
    broker = broker_asked(asker, wishes.broker, path.absolute().parent, agent_id)
    lines = search.lines(asker, wishes.links)
    new = _new_on(asker, wishes, lines)
    page = _page_wanted(asker, wishes, new)
    has_pin = (path.parent / PIN_FILE).exists()
    return Answers(
        agent_id,
        site,
        wishes.state_dir or _state_dir(path),
        asker.language,
        broker,
        page,
        new_pin() if page and not has_pin else "",
        search.links_with(lines, new),
        tuple(each.meter for each in new),
    )


def _spoken(asker: Asker, wishes: Wishes) -> Language:
    question = said("Language of messages and pages, en or ja")
    return asker.ask(question, asker.language, typed.language, wishes.language)


def _new_on(
    asker: Asker, wishes: Wishes, lines: Sequence[typed.Line], old: AgentSettings | None = None
) -> tuple[NewMeter, ...]:
    question = said("Look for the meters there now? (reads only)")
    if not lines or not asker.agree(question, not asker.unattended, wishes.scan):
        for one in lines:
            if not one.exact:
                asker.say(_left_out(one))
        return ()
    known = (old.links, old.meters) if old else ((), ())
    return search.new_on(asker, lines, *known, units=wishes.units)


def _left_out(one: typed.Line) -> str:
    place = one.link.device or f"{one.link.host}:{one.link.port}"
    return said("{place} is left out: how it speaks is not known before a search", place=place)


def _page_wanted(asker: Asker, wishes: Wishes, new: Sequence[NewMeter]) -> bool:
    question = said("Switch the commissioning page on, for a phone in this network (with a PIN)?")
    # Without meters the page is the way to add some, so nothing else makes sense.
    return asker.agree(question, not new, wishes.page)


def _state_dir(path: Path) -> str:
    return INSTALLED_STATE if path.absolute().parent == INSTALLED else OWN_STATE


def _add(path: Path, wishes: Wishes, unattended: bool) -> None:
    """Look for meters that the settings do not have yet, and add them."""
    settings = config.load(path, profile_faults=profile.faults)
    asker = Asker(unattended, language_of(settings.agent.language))
    with speaking(asker.language):
        _refuse_other_wishes(path, wishes)
        if unattended and not (wishes.links and wishes.scan):
            what = said("there are settings at {path} already", path=path)
            hint = said("--link and --scan add meters to them; -c names another file")
            raise StopError(what, hint)
        _more_meters(path, wishes, settings, asker)
        _farewell(path, asker)


def _more_meters(path: Path, wishes: Wishes, settings: AgentSettings, asker: Asker) -> None:
    with nothing_written():
        asker.say(said("There are settings at {path}: meters can be added to them.", path=path))
        lines = search.lines(asker, wishes.links)
        new = _new_on(asker, wishes, lines, settings)
    for each in new:
        settings_file.add_meter(path, each.link, each.meter)
    asker.say(said("Meters added: {count}", count=len(new)))


def _refuse_other_wishes(path: Path, wishes: Wishes) -> None:
    option = next(wishes.of_a_new_file(), None)
    if option is not None:
        what = said("there are settings at {path} already: {option}?", path=path, option=option)
        raise StopError(what, said("change the file itself, or give another path with -c"))


def _farewell(path: Path, asker: Asker) -> None:
    """What the settings come to, and the next three steps."""
    settings = config.load(path, profile_faults=profile.faults)
    asker.say(praise(settings))
    for line in doubts(settings):
        asker.say(line)
    asker.say()
    asker.say(said("Next:"))
    for number, step in enumerate(_steps(path, settings), 1):
        asker.say(said("  {number}. {step}", number=number, step=step))


def _steps(path: Path, settings: AgentSettings) -> Iterator[str]:
    installed = path.absolute().parent == INSTALLED
    own = "sudo -u mieruka edge-agent" if installed else "edge-agent"
    start = "sudo systemctl restart edge-agent" if installed else f"edge-agent run -c {path}"
    if settings.meters:
        yield f"{own} wiring -c {path}"
    yield f"{own} doctor -c {path}"
    yield start
    if settings.page.listen and not settings.meters:
        yield _page_step(settings)


def _page_step(settings: AgentSettings) -> str:
    # Brings a web server.
    from edge_agent.page.server import private_addresses

    host = next(each for each in private_addresses() if ":" not in each)
    url = f"http://{host}:{settings.page.listen.rpartition(':')[2]}/"
    file = settings.page.pin_file
    if file is None:
        return said("on a phone in this network: {url} (its PIN is in the log)", url=url)
    pin = text_in(file, SECRET_BYTES).strip()
    return said("on a phone in this network: {url} with PIN {pin}", url=url, pin=pin)
