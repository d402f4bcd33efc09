"""A done finding by its key, with the promise it is held to."""

from __future__ import annotations

from collector.errors import CollectorError
from collector.findings.status import Promise
from collector.gather.followed_findings import whole_key
from collector.reporting.sources import Sources
from collector.site_config import SiteSettings


def done_promise(sources: Sources, site: SiteSettings, text: str) -> tuple[str, Promise]:
    """The key written whole, and what the finding promised when it was done.

    Raises ``CollectorError`` for one that is not done.
    """
    key = whole_key(site.id, text)
    history = sources.state.findings.history(site.id, key)
    last = history[-1] if history else None
    if last is None or last.status != "done" or last.promise is None:
        status = last.status if last is not None else "not known as done"
        hint = f"first: collector findings set {site.id} {text} --status done --by NAME"
        raise CollectorError(f"finding {text} is {status}, only a done one is verified", hint)
    return key, last.promise
