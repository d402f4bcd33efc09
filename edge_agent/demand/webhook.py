"""A notice to a web hook: one POST of JSON, tried a few times, never for long."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from edge_agent.errors import RetryLaterError
from edge_agent.words import said

TIMEOUT_S = 5.0
PAUSES_S = (1.0, 3.0)
"""Between the tries; after the last it is given up: an alarm of yesterday helps nobody."""


def post(url: str, body: bytes, sleep: Callable[[float], None] = time.sleep) -> None:
    """Send ``body`` to ``url``. Raises ``RetryLaterError`` when no try was taken."""
    for pause_s in (*PAUSES_S, None):
        try:
            return _post_once(url, body)
        except (OSError, ValueError) as error:
            if pause_s is None:
                raise _refused(url, error) from error
            sleep(pause_s)


def _post_once(url: str, body: bytes) -> None:
    request = urllib.request.Request(
        url, body, {"Content-Type": "application/json", "User-Agent": "mieruka"}
    )
    # The hook stands in the plant: a proxy of the machine would not find it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=TIMEOUT_S).close()
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"HTTP {error.code}") from None


def _refused(url: str, error: Exception) -> RetryLaterError:
    why = str(getattr(error, "reason", error))
    return RetryLaterError(
        said("the web hook {url} did not take the notice: {why}", url=_shown(url), why=why),
        said("check [[demand.actions]] url, and that the other side is on"),
    )


def _shown(url: str) -> str:
    """Scheme and host: what stands behind them, or before an @, may be a key to the hook."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/..."
