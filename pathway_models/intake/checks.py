"""Checks of the statements of a workbook together: completeness, factors, sums of parts; errors of activity data.

Findings are errors unless stated otherwise; warnings of plausibility are in `intake.plausibility_warnings`.
Consequences of a value already reported are not reported again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pathway_models.intake.factors import energy_content, tables
from pathway_models.intake.numbers import Finding, read_plausible
from pathway_models.intake.statements import Choices, Key, Statement, Statements, UseLine
from pathway_models.intake.translation import USED
from pathway_models.levers.action import ENERGY_USES

#: Quantities that must be given in every year once they are given in one.
COMPLETE = (
    "energy", "product", "fixed_carbon", "captured", "green_electricity", "export", "population", "green_area",
    "sequestration",
)  # fmt: skip
#: A part may exceed the whole by rounding.
ROUNDING = 1 + 1e-9


@dataclass
class Check:
    """The statements of one workbook under examination.

    Parameters
    ----------
    statements : Statements
    choices : Choices
        Checks that need a missing or wrong choice are skipped.
    years : range
    """

    statements: Statements
    choices: Choices
    years: range
    questioned: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.book = energy_content.Factors(self.choices)

    def run(self) -> None:
        """Report every fault."""
        self.gaps()
        inherit(self)
        if self.choices.factor_set:
            self.factors()
        self.activity()
        self.processes()
        self.wholes()
        close(self, "sector")
        close(self, "enterprise")

    def of(self, quantity: str, item: str = "", role: str = "park") -> dict[int, Statement]:
        """Statements of the park by year."""
        return {s.year: s for s in self.statements.of(role, quantity, item)}

    def report(self, s: Statement, expected: str, remedy: str, code: str, severity: str = "error") -> None:
        """Report a finding at a statement, and mark its value as questionable."""
        self.statements.report(s.place, s.written, Finding(expected, remedy, code, severity))
        self.questioned.add((s.entry.key, s.year))

    def tj(self, s: Statement, value: float | None = None) -> float:
        """Return the energy of a statement or of a part of it, TJ; 0 where it is not known."""
        return self.book.tj(s, value)

    def gaps(self) -> None:
        """Check that a series has a value in every year: only the user knows whether a blank is 0 or unknown."""
        given = {(s.role, s.owner, s.entry.key): s for s in self.statements.all.values() if s.role != "enterprise"}
        if not any(s.entry.quantity == "energy" for s in given.values()):
            if not any(key[2] in self.statements.entries for key in self.statements.spoiled):
                finding = Finding("energy use of at least one carrier", "fill the rows of fuels and power", "no_energy")
                self.statements.report("workbook", None, finding)
            return
        for (role, owner, key), s in given.items():
            if s.entry.quantity not in COMPLETE:
                continue
            for year in self.years:
                whole = (role, owner, key, year)
                if whole in self.statements.all or whole in self.statements.spoiled:
                    continue
                place = self._place_of_blank(s, whole)
                name = s.entry.words().en + ("" if role == "park" else f" of {owner}")
                finding = Finding(f"{name} in {year}", "type it; type 0 only if it is 0", "gap")
                if place:
                    self.statements.report(place, None, finding)

    def _place_of_blank(self, s: Statement, key: Key) -> str:
        """Return the place of a missing value; empty where its whole sheet is missing, which is reported itself."""
        if key in self.statements.blanks:
            return self.statements.blanks[key]
        is_form = self.statements.layout.block("form") is not None and s.role == "park"
        sheet = self.statements.sheets.get(key[3], "") if is_form else s.place.split("!")[0]
        return f"{sheet}, {', '.join(part for part in key[1:3] if part != 'park')}" if sheet else ""

    def factors(self) -> None:
        """Check that every use has a calorific value and a factor."""
        lacking: set[str] = set()
        for s in self.statements.all.values():
            if s.entry.quantity != "energy":
                continue
            if self.book.tj_per(s.unit, s.entry.item) is None:
                remedy = (
                    f"{self.choices.factor_set} has no calorific value for it; give it in tce, or choose another set"
                )
                self.report(s, f"{s.entry.words().en} in a unit of energy", remedy, "no_calorific_value")
            elif s.factor is not None and self.book.own(s) is None:
                remedy = f"{s.factor_unit} cannot be converted for {s.entry.words().en}; give it in tCO2/TJ"
                self.statements.report(s.factor_place, s.factor, Finding("a factor per TJ", remedy, "factor_unit"))
            elif s.entry.key not in lacking and self._lacks_factor(s):
                lacking.add(s.entry.key)
                remedy = "give its own factor in every year, or choose a set or grid factor that has one"
                self.report(s, f"a factor of {s.entry.words().en}", remedy, "no_factor")

    def _lacks_factor(self, s: Statement) -> bool:
        if s.factor is not None or s.value <= 0 or s.role == "enterprise":
            return False
        is_unknown = s.entry.item == "electricity" and not self.choices.grid_factor  # reported at the choice itself
        return not is_unknown and self.book.default(s.entry.item, s.year) is None

    def activity(self) -> None:
        """Check that activity is given in every year, above zero."""
        if self.choices.activity in ("", "energy_index"):
            return
        given = self.of(self.choices.activity)
        for year in self.years:
            key = ("park", "park", self.choices.activity, year)
            place = self.statements.blanks.get(key, self.statements.sheets.get(year, ""))
            if year in given:
                if given[year].value <= 0:
                    remedy = "correct it, or choose energy_index as the activity"
                    self.report(given[year], "a value above 0", remedy, "activity")
            elif key not in self.statements.spoiled and place:
                finding = Finding(self.choices.activity, "type it, or choose energy_index as the activity", "activity")
                self.statements.report(place, None, finding)

    def processes(self) -> None:
        """Check that every process has a factor; one from background knowledge must be chosen by the user."""
        for s in self.statements.all.values():
            if s.entry.quantity not in ("product", "fixed_carbon") or s.factor is not None or s.value == 0:
                continue
            listed = self.book.processes.get(s.entry.default_factor)
            if listed is None or not listed.is_trusted:
                known = f" (listed: {listed.value} tCO2/t, {listed.confidence}, not verified)" if listed else ""
                self.report(s, f"its own factor{known}", "fill the columns of the own factor", "no_process_factor")

    def wholes(self) -> None:
        """Check that no part exceeds its whole."""
        power, heat = (("energy", "electricity"), ("energy", "heat"))
        self._at_most([("green_electricity", ""), ("green_electricity", "certificates")], [power], "green")
        made = ("generation", "electricity")
        self._at_most([("export", "electricity")], [power, made, ("generation", "renewable")], "export")
        self._at_most([("export", "heat")], [heat, ("generation", "heat")], "export")
        self._at_most([("shared", "electricity")], [made], "shared")
        self._at_most([("shared", "heat")], [("generation", "heat")], "shared")
        self._at_most([("waste", "solid_used")], [("waste", "solid_generated")], "waste")
        self._at_most([("value_added", "")], [("gross_output", "")], "value_added")
        self._at_most([("area", "industrial")], [("area", "planned")], "area")

    def _at_most(self, parts: list[tuple[str, str]], wholes: list[tuple[str, str]], code: str) -> None:
        part_series, whole_series = ([self.of(*name) for name in names] for names in (parts, wholes))
        for year in self.years:
            found = [series[year] for series in part_series if year in series]
            around = [series[year] for series in whole_series if year in series]
            if not found or any(s.entry.key == key and y == year for s in found for key, y in self.questioned):
                continue
            if any((*self._key(name), year) in self.statements.spoiled for name in wholes):
                continue
            if code in ("value_added", "waste", "area") and not around:
                continue
            limit = sum(self._amount(s) for s in around)
            if sum(self._amount(s) for s in found) > limit * ROUNDING:
                names = " + ".join(s.entry.words().en for s in around) or "what is bought or made, which is blank"
                written = " + ".join(s.written for s in around) or "0"
                self.report(
                    found[-1], f"at most {names}, {written}", "a part is not more than the whole", f"{code}_high"
                )
                self.questioned |= {(s.entry.key, year) for s in around}

    def _key(self, name: tuple[str, str]) -> tuple[str, str, str]:
        entries = self.statements.entries.values()
        key = next((entry.key for entry in entries if (entry.quantity, entry.item) == name), "")
        return "park", "park", key

    def _amount(self, s: Statement) -> float:
        """Return energy in TJ, other quantities in their canonical unit."""
        return self.tj(s) if s.unit in ("MWh", "TJ") else s.value


def activity_errors(statements: Statements, fields: dict[str, Any]) -> dict[str, float]:
    """Compute the standard deviation of the log of each group's activity data from the grades of its values.

    Parameters
    ----------
    statements : Statements
    fields : dict
        Array fields of the park, as `assemble` returns them.

    Returns
    -------
    dict group -> float
        Groups of carriers, and ``process``.  It stands beside the factor error of the group; independent of it,
        the two join to ``sqrt(factor_error**2 + activity_error**2)``.

    Notes
    -----
    ``sd(group) = sum_i w_i sd(grade_i)`` with ``w`` the share of a value in the group's emissions.
    ASSUME: errors inside a group are fully correlated (one meter reading practice, one statistician), so that they add
    up and do not average out.
    """
    grades, library = read_plausible().grades, tables.read_carriers()
    weighted: dict[str, list[tuple[float, float]]] = {}
    first = int(fields["years"][0])
    for s in statements.all.values():
        quantity, item = s.entry.quantity, s.entry.item
        is_used = s.owner in fields["sectors"] and s.role != "enterprise" and s.year in fields["years"]
        if not is_used or quantity not in ("energy", "product"):
            continue
        at = s.year - first
        if quantity == "energy":
            where = fields["sectors"].index(s.owner), fields["carriers"].index(item), at
            emitted, group = float(fields["energy"][where] * fields["factors"][where]), library[item].group
        else:
            owner = fields["sectors"].index(s.owner)
            j = next(j for j, p in enumerate(fields["processes"]) if (p.name, p.sector) == (item, owner))
            emitted, group = float(fields["outputs"][j, at] * fields["process_factors"][j, at]), "process"
        weighted.setdefault(group, []).append((emitted, grades[s.grade or "ungraded"]))
    return {
        group: float(np.average([sd for _, sd in parts], weights=[emitted for emitted, _ in parts]))
        for group, parts in weighted.items()
        if any(emitted > 0 for emitted, _ in parts)
    }


def uses_of(statements: Statements, burnt: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, float]]:
    """Assemble the uses of energy; report every fault of their lines.

    Parameters
    ----------
    statements : Statements
    burnt : iterable of (sector, carrier)
        Carriers with energy or emissions in the table.

    Returns
    -------
    dict (sector, carrier) -> use -> share
        Shares that add up to one; the part without a stated use is under ``""``.
    """
    having: dict[str, set[str]] = {}
    for sector, carrier in burnt:
        having.setdefault(sector, set()).add(carrier)
    stated: dict[tuple[str, str], dict[str, UseLine]] = {}
    for line in statements.uses:
        shares = stated.setdefault((line.sector, line.carrier), {})
        finding = _misused(line, having, shares)
        if finding:
            statements.report(line.place, line.written, finding)
        else:
            shares[line.use] = line
    found = {}
    for sector, carriers in having.items():
        for carrier in sorted(carriers):
            lines = stated.get((sector, carrier)) or stated.get(("park", carrier))
            if lines:
                shares = {use: line.share for use, line in lines.items() if line.share > 0}
                left = 1.0 - sum(shares.values())
                found[sector, carrier] = shares | ({"": left} if left > ROUNDING - 1 else {})
    return found


def check_followers(statements: Statements, follows: dict[str, str], place: str, sectors: set[str]) -> None:
    """Report sectors that follow a missing sector, themselves, or a sector that follows another."""
    known = ", ".join(sorted(sectors)) or "none"
    for name, leader in follows.items():
        finding = None
        if not {name, leader} <= sectors:
            finding = Finding(f"sectors of the table: {known}", "correct the names", "follows_sector")
        elif name == leader or leader in follows:
            remedy = "name the sector at the head of the chain"
            finding = Finding("another sector that follows none itself", remedy, "follows_chain")
        if finding:
            statements.report(f"{place}, {name}", leader, finding)


def _misused(line: UseLine, having: dict[str, set[str]], before: dict[str, UseLine]) -> Finding | None:
    """Find the fault of a line of uses, given the sound earlier ones of the same carrier and sector."""
    carriers = having.get(line.sector, set())
    if line.sector == "park":
        carriers = set().union(*having.values())
    total = sum(one.share for one in before.values()) + line.share
    if line.use not in ENERGY_USES:
        known = ", ".join(ENERGY_USES)
        return Finding(f"one of {known}", "correct the use; docs/methods.md, section 3, explains them", "use")
    if line.sector != "park" and line.sector not in having:
        return Finding(f"one of {', '.join(sorted(having))}", "name a sector of the table", "use_sector")
    if line.carrier not in carriers:
        known = ", ".join(sorted(carriers)) or "none"
        return Finding(f"energy of this place: {known}", "name a carrier that it uses", "use_carrier")
    if line.use in before:
        return Finding("each use of a carrier once", f"it stands in {before[line.use].place} too; keep one", "twice")
    if total > ROUNDING:
        remedy = f"with this one they are {total:.4g}: lower one of them"
        return Finding(f"shares of {line.carrier} that add up to at most 1", remedy, "use_sum")
    return None


#: Quantities that are counted by sector once sectors are given.
SPLIT = ("energy", "product", "fixed_carbon", "value_added")


def inherit(check: Check) -> None:
    """Pass attributes of the park's row of an entry on to the sectors that split it, or refuse them."""
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
    """Pass the park's own factor on to its sectors where none has one; else it must be their mean."""
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
        return  # reported where factors are checked
    emitted = (amount * factor for amount, factor in zip(amounts, factors, strict=False))
    if len(own) < len(members) or not _agrees(emitted, mean * sum(amounts)):
        remedy = "give it in every sector, so that their mean is that of the park, or in the park's row alone"
        finding = Finding("own factors of its sectors that agree with it", remedy, "sector_factor")
        check.statements.report(park.factor_place, park.factor, finding)


def _only_in_sectors(check: Check, s: Statement) -> None:
    """Refuse attributes of the park as a whole that would be lost, since its sectors are used."""
    if s.entry.quantity in (*SPLIT, check.choices.activity) or s.value == 0:
        return
    severity = "error" if s.entry.quantity in USED else "warning"
    remedy = "it is taken for the park as a whole: fill the park's own row too"
    finding = Finding(f"{s.entry.words().en} of the park", remedy, "sector_alone", severity)
    check.statements.report(s.place, s.written, finding)


def close(check: Check, role: str) -> None:
    """Check that sectors or enterprises add up to the park, entry by entry and year by year."""
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
    """Check feedstock and measured factors of enterprises against the park, or the sectors that split it."""
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
    """Check that all is split once sectors are given: the rest would count twice or not at all."""
    split = {s.entry.key for s in check.statements.all.values() if s.role == "sector"}
    if not any(check.statements.entries[key].quantity in SPLIT for key in split):
        return
    for s in check.statements.all.values():
        if s.role == "park" and s.entry.quantity in SPLIT and s.value > 0 and s.entry.key not in split:
            split.add(s.entry.key)  # reported once
            remedy = "add its rows to the sheet of sectors, or leave that sheet blank"
            check.report(s, f"{s.entry.words().en} by sector too", remedy, "sector_missing")


def _members(check: Check, role: str) -> dict[tuple[str, int], list[Statement]]:
    """Group statements of sectors or enterprises by entry and year, without those of which one could not be read."""
    spoiled = {(key[2], key[3]) for key in check.statements.spoiled if key[0] in (role, "park")}
    found: dict[tuple[str, int], list[Statement]] = {}
    for s in check.statements.all.values():
        if s.role == role and (s.entry.key, s.year) not in spoiled:
            found.setdefault((s.entry.key, s.year), []).append(s)
    return found


def _agrees(parts: Iterable[float], whole: float) -> bool:
    """Tell whether parts add up to a whole, up to rounding."""
    total = sum(parts)
    return read_plausible().bounds["parts"].holds(total / whole) if whole else total == 0


def _whole(check: Check, s: Statement) -> float:
    """Return a value that can be compared between units."""
    return check.tj(s) if s.entry.quantity == "energy" and check.choices.factor_set else s.value


def _part(check: Check, s: Statement) -> float:
    """Return the feedstock of a statement, comparable between units."""
    return check.tj(s, s.feedstock) if s.entry.quantity == "energy" and check.choices.factor_set else s.feedstock


def _own_factor(check: Check, s: Statement) -> float | None:
    return check.book.own(s) if s.entry.quantity == "energy" else s.factor
