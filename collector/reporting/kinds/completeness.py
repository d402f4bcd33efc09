"""The certificate of data completeness, to be signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import ReportKind, Request, Step
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.completeness.data import CompletenessData


def _gather(sources: Sources, request: Request, step: Step) -> CompletenessData:
    from collector.reporting.gathering.completeness import gather_completeness

    return gather_completeness(sources, request, step)


def _build(data: CompletenessData, language: Language) -> Report:
    from collector.reports.completeness.build import certificate

    return certificate(data, language)


KIND = ReportKind(
    name="completeness",
    title_ja="データ充足証明書",
    title_en="Certificate of data completeness",
    purpose_ja="実測・推定・欠測、補正、締めを示し、署名して渡す",
    purpose_en="What was measured, estimated or missing, corrected and closed; to be signed",
    periods=("day", "month", "year", "fiscal_year", "any"),
    gather=_gather,
    build=_build,
    formats=("html", "pdf"),
)
