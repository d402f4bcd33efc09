"""Every board by its uid (without the language): the one table a new board is added to."""

from __future__ import annotations

from collections.abc import Callable

from grafana.boards import site_overview
from grafana.panels import Page
from grafana.words import Words

BOARDS: dict[str, Callable[[Words], Page]] = {
    site_overview.UID: site_overview.page,
}
