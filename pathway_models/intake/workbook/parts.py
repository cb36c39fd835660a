"""Sectors and enterprises against the park: they close to it, and nothing that only one side states is dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pathway_models.intake.cells import Finding
from pathway_models.intake.plausible_ranges import read_plausible
from pathway_models.intake.statements import Statement
from pathway_models.intake.translation import USED

if TYPE_CHECKING:
    from pathway_models.intake.checks import Check


#: Quantities that are counted by sector once sectors are given.
SPLIT = ("energy", "product", "fixed_carbon", "value_added")


def inherit(check: Check) -> None:
    """What the park's row says of an entry that its sectors split is carried down to them, or refused."""
    lost: list[Statement] = []
    for (key, year), members in _members(check, "sector").items():
        park = check.statements.all.get(("park", "park", key, year))
        if park is None:
            _only_in_sectors(check, members[0])
            continue
        if park.feedstock and not _agrees((_part(check, s) for s in members), _part(check, park)):
            remedy = f"the rows of its sectors in {year} do not add up to it: give it in the sector that uses it"
            finding = Finding("feedstock in the rows of its sectors too", remedy, "sector_feedstock")
            check.statements.report(park.feedstock_place, park.feedstock, finding)
        if park.factor is not None:
            _inherit_factor(check, park, members)
        if park.grade and not any(s.grade for s in members):
            lost.append(park)
    if lost:
        remedy = "grades of the park's rows are not carried to its sectors, whose rows count as C without one"
        finding = Finding("grades in the rows of its sectors", remedy, "sector_grade", "note")
        check.statements.report(lost[0].place, lost[0].grade, finding)


def _inherit_factor(check: Check, park: Statement, members: list[Statement]) -> None:
    """The park's own factor holds for its sectors where none of them has one, and else is their mean."""
    own = [s for s in members if s.factor is not None]
    if not own:
        for s in members:
            given = replace(s, factor=park.factor, factor_unit=park.factor_unit, factor_place=park.factor_place)
            check.statements.renew(given)
        finding = Finding("its own factor", "it is taken for each of its sectors", "sector_takes_factor", "note")
        check.statements.report(park.factor_place, park.factor, finding)
        return
    amounts = [_whole(check, s) - _part(check, s) for s in members]
    factors, mean = [_own_factor(check, s) for s in own], _own_factor(check, park)
    if mean is None or None in factors:
        return  # told where factors are checked
    emitted = (amount * factor for amount, factor in zip(amounts, factors, strict=False))
    if len(own) < len(members) or not _agrees(emitted, mean * sum(amounts)):
        remedy = "give it in every sector, so that their mean is that of the park, or in the park's row alone"
        finding = Finding("own factors of its sectors that agree with it", remedy, "sector_factor")
        check.statements.report(park.factor_place, park.factor, finding)


def _only_in_sectors(check: Check, s: Statement) -> None:
    """What is stated of the park as a whole would be lost where only its sectors state it."""
    if s.entry.quantity in (*SPLIT, check.choices.activity) or s.value == 0:
        return
    severity = "error" if s.entry.quantity in USED else "warning"
    remedy = "it is taken for the park as a whole: fill the park's own row too"
    finding = Finding(f"{s.entry.words().en} of the park", remedy, "sector_alone", severity)
    check.statements.report(s.place, s.written, finding)


def close(check: Check, role: str) -> None:
    """Sectors or enterprises add up to the park, entry by entry and year by year."""
    split = _members(check, "sector")
    for (key, year), members in _members(check, role).items():
        park = check.statements.all.get(("park", "park", key, year))
        if role == "sector" and park is None:
            continue
        total, whole = sum(_whole(check, s) for s in members), _whole(check, park) if park else 0.0
        if park is None or not _agrees([total], whole):
            ratio = (
                f"{total / whole:.1%} of the park's {park.written} in {park.place}"
                if park and whole
                else "no park value"
            )
            remedy = f"together they are {ratio}; correct one, or add a row for the rest"
            check.report(members[-1], f"{role} rows of {key}, {year} that add up to the park", remedy, f"{role}_sum")
        elif role == "enterprise":
            _measured(check, park, members, split.get((key, year), []))
    if role == "sector":
        _all_split(check)


def _measured(check: Check, park: Statement, members: list[Statement], split: list[Statement]) -> None:
    """Feedstock and measured factors of enterprises reach those of the park, or of the sectors that split it."""
    measured = [s for s in members if s.factor is not None and s.entry.quantity == "energy"]
    if measured and split:
        remedy = "its use is split by sector: give the measured factor in the row of the sector instead"
        finding = Finding("a factor of the park's own use", remedy, "enterprise_factor")
        check.statements.report(measured[0].factor_place, measured[0].factor, finding)
    used = sum(_part(check, s) for s in split or [park])
    stated = sum(_part(check, s) for s in members)
    if (stated or (measured and used)) and not _agrees([stated], used):
        place = next((s.feedstock_place for s in members if s.feedstock), members[-1].place)
        remedy = "enterprises and park state different feedstock: correct one, or give it in both"
        finding = Finding("feedstock of enterprises that adds up to the park", remedy, "enterprise_feedstock")
        check.statements.report(place, members[-1].written, finding)


def _all_split(check: Check) -> None:
    """Once sectors are given, what is not split would count twice or nowhere."""
    split = {s.entry.key for s in check.statements.all.values() if s.role == "sector"}
    if not any(check.statements.entries[key].quantity in SPLIT for key in split):
        return
    for s in check.statements.all.values():
        if s.role == "park" and s.entry.quantity in SPLIT and s.value > 0 and s.entry.key not in split:
            split.add(s.entry.key)  # told once
            remedy = "add its rows to the sheet of sectors, or leave that sheet blank"
            check.report(s, f"{s.entry.words().en} by sector too", remedy, "sector_missing")


def _members(check: Check, role: str) -> dict[tuple[str, int], list[Statement]]:
    """Statements of sectors or enterprises by entry and year, but where one could not be read."""
    spoiled = {(key[2], key[3]) for key in check.statements.spoiled if key[0] in (role, "park")}
    found: dict[tuple[str, int], list[Statement]] = {}
    for s in check.statements.all.values():
        if s.role == role and (s.entry.key, s.year) not in spoiled:
            found.setdefault((s.entry.key, s.year), []).append(s)
    return found


def _agrees(parts: Iterable[float], whole: float) -> bool:
    """Whether parts add up to a whole, rounding apart."""
    total = sum(parts)
    return read_plausible().bounds["parts"].holds(total / whole) if whole else total == 0


def _whole(check: Check, s: Statement) -> float:
    """A value that can be compared between units."""
    return check.tj(s) if s.entry.quantity == "energy" and check.choices.factor_set else s.value


def _part(check: Check, s: Statement) -> float:
    """Feedstock of a statement that can be compared between units."""
    return check.tj(s, s.feedstock) if s.entry.quantity == "energy" and check.choices.factor_set else s.feedstock


def _own_factor(check: Check, s: Statement) -> float | None:
    return check.book.own(s) if s.entry.quantity == "energy" else s.factor
