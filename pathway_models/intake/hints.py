"""Warnings a careful colleague would give: things that are possible, but seldom meant."""

from __future__ import annotations

from pathway_models.intake.cells import Finding
from pathway_models.intake.checks import Check
from pathway_models.intake.factors import ZERO_GROUPS
from pathway_models.intake.statements import Statement


def hint(check: Check) -> None:
    """Report what is seldom meant; warnings only."""
    _factors_of_some_years(check)
    if check.choices.factor_set:
        _captured(check)


def hint_at_power(check: Check, place: str) -> None:
    """Warn of a park that neither buys nor makes power: its table is rarely complete."""
    known = [*check.of("energy", "electricity"), *check.of("generation", "electricity")]
    if not known and any(s.entry.quantity == "energy" for s in check.statements.all.values()):
        remedy = "a park without any power is rare; type 0 if it buys none"
        check.statements.report(place, None, Finding("purchased electricity", remedy, "no_power", "warning"))


def other_province(grid_factor: str, province: str) -> Finding | None:
    """A provincial grid factor of another province than the park's own."""
    kind, _, named = grid_factor.partition(":")
    if not (kind.startswith("provincial_") and province and named and named not in province):
        return None
    remedy = "the park stands in another province; correct one of the two, or say why in the remarks"
    return Finding(f"the grid factor of {province}", remedy, "grid_province", "warning")


def _factors_of_some_years(check: Check) -> None:
    """A factor of one's own in some years makes a jump at the seam with the set's factor."""
    series: dict[tuple[str, str, str], list[Statement]] = {}
    for s in check.statements.all.values():
        if s.entry.quantity in ("energy", "product", "fixed_carbon") and s.value > 0:
            series.setdefault((s.role, s.owner, s.entry.key), []).append(s)
    for of_key in series.values():
        given = [s for s in of_key if s.factor is not None]
        lacking = [s for s in of_key if s.factor is None]
        if not given or not lacking or check.statements.is_reported(lacking[0].place):
            continue
        years = ", ".join(str(s.year) for s in given)
        remedy = f"its own factor is given in {years} only, elsewhere the listed one counts: give it in every year"
        finding = Finding("its own factor in every year or in none", remedy, "factor_years", "warning")
        check.statements.report(lacking[0].place, lacking[0].written, finding)


def _captured(check: Check) -> None:
    """CO2 captured is not more than what the park's own stacks and processes emit."""
    parts = [check.of("captured", item) for item in ("stored", "used")]
    for year in check.years:
        found = [series[year] for series in parts if year in series]
        if not found:
            continue
        direct = sum(_direct(check, s) for s in check.statements.all.values() if s.role == "park" and s.year == year)
        taken = sum(s.value for s in found)
        if taken > direct:
            remedy = f"fuels and processes emit {direct:,.0f} tCO2: check units; CO2 of biomass counts as zero"
            check.report(found[-1], "at most the direct emissions", remedy, "captured_high", "warning")


def _direct(check: Check, s: Statement) -> float:
    """Direct emissions of a statement, tCO2."""
    if s.entry.quantity == "energy":
        group = check.book.carriers[s.entry.item].group
        if group in ("electricity", "heat", *ZERO_GROUPS):
            return 0.0
        own = check.book.own(s)
        return check.tj(s) * ((check.book.default(s.entry.item) or 0.0) if own is None else own)
    listed = check.book.processes.get(s.entry.default_factor)
    if s.entry.quantity == "product" and (s.factor is not None or listed):
        return s.value * (s.factor if s.factor is not None else listed.value)
    return 0.0
