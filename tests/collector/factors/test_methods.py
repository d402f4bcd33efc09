"""What methods are, what a name has meant, and which gas comes first."""

from __future__ import annotations

from datetime import date

from collector.factors.factor import Key
from collector.factors.methods import definition_of, gas_rank, method_named


def test_basic_means_two_quantities() -> None:
    """Fuel only to 31 March 2024, certificates from the next day; unadjusted stays as it was."""
    last, first = date(2024, 3, 31), date(2024, 4, 1)
    assert definition_of("jp_shk_basic", last) == "fuel_only"
    assert definition_of("jp_shk_basic", first) == "with_certificates"
    assert definition_of("jp_shk_unadjusted", first) == "fuel_only"
    assert definition_of("jp_shk_adjusted", first) == ""


def test_an_unknown_method_is_scope_2_of_a_supplier() -> None:
    """A plant may name methods of its own."""
    method = method_named("tokyo_cap_and_trade")
    assert (method.scope, method.regional) == ("2", False)


def test_gases_in_order() -> None:
    """CO2e comes before CO2, newer GWPs before older ones."""
    gases: list[Key] = [
        ("CO2", "none"),
        ("CO2e", "as_published"),
        ("CO2e", "AR5"),
        ("N2O", "none"),
        ("CO2e", "AR6"),
    ]
    assert sorted(gases, key=gas_rank) == [
        ("CO2e", "AR6"),
        ("CO2e", "AR5"),
        ("CO2e", "as_published"),
        ("CO2", "none"),
        ("N2O", "none"),
    ]
