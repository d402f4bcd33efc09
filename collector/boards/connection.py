"""The one place that speaks to Grafana: grafana-api as a plain HTTP transport.

Only ``.api.GET/POST/PUT/DELETE`` of it are used: its own calls address data sources by numeric
id, which Grafana 13 no longer answers. Every failure becomes one of the collector's errors.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

from collector.errors import CollectorError, RetryLaterError, StopError
from collector.grafana_config import GrafanaSettings

TIMEOUT_S = 15.0
ALERTS_NOT_READY = "Alertmanager configuration"
"""What Grafana says of alerts in an organisation made a moment ago (seen on 9.4)."""
_NOT_READY = "Grafana makes a new organisation ready for alerts within a minute: run again then"
_TROUBLE = "Grafana has trouble: see its log, then try again"
_HINTS: dict[int, tuple[str, str]] = {
    401: (
        "refuses the credentials",
        "make a service account token in Grafana and put it into grafana.token_file",
    ),
    403: (
        "does not allow this",
        "the service account needs the role Admin (it makes folders and data sources)",
    ),
    404: (
        "does not know this address",
        "grafana.url must lead to Grafana itself, with its sub path if it has one",
    ),
}


class ConflictError(CollectorError):
    """Grafana holds something newer, or something else of the same name (409, 412)."""


class MissingError(StopError):
    """Nothing stands at the address (404)."""


class Grafana:
    """An open connection to one Grafana; close it by leaving the ``with`` block."""

    def __init__(self, settings: GrafanaSettings) -> None:
        parts = urlsplit(settings.url)
        path = parts.path.strip("/")
        self._where = f"Grafana at {settings.url}"
        self._face = GrafanaFace(
            auth=_credentials(settings),
            host=parts.hostname,
            port=parts.port,
            url_path_prefix=f"{path}/" if path else "",
            protocol=parts.scheme,
            timeout=TIMEOUT_S,
        )

    def __enter__(self) -> Grafana:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._face.api.s.close()

    def version(self) -> str:
        """See that a Grafana answers; answers its version."""
        health = self._call("GET", "/health")
        if not isinstance(health, dict) or "database" not in health:
            raise StopError(f"{self._where} is not a Grafana", _HINTS[404][1])
        return str(health.get("version") or self._version_for_users() or "(hides its version)")

    def _version_for_users(self) -> str:
        """The version as a user is told it, where strangers are not."""
        settings = self.get("/frontend/settings") or {}
        return str(settings.get("buildInfo", {}).get("version", ""))

    def enter(self, org_id: int) -> None:
        """Go into an organisation: the calls from now on are about it.

        Only a user with a password can; a token stays in the organisation it was made in.
        """
        self._face.api.s.headers["X-Grafana-Org-Id"] = str(org_id)

    def get(self, path: str) -> Any:
        """Read what stands at the path; None when nothing does (404)."""
        try:
            return self._call("GET", path)
        except MissingError:
            return None

    def send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Write by POST, PUT or DELETE; answers what Grafana says, {} when it says nothing (204).

        Raises ``ConflictError`` (409, 412) and ``MissingError`` (404) apart, because both may
        mean that somebody else was faster.
        """
        answer = self._call(method, path, body)
        return answer if isinstance(answer, dict) else {}

    def health(self, source_uid: str) -> str:
        """Let Grafana try the data source; answers what is wrong, empty when nothing is."""
        try:
            answer = self._call("GET", f"/datasources/uid/{source_uid}/health")
        except MissingError:
            return "this Grafana cannot check it (needs 9.0 or newer)"
        except CollectorError as error:
            return error.message
        status = str(answer.get("status", ""))
        return "" if status.upper() == "OK" else str(answer.get("message") or status or "unknown")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        try:
            return getattr(self._face.api, method)(path, json=body)
        except GrafanaException as error:
            raise self._refused(method, path, error) from error
        except TypeError as error:
            # grafana-api looks for a "message" in the error page of something else.
            raise StopError(
                f"{self._where} answers with a page, not data", _HINTS[404][1]
            ) from error
        except ValueError as error:
            # Also raised for success without a body (204): then nothing was there to read.
            if getattr(error, "doc", None) == "":
                return {}
            raise StopError(
                f"{self._where} answers with a page, not data", _HINTS[404][1]
            ) from error
        except OSError as error:
            raise RetryLaterError(
                f"{self._where} does not answer: {type(error).__name__}",
                "check that it runs and that grafana.url names host and port",
            ) from error

    def _refused(self, method: str, path: str, error: GrafanaException) -> CollectorError:
        status, said = int(error.status_code), _said(error)
        what, hint = _HINTS.get(status, ("refuses this", "see Grafana's log for the reason"))
        line = f"{self._where} {what}: {method} {path} answered {status} {said}".rstrip()
        if status in (409, 412):
            return ConflictError(said or "conflict", "run again; if it stays, look into Grafana")
        if status >= 500 or status == 429:
            return RetryLaterError(line, _NOT_READY if ALERTS_NOT_READY in said else _TROUBLE)
        return MissingError(line, hint) if status == 404 else StopError(line, hint)


def _said(error: GrafanaException) -> str:
    response = error.response
    text = response.get("message", "") if isinstance(response, dict) else response
    return " ".join(str(text).split())[:200]


def _credentials(settings: GrafanaSettings) -> str | tuple[str, str]:
    if settings.token:
        return settings.token
    if settings.username and settings.password:
        return (settings.username, settings.password)
    raise StopError(
        "the settings hold no credentials for Grafana",
        "put a service account token into a file and name it as grafana.token_file",
    )
