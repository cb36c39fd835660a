"""Warnings and notes on implausible values: jumps, sums, intensities, factors, blanks between given years.

Bounds and their sources are in ``data/intake.yml``.
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.intake import checks, numbers, translation
from pathway_models.intake.factors.tables import ZERO_GROUPS
from pathway_models.intake.statements import Statement
from pathway_models.language.rounding import significant

#: Coal that a power plant burns per MWh, tce, to recognise totals at equivalent value.
TCE_PER_MWH_EQUIVALENT = 0.3
#: Group of a carrier in the stated shares of total energy.
SHARES = {"coal": "coal", "oil": "oil", "gas": "gas", "electricity": "bought", "heat": "bought"}
#: Quantities that are subtracted from the emissions, however small.
OFF = ("export", "captured", "fixed_carbon", "green_electricity")
#: Quantities that a park has in every year, unlike carriers, whose use may begin.
ALWAYS = ("total_energy", "value_added", "gdp", "gross_output", "output", "population", "employees", "area")
#: Largest difference of a stated share from the computed one.
SHARE_DIFFERENCE = 0.05


def question(check: checks.Check) -> None:
    """Report implausible values, each at most once."""
    _slips(check)
    _copies(check)
    if check.choices.factor_set:
        _own_factors(check)
    _zeros(check)
    _jumps(check)
    _totals(check)
    _shares(check)
    _intensity(check)
    _unused(check)


def _series(check: checks.Check) -> Iterator[list[Statement]]:
    """Yield statements by owner and entry, in the order of years; sectors, nearer to the fault, before the park.

    Derived statements are left out, stated totals over them are not.
    """
    series: dict[tuple[str, str], list[Statement]] = {}
    for role in ("sector", "park"):
        for s in check.statements.all.values():
            if s.role == role and not s.is_derived:
                series.setdefault((s.owner, s.entry.key), []).append(s)
    yield from (sorted(of_key, key=lambda s: s.year) for of_key in series.values())


def _amounts(check: checks.Check, series: list[Statement]) -> list[float]:
    """Return comparable values of a series: energy in TJ where its unit changes between years."""
    if len({s.unit for s in series}) == 1:
        return [s.value for s in series]
    if series[0].entry.quantity == "energy":
        return [check.tj(s) for s in series]
    return [s.value * TJ_PER_MWH if s.unit == "MWh" else s.value for s in series]


def _slips(check: checks.Check) -> None:
    """Warn of a value 10^3 or 10^4 times the others of its row: the wrong unit in one year."""
    bound = numbers.read_plausible().bounds["unit_slip"]
    for series in _series(check):
        amounts = _amounts(check, series)
        usual = median(amounts)
        for s, amount in zip(series, amounts, strict=True) if len(series) >= 3 and usual > 0 else ():
            if amount <= 0 or (s.entry.key, s.year) in check.questioned:
                continue
            ratio = amount / usual
            if bound.holds(ratio) or bound.holds(1 / ratio):
                more, less = significant(ratio), significant(1 / ratio)
                row = "the median of its row"
                told = f"it is {more} times {row}" if ratio > 1 else f"it is one part in {less} of {row}"
                remedy = f"{told}; is the unit right (t or 万t, kWh or 万kWh)?"
                check.report(s, "a value like those of the other years", remedy, "unit_slip", "warning")


def _copies(check: checks.Check) -> None:
    """Warn of two years with the same numbers throughout: a sheet copied and not filled."""
    by_year: dict[int, dict[str, float]] = {}
    first: dict[int, Statement] = {}
    for s in check.statements.all.values():
        if s.role == "park" and s.value > 0:
            by_year.setdefault(s.year, {})[s.entry.key] = s.value
            first.setdefault(s.year, s)
    for year, values in by_year.items():
        if len(values) >= 3 and by_year.get(year - 1) == values:
            sheet = first[year].place.split("!")[0]
            finding = numbers.Finding(
                f"values of {year}", f"all are those of {year - 1}: was the table copied?", "copied", "warning"
            )
            check.statements.report(sheet, None, finding)


def _own_factors(check: checks.Check) -> None:
    bounds = numbers.read_plausible().bounds
    for s in check.statements.all.values():
        if s.factor is None:
            continue
        if s.entry.quantity == "energy":
            own, group = check.book.own(s), check.book.carriers[s.entry.item].group
            default = check.book.default(s.entry.item, s.year)
            # A table may state on purpose that an aggregate of its own emits nothing.
            if own is None or (own == 0 and default is None and group == "other_fuel"):
                continue
            if group in ("electricity", "heat"):
                name, tested = ("grid_factor", own * 0.0036) if group == "electricity" else ("heat_factor", own)
            else:
                name, tested = ("fuel_factor_ratio", own / default) if default else ("fuel_factor", own)
        else:
            listed = check.book.processes.get(s.entry.default_factor)
            name, tested = "process_factor_ratio", s.factor / listed.value if listed else 1.0
        if not bounds[name].holds(tested):
            expected = f"{bounds[name].unit} from {bounds[name].low:g} to {bounds[name].high:g}"
            finding = numbers.Finding(expected, f"it is {tested:.3g}: check value and unit", "factor_far", "warning")
            check.statements.report(s.factor_place, s.factor, finding)


def _zeros(check: checks.Check) -> None:
    """Warn of a 0 between two large values, more often unknown than true."""
    totals, like = _energy_by_year(check), "like that of the years around it"
    remedy = "it is 0 between years that have it: leave no 0 where it is unknown, or say why in the notes"
    for series in _series(check):
        for at, s in enumerate(series):
            around = [next((o for o in side if o.value > 0), None) for side in (series[at::-1], series[at:])]
            is_new = s.value == 0 and (s.entry.key, s.year) not in check.questioned
            if is_new and all(one is not None and _is_large(check, one, totals) for one in around):
                check.report(s, f"a value {like}", remedy, "zero_between", "warning")
        _zero_at_an_end(check, series, totals)
        given = [s.year for s in series if s.feedstock > 0]
        for s in series:
            if s.value > 0 and s.feedstock_place and not s.feedstock and given and min(given) < s.year < max(given):
                finding = numbers.Finding(f"feedstock {like}", remedy, "zero_between", "warning")
                check.statements.report(s.feedstock_place, 0, finding)


def _zero_at_an_end(check: checks.Check, series: list[Statement], totals: dict[int, float]) -> None:
    """Warn of a 0 in the last year after large values, or in the first year of a quantity that every park has."""
    amounts = _amounts(check, series)
    sides = [(series, amounts, "the last year and large in those before")]
    if series[0].entry.quantity in ALWAYS:
        sides.append((series[::-1], amounts[::-1], "the first year and large in those behind it"))
    for statements, values, where in sides:
        *others, s = statements
        if not numbers.ends_suddenly(values) or (s.entry.key, s.year) in check.questioned:
            continue
        # The year of the 0 has other energy: a park at standstill has none at all.
        if s.entry.quantity in ALWAYS and not totals.get(s.year):
            continue
        if all(_is_large(check, one, totals) for one in others[-numbers.STEADY_YEARS :]):
            remedy = f"it is 0 in {where}: leave no 0 where it is unknown, or say why in the notes"
            check.report(s, "a value like that of the years beside it", remedy, "zero_at_end", "warning")


def _is_large(check: checks.Check, s: Statement, totals: dict[int, float]) -> bool:
    """Tell whether a value is too large to vanish for a year."""
    if s.entry.quantity in OFF:
        return True
    if s.entry.quantity == "energy" or s.unit == "TJ":
        return check.tj(s) >= numbers.read_plausible().bounds["zero_between"].low * totals.get(s.year, 0.0)
    return not _is_minor(check, s, totals)


def _jumps(check: checks.Check) -> None:
    bounds = numbers.read_plausible().bounds
    totals = _energy_by_year(check)
    for series in _series(check):
        for (before, was), (s, amount) in pairwise(zip(series, _amounts(check, series), strict=True)):
            doubtful = any((s.entry.key, year) in check.questioned for year in (before.year, s.year))
            if doubtful or s.year != before.year + 1 or min(was, amount) <= 0 or _is_minor(check, s, totals):
                continue
            ratio = amount / was
            if not bounds["yearly_change"].holds(ratio):
                more, less = significant(ratio), significant(1 / ratio)
                year = f"the year before ({before.written})"
                told = f"it is {more} times {year}" if ratio > 1 else f"it is one part in {less} of {year}"
                remedy = f"{told}; correct it, or say why in the notes"
                check.report(s, "a change that has a reason", remedy, "jump", "warning")
                break


def _is_minor(check: checks.Check, s: Statement, totals: dict[int, float]) -> bool:
    """Tell whether a carrier is too small for its changes to matter."""
    if s.entry.quantity == "energy" or s.unit == "TJ":
        return check.tj(s) < numbers.read_plausible().bounds["main_share"].low * totals.get(s.year, 0.0)
    return s.entry.quantity not in ("value_added", "gdp", "gross_output", "population", "total_energy", "product")


def _energy_by_year(check: checks.Check) -> dict[int, float]:
    """Sum the energy of the park by year, TJ."""
    totals: dict[int, float] = {}
    for s in check.statements.all.values():
        if s.role == "park" and s.entry.quantity == "energy":
            totals[s.year] = totals.get(s.year, 0.0) + check.tj(s)
    return totals


def _is_in_question(check: checks.Check, year: int, *quantities: str) -> bool:
    """Tell whether a year has a value that is already questionable or could not be read."""
    entries = check.statements.entries
    doubtful = {*check.questioned, *((key[2], key[3]) for key in check.statements.spoiled if key[0] == "park")}
    return any(y == year and entries[key].quantity in quantities for key, y in doubtful)


def _totals(check: checks.Check) -> None:
    """Check that carriers add up to the stated total, at calorific value, with feedstock and less sales."""
    bound = numbers.read_plausible().bounds["closure"]
    sums = _energy_by_year(check)
    memo_items = [(check.of("generation", "renewable"), 1.0), (check.of("export", "electricity"), -1.0)]
    memo_items.append((check.of("export", "heat"), -1.0))
    for year, stated in check.of("total_energy").items():
        if year not in sums or _is_in_question(check, year, "energy", "total_energy", "export", "generation"):
            continue
        found = sums[year] + sum(sign * check.tj(series[year]) for series, sign in memo_items if year in series)
        if stated.value > 0 and not bound.holds(found / stated.value):
            bought = check.of("energy", "electricity").get(year)
            mwh = check.tj(bought) / 0.0036 if bought else 0.0
            equivalent = found + mwh * (TCE_PER_MWH_EQUIVALENT * TJ_PER_TCE - 0.0036)
            hint = (
                "it looks like a total at equivalent value (等价值); " if bound.holds(equivalent / stated.value) else ""
            )
            sums_to = f"the carriers add up to {found / TJ_PER_TCE:,.0f} tce, {found / stated.value:.1%} of it"
            remedy = f"{hint}{sums_to}: check both"
            check.report(stated, "the sum of the carriers", remedy, "total_differs", "warning")


def _shares(check: checks.Check) -> None:
    """Check that stated shares of total energy sum to one and agree with the carriers."""
    bound, sums = numbers.read_plausible().bounds["shares"], _energy_by_year(check)
    stated: dict[int, dict[str, Statement]] = {}
    for s in check.statements.all.values():
        if s.entry.quantity == "energy_share":
            stated.setdefault(s.year, {})[s.entry.item] = s
    for year, shares in stated.items():
        last, total = list(shares.values())[-1], sum(s.value for s in shares.values())
        complete = len(shares) == len({*SHARES.values(), "other"})
        if total > bound.high or (complete and not bound.holds(total)):
            check.report(last, "shares that sum to 1", f"they sum to {total:.3g}: correct them", "share_sum")
            continue
        if not sums.get(year) or _is_in_question(check, year, "energy", "energy_share", "total_energy"):
            continue
        for item, s in shares.items():
            computed = _group(check, year, item) / sums[year]
            if abs(computed - s.value) > SHARE_DIFFERENCE:
                remedy = f"the carriers give {computed:.1%}: check both"
                check.report(s, "the share of its carriers", remedy, "share_differs", "warning")


def _group(check: checks.Check, year: int, item: str) -> float:
    """Sum the energy of a group of carriers in a year, TJ."""
    found = (s for s in check.statements.all.values() if s.role == "park" and s.year == year)
    energy = [s for s in found if s.entry.quantity == "energy"]
    return sum(check.tj(s) for s in energy if SHARES.get(check.book.carriers[s.entry.item].group, "other") == item)


def _intensity(check: checks.Check) -> None:
    """Energy per value added."""
    bound, sums = numbers.read_plausible().bounds["energy_intensity"], _energy_by_year(check)
    for year, s in check.of("value_added").items():
        doubtful = _is_in_question(check, year, "energy", "total_energy", "value_added")
        if doubtful or s.value <= 0 or year not in sums or not check.choices.factor_set:
            continue
        per = sums[year] / TJ_PER_TCE / (s.value * 100)
        if not bound.holds(per):
            remedy = f"it is {per:.3g}: check the units of energy and value added"
            check.report(s, f"from {bound.low:g} to {bound.high:g} {bound.unit}", remedy, "intensity", "warning")


def _unused(check: checks.Check) -> None:
    """Note once which recorded quantities are not part of the emissions."""
    activity = check.choices.activity
    names = {s.entry.key for s in check.statements.all.values() if s.role == "park"}
    entries = [entry for key, entry in check.statements.entries.items() if key in names]
    memo_items = [entry.key for entry in entries if entry.quantity not in (*translation.USED, activity)]
    if memo_items:
        remedy = f"recorded and checked, not part of the emissions: {', '.join(memo_items)}"
        finding = numbers.Finding("", remedy, "beside", "note")
        check.statements.report("workbook", None, finding)
    area, rate = check.of("green_area"), check.of("sequestration")
    if area and not rate:  # in some years only, it is a gap
        s = next(iter(area.values()))
        remedy = "without it the green area stores nothing in the result; it has no default"
        check.statements.report(
            s.place, s.written, numbers.Finding("a sequestration rate beside it", remedy, "sink_rate", "warning")
        )


def hint(check: checks.Check) -> None:
    """Warn of unusual statements, and of a part or factor that is blank between two years that have it."""
    _parts_of_some_years(check)
    if not check.statements.layout.blocks:  # blank cells of a workbook are reported where it is read
        _values_of_some_years(check)
    if check.choices.factor_set:
        _captured(check)


def hint_at_power(check: checks.Check, place: str) -> None:
    """Warn of a park that neither buys nor makes power: its table is rarely complete."""
    known = [*check.of("energy", "electricity"), *check.of("generation", "electricity")]
    if not known and any(s.entry.quantity == "energy" for s in check.statements.all.values()):
        remedy = "a park without any power is rare; type 0 if it buys none"
        check.statements.report(place, None, numbers.Finding("purchased electricity", remedy, "no_power", "warning"))


def other_province(grid_factor: str, province: str) -> numbers.Finding | None:
    """Find a provincial grid factor of another province than the park's own."""
    kind, _, named = grid_factor.partition(":")
    if not (kind.startswith("provincial") and province and named and named not in province):
        return None
    remedy = "the park stands in another province; correct one of the two, or say why in the remarks"
    return numbers.Finding(f"the grid factor of {province}", remedy, "grid_province", "warning")


def _parts_of_some_years(check: checks.Check) -> None:
    """Warn of feedstock or an own factor in some years only, which makes a jump."""
    series: dict[tuple[str, str, str], list[Statement]] = {}
    for s in check.statements.all.values():
        if s.entry.quantity in ("energy", "product", "fixed_carbon") and s.value > 0:
            series.setdefault((s.role, s.owner, s.entry.key), []).append(s)
    for of_key in series.values():
        for name, what, otherwise, missing in (
            ("factor", "its own factor", "elsewhere the listed one counts", "type it"),
            ("feedstock", "feedstock", "elsewhere all of it burns", "type it, 0 only if it is 0"),
        ):
            given = [s for s in of_key if (s.factor is not None if name == "factor" else s.feedstock_place)]
            if name == "feedstock" and not any(s.feedstock for s in given):
                continue
            lacking = [s for s in of_key if s not in given]
            years = ", ".join(str(s.year) for s in given)
            between = _between(given, lacking)
            for s in between:
                finding = numbers.Finding(f"{what} in {s.year}", f"it is given in {years}: {missing}", "blank")
                blank = s.role, s.owner, f"{s.entry.key}, {name}", s.year
                check.statements.report(check.statements.blanks.get(blank, f"{s.place}, {name}"), None, finding)
            # Years of which the table has no line of an enterprise lack its measured factor as well.
            absent = _absent(check, of_key) if name == "factor" and given and not lacking else []
            if given and (lacking or absent) and not between:
                s = (lacking or absent)[0]
                remedy = f"{what} is given in {years} only, {otherwise}: give it in every year"
                finding = numbers.Finding(f"{what} in every year or in none", remedy, f"{name}_years", "warning")
                check.statements.report(s.place, s.written, finding)


def _absent(check: checks.Check, of_enterprise: list[Statement]) -> list[Statement]:
    """List the park's use in years without statements of an enterprise."""
    first, known = of_enterprise[0], {s.year for s in of_enterprise}
    if first.role != "enterprise":
        return []
    of_park = check.of(first.entry.quantity, first.entry.item)
    return [s for year, s in sorted(of_park.items()) if year not in known and s.value > 0]


def _values_of_some_years(check: checks.Check) -> None:
    """Warn of gaps in quantities subtracted from the emissions: a missing row is unknown, not 0."""
    series: dict[str, dict[int, Statement]] = {}
    for s in check.statements.all.values():
        if s.role == "park" and s.entry.quantity in ("export", "captured"):
            series.setdefault(s.entry.key, {})[s.year] = s
    for given in series.values():
        absent = [year for year in check.years if year not in given]
        name = next(iter(given.values())).entry.words().en
        for year in absent:
            nearest = given[min(given, key=lambda other: abs(other - year))]
            is_between = min(given) < year < max(given)
            remedy = f"it is given in other years ({nearest.place}) and counts as 0: say it, 0 only if it is 0"
            finding = numbers.Finding(f"{name} in {year}", remedy, "blank" if is_between else "blank_year")
            if not is_between:
                finding = finding._replace(severity="warning")
            check.statements.report(f"{nearest.place}, {year}", None, finding)


def _between(given: list[Statement], lacking: list[Statement]) -> list[Statement]:
    """Return the statements of ``lacking`` that lie between two years of ``given``."""
    years = [s.year for s in given]
    return [s for s in lacking if years and min(years) < s.year < max(years)]


def _captured(check: checks.Check) -> None:
    """Check that captured CO2 is not more than the direct emissions of the park."""
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


def _direct(check: checks.Check, s: Statement) -> float:
    """Compute the direct emissions of a statement, tCO2."""
    if s.entry.quantity == "energy":
        group = check.book.carriers[s.entry.item].group
        if group in ("electricity", "heat", *ZERO_GROUPS):
            return 0.0
        own = check.book.own(s)
        return check.tj(s) * ((check.book.default(s.entry.item, s.year) or 0.0) if own is None else own)
    listed = check.book.processes.get(s.entry.default_factor)
    if s.entry.quantity == "product" and (s.factor is not None or listed):
        return s.value * (s.factor if s.factor is not None else listed.value)
    return 0.0
