"""An account as people and other programs read it: figures as exact text, evidence beside them."""

from __future__ import annotations

from typing import Any

from collector.accounts.account import Account, AccountLine, ClaimUse, FactorUse, MethodSum
from collector.accounts.amounts import plain
from collector.accounts.energy_law import Distance, PrimaryEnergy, distances
from collector.rollup.carbon import energy_kwh

_WHOLE_YEAR = (365, 366)


def account_view(account: Account) -> dict[str, Any]:
    """The account as JSON values; kWh, kg, GJ and kL are decimal text with every digit."""
    gj, kl = account.energy_gj, account.crude_oil_kl
    return {
        "site": account.site,
        "period": str(account.span),
        "from": account.span.first.isoformat(),
        "to": account.span.end.isoformat(),
        "kwh": plain(account.kwh) if account.days else None,
        "estimated_kwh": plain(account.estimated_kwh) if account.days else None,
        "coverage": account.coverage,
        "days": len(account.days),
        "scope_2": [_sum(figure) for figure in account.scope_2],
        "scope_3_category_3": [_sum(figure) for figure in account.scope_3],
        "energy_gj": None if gj is None else plain(gj),
        "crude_oil_kl": None if kl is None else plain(kl),
        "energy_law": [_law(part) for part in account.primary],
        "energy_law_thresholds": [_threshold(way) for way in thresholds_of(account)],
        "lines": [_line(line) for line in account.lines],
        "certificates": [_claim(claim) for claim in account.claims],
        "remarks": list(account.remarks),
        "known_on": account.known_on and account.known_on.isoformat(),
        "factor_snapshot": account.factor_snapshot,
        "software_version": account.software_version,
    }


def thresholds_of(account: Account) -> tuple[Distance, ...]:
    """How far a year's crude oil is from the law's thresholds; none for another period."""
    kl = account.crude_oil_kl
    return distances(kl) if kl is not None and account.span.length in _WHOLE_YEAR else ()


def _law(part: PrimaryEnergy) -> dict[str, Any]:
    return {
        "kwh": plain(energy_kwh(part.milli_wh)),
        "gj_per_mwh": plain(part.heat_value.gj_per_mwh),
        "gj": plain(part.gj),
        "crude_oil_kl": plain(part.crude_oil_kl),
        "source": part.heat_value.source,
        "note": part.heat_value.note,
    }


def _threshold(way: Distance) -> dict[str, Any]:
    return {
        "kl": plain(way.threshold.kl),
        "of": way.threshold.of,
        "meaning": way.threshold.meaning,
        "source": way.threshold.source,
        "kl_left": plain(way.kl_left),
        "kwh_left": way.kwh_left,
    }


def _sum(figure: MethodSum) -> dict[str, Any]:
    return {
        "method": figure.method,
        "kg": None if figure.kg is None else plain(figure.kg),
        "gross_kg": None if figure.gross_kg is None else plain(figure.gross_kg),
        "deducted_kg": plain(figure.deducted_kg),
        "certificate_kwh": plain(energy_kwh(figure.certificate_milli_wh)),
        "missing_kwh": plain(energy_kwh(figure.missing_milli_wh)),
        "status": figure.status,
        "factor_ids": list(figure.factor_ids),
    }


def _line(line: AccountLine) -> dict[str, Any]:
    gross, kg = line.gross_kg, line.kg
    return {
        "method": line.method,
        "from": line.first.isoformat(),
        "to": line.end.isoformat(),
        "contract": None if line.contract is None else str(line.contract),
        "kwh": plain(line.kwh),
        "estimated_kwh": plain(energy_kwh(line.estimated_milli_wh)),
        "factor": None if line.factor is None else factor_view(line.factor),
        "status": line.status,
        "reason": line.reason,
        "gross_kg": None if gross is None else plain(gross),
        "certificate_kwh": plain(line.certificate_kwh),
        "deducted_kg": plain(line.deducted_kg),
        "kg": None if kg is None else plain(kg),
    }


def factor_view(factor: FactorUse) -> dict[str, Any]:
    """The citation of a factor as JSON values."""
    return {
        "id": factor.id,
        "method": factor.method,
        "kg_per_kwh": plain(factor.kg_per_kwh),
        "gas": factor.gas,
        "valid_from": factor.valid_from.isoformat(),
        "valid_to": factor.valid_to and factor.valid_to.isoformat(),
        "known_on": factor.known_on.isoformat(),
        "source": {
            "title": factor.title,
            "publisher": factor.publisher,
            "revision": factor.revision,
            "published_on": factor.published_on,
            "url": factor.url,
            "licence": factor.licence,
            "attribution": factor.attribution,
        },
    }


def _claim(claim: ClaimUse) -> dict[str, Any]:
    certificate = claim.certificate
    return {
        "kind": certificate.kind,
        "tracking_no": certificate.tracking_no,
        "method": claim.method,
        "kwh": plain(energy_kwh(certificate.milli_wh)),
        "used_kwh": plain(energy_kwh(claim.used_milli_wh)),
        "used_before_kwh": plain(energy_kwh(claim.before_milli_wh)),
        "unused_kwh": plain(energy_kwh(claim.left_milli_wh)),
        "use": str(certificate.use),
        "vintage": str(certificate.vintage),
        "retired_on": certificate.retired_on and certificate.retired_on.isoformat(),
    }
