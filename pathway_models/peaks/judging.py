"""Judge any emissions series by published peak rules: the same series, many verdicts, side by side.

Beside verdicts: growth, decoupling and drivers of a user's table, by the arithmetic of published studies.

Values missing from a table are ``not given`` in the result, never a finding.  Sources: Tapio (2005) Transport Policy
12, 137-151; Ang (2004) Energy Policy 32, 1131-1139; two years set against each other as in World Resources Institute
(2016), The Roads to Decoupling (``wri2016``; the criterion is background knowledge).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.core import Fault, InputError
from pathway_models.intake.panels import check_series, read_series
from pathway_models.intake.table.entity_table import FIRST_YEAR, LAST_YEAR, read_quantities
from pathway_models.inventory.decomposition import tapio_state
from pathway_models.kernels import decomposition, observed_peak
from pathway_models.kernels.observed_peak import observed_peaks as tested
from pathway_models.kernels.published_rules import RULES

#: Columns of the result, in order.
RESULT = ("entity", "rule", "verdict", "peak_year", "detail")
#: Columns of the miss rates, by decline in percent a year.
MISS_COLUMNS = tuple(f"miss_{100 * decline:.0f}" for decline in observed_peak.DECLINES)

#: Seconds per verdict, and per year of simulated noise, on an ordinary machine; shortest work that is announced.
SECONDS_A_VERDICT, SECONDS_A_YEAR, ANNOUNCED = 6e-5, 5e-3, 2.0
#: Years of simulated noise beyond which a table is refused: about a minute.
MOST_SIMULATED = 12_000

Series = pd.DataFrame | pd.Series | Mapping


def judge(
    series: Series,
    rules: str | Iterable[str] | None = None,
    as_of: int | None = None,
    *,
    entity: str = "entity",
    year: str = "year",
    value: str = "value",
) -> pd.DataFrame:
    """Judge one or many emissions series by published peak rules and our own.

    Parameters
    ----------
    series : DataFrame, Series or mapping
        A table with one row an entity and year; or a Series indexed by year; or ``{year: value}``; or
        ``{entity: Series or {year: value}}``.  Emissions in any one unit, at least 0.  A table may
        also hold ``population``, ``gdp``, ``consumption``, ``ghg``, which some rules use.
    rules : str or iterable of str, optional
        Names in :data:`pathway_models.kernels.published_rules.RULES`; all by default.
    as_of : int, optional
        Judge with what was known up to this year; it is also "today" for rules that ask how old the data
        are.  The last year of each series by default.
    entity, year, value : str
        Names of the columns of a table.

    Returns
    -------
    pandas.DataFrame
        Columns ``entity, rule, verdict, peak_year, detail``; one row an entity and rule, in the order given.
        ``verdict`` is peaked, plateau, rising, not_peaked or unknown; ``peak_year`` is a nullable integer;
        ``attrs["told"]`` names the columns and lines that were ignored.

    Raises
    ------
    InputError
        With every fault of the series and of the rule names.

    Notes
    -----
    Missing years are allowed: rules that need every year answer ``unknown`` and name them, the others run and
    the detail names the missing years.

    Examples
    --------
    >>> flat_then_down = {2010: 90, 2011: 100, 2012: 97, 2013: 94, 2014: 90, 2015: 88, 2016: 85, 2017: 84}
    >>> judge(flat_then_down, rules=["c40", "unep_g20"])[["rule", "verdict", "peak_year"]].values.tolist()
    [['c40', 'peaked', 2011], ['unep_g20', 'peaked', 2011]]
    """
    chosen, faults = _chosen_rules(rules)
    return _judged(_checked(series, as_of, faults, entity, year, value), chosen, as_of)


def judge_file(
    path: str | Path,
    rules: str | Iterable[str] | None = None,
    as_of: int | None = None,
    *,
    entity: str = "entity",
    year: str = "year",
    value: str | None = None,
    wide: bool = False,
    announce: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Judge the series of a file: :func:`judge` of what :func:`~pathway_models.intake.panels.read_series` reads.

    Parameters
    ----------
    path, entity, year, value, wide
        As for :func:`~pathway_models.intake.panels.read_series`.
    rules, as_of
        As for :func:`judge`.
    announce : callable, optional
        Called with a text before work of more than two seconds.

    Returns
    -------
    pandas.DataFrame
        As :func:`judge`.

    Raises
    ------
    InputError
        With every fault of the file; those of the other arguments where the file has none.
    """
    table = read_series(path, entity, year, value, wide=wide)
    chosen, faults = _chosen_rules(rules)
    faults = faults + _faults_of_year(as_of)
    if faults:
        raise InputError(faults)
    return _judged(table, chosen, as_of, announce)


def _judged(
    table: pd.DataFrame, rules: list[str], as_of: int | None, announce: Callable[[str], None] | None = None
) -> pd.DataFrame:
    """Verdicts on a checked table."""
    names = table["entity"].to_numpy()
    starts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
    columns = {name: table[name].to_numpy() for name in table.columns[1:]}
    groups = [{name: column[first:end] for name, column in columns.items()} for first, end in pairwise(starts)]
    records = [observed_peak.as_record(group["year"], group["value"], as_of) for group in groups]
    _weigh(records, rules, announce)
    answers = _answers(groups, records, rules, as_of)
    rows = [
        (names[first], rule, result.verdict, result.peak_year, result.detail)
        for first, results in zip(starts, answers, strict=False)
        for rule, result in zip(rules, results, strict=True)
    ]
    verdicts = pd.DataFrame(rows, columns=list(RESULT)).astype({"peak_year": "Int64"})
    used = {extra for rule in rules for extra in RULES[rule].companions}
    unused = [name for name in table.columns[3:] if name not in used]
    verdicts.attrs["told"] = table.attrs["told"] + (
        [f"columns that no chosen rule uses: {', '.join(unused)}"] if unused else []
    )
    return verdicts


def observed_peaks(
    series: Series,
    as_of: int | None = None,
    autocorrelation: float | None = None,
    *,
    entity: str = "entity",
    year: str = "year",
    value: str = "value",
) -> pd.DataFrame:
    """Test one or many series for an observed peak, each with its own error rates.

    Parameters
    ----------
    series, as_of, entity, year, value
        As for :func:`judge`.
    autocorrelation : float, optional
        Largest lag-1 autocorrelation to allow for, 0 to 0.65 (the default).

    Returns
    -------
    pandas.DataFrame
        One row an entity: ``entity``, the fields of
        :class:`~pathway_models.kernels.observed_peak.ObservedPeak`, with ``miss`` spread over ``miss_1``,
        ``miss_2``, ``miss_3`` (by decline in percent a year).

    Raises
    ------
    InputError
        With every fault of the series.
    """
    table = _checked(series, as_of, [], entity, year, value)
    rows = []
    named = [
        (name, observed_peak.as_record(group["year"], group["value"], as_of))
        for name, group in table.groupby("entity", sort=False)
    ]
    reasons = [record.unfit(observed_peak.SHORTEST_RECORD, every_year=True, positive=True) for _, record in named]
    tests = iter(
        tested([record for (_, record), reason in zip(named, reasons, strict=True) if not reason], autocorrelation)
    )
    for (name, _), reason in zip(named, reasons, strict=True):
        test = observed_peak.untested(reason) if reason else next(tests)
        fields = {"entity": name, **asdict(test)}
        misses = dict(zip(MISS_COLUMNS, fields.pop("miss"), strict=True))
        rows.append({**fields, **misses})
    columns = [*(column for column in rows[0] if column not in (*MISS_COLUMNS, "detail")), *MISS_COLUMNS, "detail"]
    return pd.DataFrame(rows)[columns].astype({"peak_year": "Int64"})


def _checked(
    series: Series, as_of: int | None, faults: list[Fault], entity: str, year: str, value: str
) -> pd.DataFrame:
    """Check the table of the series; raise the faults given and those found."""
    faults = faults + _faults_of_year(as_of)
    try:
        table = check_series(*_as_table(series, entity, year, value))
        if isinstance(series, pd.DataFrame):  # a table that was read lists what was ignored
            table.attrs["told"] = [*series.attrs.get("told", ()), *table.attrs["told"]]
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return table


def _faults_of_year(as_of: int | None) -> list[Fault]:
    if as_of is None or FIRST_YEAR <= as_of <= LAST_YEAR:
        return []
    expected = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
    return [Fault("judge", "as_of", str(as_of), expected, "give a calendar year", code="as_of")]


def _chosen_rules(rules: str | Iterable[str] | None) -> tuple[list[str], list[Fault]]:
    names = list(RULES) if rules is None else [rules] if isinstance(rules, str) else list(dict.fromkeys(rules))
    known = ", ".join(RULES)
    faults = [
        Fault("judge", "rules", str(name), f"one of {known}", "correct the name", code="rule")
        for name in names
        if name not in RULES
    ]
    return names, faults


def _as_table(series: Series, entity: str, year: str, value: str) -> tuple[pd.DataFrame, str, str, str]:
    """Bring every accepted form to a table with named columns."""
    if isinstance(series, pd.DataFrame):
        return series, entity, year, value
    if isinstance(series, pd.Series):
        series = {str(series.name) if series.name is not None else "series": series}
    elif isinstance(series, Mapping) and not any(isinstance(part, Mapping | pd.Series) for part in series.values()):
        series = {"series": series}
    elif not isinstance(series, Mapping):
        expected = "a table, a Series indexed by year, or a mapping"
        found = type(series).__name__
        remedy = "give a DataFrame with entity, year, value"
        raise InputError([Fault("judge", "series", found, expected, remedy, code="series")])
    rows = [(name, calendar_year, number) for name, part in series.items() for calendar_year, number in part.items()]
    return pd.DataFrame(rows, columns=["entity", "year", "value"]), "entity", "year", "value"


def _weigh(records: Sequence[observed_peak.Record], rules: list[str], announce: Callable[[str], None] | None) -> None:
    """Announce work of more than two seconds; refuse what would take minutes."""
    years = 0
    if "observed_peak_test" in rules:
        years = observed_peak.simulated_years(
            [record for record in records if not record.unfit(1, every_year=True, positive=True)]
        )
    if years > MOST_SIMULATED:
        expected = f"records of few lengths whose highest year is more than {observed_peak.WINDOW} years back"
        work = f"for each length noise is simulated, here for {years} years, at most {MOST_SIMULATED}"
        remedy = f"{work}; split the table, or leave observed_peak_test out"
        raise InputError([Fault("judge", "series", "", expected, remedy, code="lengths_many")])
    seconds = SECONDS_A_VERDICT * len(records) * len(rules) + SECONDS_A_YEAR * years
    if announce and seconds > ANNOUNCED:
        announce(f"{len(records)} series by {len(rules)} rules: this takes about {math.ceil(seconds)} seconds")


def _answers(
    groups: Sequence[Mapping[str, np.ndarray]],
    records: Sequence[observed_peak.Record],
    rules: list[str],
    as_of: int | None,
) -> Iterator[list[observed_peak.RuleResult]]:
    """Answers of the rules to the series of each entity."""
    known = [record for record in records if len(record.years)]
    at_once = {rule: iter(apply(known)) for rule in rules if (apply := RULES[rule].apply_to_all)}
    for group, record in zip(groups, records, strict=True):
        if not len(record.years):
            nothing = observed_peak.RuleResult(
                "unknown", None, f"no data up to {as_of}; the series starts in {group['year'][0]}"
            )
            yield [nothing] * len(rules)
            continue
        missing = ", ".join(str(gap) for gap in record.missing_years)
        answers = []
        for name in rules:
            companions = {extra: group[extra] for extra in RULES[name].companions if extra in group}
            if name in at_once:
                result = next(at_once[name])
            elif companions:
                result = RULES[name].apply(group["year"], group["value"], as_of=as_of, **companions)
            else:
                result = RULES[name].apply(record, record.values, as_of=as_of)
            if missing and result.verdict != "unknown":
                result = observed_peak.RuleResult(
                    result.verdict, result.peak_year, f"{result.detail}; no value for {missing}"
                )
            answers.append(result)
        yield answers


Table = pd.DataFrame | str | Path
NOT_GIVEN = "not given"
#: Largest relative difference between a product of factors and the total they are said to make.
CLOSED = 1e-6


def growth(
    table: Table,
    quantities: Sequence[str] = ("value",),
    spans: Sequence[tuple[int, int]] = (),
    *,
    entity: str = "entity",
    year: str = "year",
) -> pd.DataFrame:
    """Change of quantities between years, of each entity.

    Parameters
    ----------
    table : DataFrame, str or Path
        One row an entity and year, in memory or as CSV.
    quantities : sequence of str
        Columns.
    spans : sequence of (first, last), optional
        Years set against each other; by default each year with a value and the one before it, then the whole record.
    entity, year : str
        Names of columns.

    Returns
    -------
    pandas.DataFrame
        ``entity, quantity, first, last, before, after, change, yearly, detail``: relative change, and the mean rate a
        year that makes it; NaN where ``detail`` names a missing value, or where the rate does not exist.

    Raises
    ------
    InputError
        With every fault of the table.

    Examples
    --------
    >>> table = pd.DataFrame({"entity": "a", "year": [2015, 2020], "value": [100.0, 110.25]})
    >>> found = growth(table, spans=[(2015, 2020), (2015, 2021)])
    >>> found[["change", "detail"]].round(4).values.tolist()
    [[0.1025, ''], [nan, 'not given: value of 2021']]
    """
    found = read_quantities(table, quantities, entity=entity, year=year)
    rows = []
    for name, group in found.groupby("entity", sort=False):
        for quantity in quantities:
            series = group.set_index("year")[quantity].dropna().sort_index()
            for first, last in spans or _spans(series.index.tolist()):
                before, after, detail = _ends(series, quantity, first, last)
                change = after / before - 1.0 if before else math.nan
                yearly = (after / before) ** (1.0 / (last - first)) - 1.0 if before > 0 and after >= 0 else math.nan
                rows.append((name, quantity, first, last, before, after, change, yearly, detail))
    columns = ["entity", "quantity", "first", "last", "before", "after", "change", "yearly", "detail"]
    return _told(pd.DataFrame(rows, columns=columns), found)


def _spans(years: list[int]) -> list[tuple[int, int]]:
    """Each year with the one before it, then the whole record."""
    pairs = list(pairwise(years))
    return [*pairs, (years[0], years[-1])] if len(years) > 2 else pairs


def _ends(series: pd.Series, quantity: str, first: int, last: int) -> tuple[float, float, str]:
    """Values of two years, and which of them is not given."""
    if last <= first:
        expected, remedy = "the earlier year first", "turn them round"
        raise InputError([Fault("call", "years", f"{first}-{last}", expected, remedy, code="years_order")])
    lacking = [f"{quantity} of {year}" for year in (first, last) if year not in series.index]
    before, after = (float(series.get(year, math.nan)) for year in (first, last))
    return before, after, f"{NOT_GIVEN}: {', '.join(lacking)}" if lacking else ""


def decouple(
    table: Table,
    first: int | None = None,
    last: int | None = None,
    *,
    entity: str = "entity",
    year: str = "year",
    value: str = "value",
    gdp: str = "gdp",
) -> pd.DataFrame:
    """Compare emissions with the economy in two years (``wri2016``), with Tapio's state.

    Parameters
    ----------
    table : DataFrame, str or Path
        One row an entity and year.
    first, last : int, optional
        The two years; of each entity the first and the last with emissions by default.
    entity, year, value, gdp : str
        Names of columns; GDP at constant prices.

    Returns
    -------
    pandas.DataFrame
        ``entity, first, last, emissions_change, gdp_change, elasticity, state, decoupled, detail``: decoupled where
        emissions fell while GDP rose; ``not given`` and missing where a value is, whatever the other ones say.

    Raises
    ------
    InputError
        With every fault of the table.

    Examples
    --------
    >>> table = pd.DataFrame({"entity": list("aabb"), "year": [2000, 2014] * 2, "value": [10.0, 9, 10, 9]})
    >>> decouple(table.assign(gdp=[1.0, 2, 1, None]), 2000, 2014)[["decoupled", "detail"]].values.tolist()
    [[True, ''], [<NA>, 'not given: gdp of 2014']]
    """
    found = read_quantities(table, (value, gdp), entity=entity, year=year)
    rows = []
    for name, group in found.groupby("entity", sort=False):
        by_year = group.set_index("year").sort_index()
        emitting = by_year[value].dropna().index
        ends = int(emitting[0]) if first is None else first, int(emitting[-1]) if last is None else last
        if ends[0] == ends[1]:
            rows.append((name, *ends, math.nan, math.nan, math.nan, NOT_GIVEN, pd.NA, f"{NOT_GIVEN}: a second year"))
            continue
        parts = [_ends(by_year[column].dropna(), column, *ends) for column in (value, gdp)]
        lacking = [detail.removeprefix(f"{NOT_GIVEN}: ") for _, _, detail in parts if detail]
        if lacking or any(before <= 0 for before, _, _ in parts):
            detail = f"{NOT_GIVEN}: {', '.join(lacking)}" if lacking else f"{NOT_GIVEN}: a value above 0 in {ends[0]}"
            rows.append((name, *ends, math.nan, math.nan, math.nan, NOT_GIVEN, pd.NA, detail))
            continue
        emitted, earned = (after / before - 1.0 for before, after, _ in parts)
        elasticity = emitted / earned if earned else math.copysign(math.inf, emitted)
        is_decoupled = emitted < 0 < earned
        rows.append((name, *ends, emitted, earned, elasticity, tapio_state(emitted, earned), is_decoupled, ""))
    changes = ["emissions_change", "gdp_change", "elasticity"]
    columns = ["entity", "first", "last", *changes, "state", "decoupled", "detail"]
    return _told(pd.DataFrame(rows, columns=columns).astype({"decoupled": "boolean"}), found)


def decompose(
    table: Table,
    factors: Sequence[str],
    *,
    total: str = "",
    part: str = "",
    years: Sequence[int] = (),
    entity: str = "entity",
    year: str = "year",
) -> pd.DataFrame:
    """Split the change of a product of factors, summed over parts, into one exact effect a factor (LMDI-I, additive).

    Parameters
    ----------
    table : DataFrame, str or Path
        One row an entity, part and year.
    factors : sequence of str
        Columns or ratios of two columns, such as ``population``, ``gdp/population``, ``energy/gdp``, ``value/energy``.
    total : str, optional
        Column that their product must be; a table in which it is not is refused.
    part : str, optional
        Column of parts of an entity, such as sectors.
    years : sequence of int, optional
        Years set against each other, one after the other; all that the table gives by default.
    entity, year : str
        Names of columns.

    Returns
    -------
    pandas.DataFrame
        ``entity, first, last, factor, effect``: from each year to the next one given, effects in the unit of the
        product; they add up to its change.

    Raises
    ------
    InputError
        With every fault of the table: a value that is not given, a ratio to zero, a part that stands in some years
        only, a product that is not the total.

    Examples
    --------
    >>> table = pd.DataFrame({"entity": "a", "year": [2015, 2020], "value": [100.0, 150.0], "gdp": [10.0, 20.0]})
    >>> decompose(table, ["gdp", "value/gdp"], total="value")["effect"].round(3).tolist()
    [85.476, -35.476]
    """
    columns = list(dict.fromkeys(name.strip() for factor in factors for name in factor.split("/")))
    columns += [total] if total and total not in columns else []
    found = read_quantities(table, columns, entity=entity, year=year, part=part)
    asked = sorted(years)
    faults: list[Fault] = []
    rows = [
        (name, first, last, factor, effect)
        for name, group in found.groupby("entity", sort=False)
        for first, last, effects in _effects(str(name), group, asked, list(factors), total, faults)
        for factor, effect in zip(factors, effects, strict=True)
    ]
    if faults:
        raise InputError(faults)
    return _told(pd.DataFrame(rows, columns=["entity", "first", "last", "factor", "effect"]), found)


def _effects(
    name: str, group: pd.DataFrame, asked: list[int], factors: list[str], total: str, faults: list[Fault]
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Effects of each factor from one year of an entity to the next."""
    parts = group["part"].tolist() if "part" in group else [""] * len(group)
    calendar = group["year"].tolist()
    years = asked or sorted(set(calendar))
    names = list(dict.fromkeys(parts))
    cells = [(part, year) for part in names for year in years]
    place = {cell: at for at, cell in enumerate(cells)}
    given = [(row, place[cell]) for row, cell in enumerate(zip(parts, calendar, strict=True)) if cell in place]
    rows, places = [row for row, _ in given], [at for _, at in given]
    wide: dict[str, np.ndarray] = {}
    for column in group.columns.drop(["entity", "year", "part"], errors="ignore"):
        values = wide[column] = np.full(len(cells), math.nan)
        values[places] = group[column].to_numpy(dtype=float)[rows]
        for at in np.flatnonzero(np.isnan(values)):
            where = " ".join(filter(None, (name, cells[at][0], str(cells[at][1]))))
            faults.append(Fault("table", f"{where}, {column}", "", "a value", "give it, 0 only if it is 0", code="gap"))
    if faults:
        return
    ratios = [_factor(wide, factor, name, faults) for factor in factors]
    if faults:
        return
    drivers = np.stack(ratios).reshape(len(factors), len(names), len(years))
    product = drivers.prod(axis=0)
    if total:
        stated = wide[total].reshape(product.shape)
        off = np.abs(product - stated) > CLOSED * np.maximum(np.abs(stated), np.abs(product))
        for p, y in np.argwhere(off)[:1]:
            found = f"{product[p, y]:.6g} and {stated[p, y]:.6g}"
            remedy = "the factors do not make the total: correct an identity or a unit"
            where = " ".join(filter(None, (name, names[p], str(years[y]))))
            faults.append(Fault("table", where, found, f"a product that is {total}", remedy, code="identity"))
            return
    effects = decomposition.lmdi(drivers[..., :-1], drivers[..., 1:])
    for at, (first, last) in enumerate(pairwise(years)):
        yield first, last, effects[:, at]


def _factor(wide: Mapping[str, np.ndarray], factor: str, name: str, faults: list[Fault]) -> np.ndarray:
    """A column, or the ratio of two or more; 0 over 0 is a part that is not there, and 0."""
    above, *below = [wide[column.strip()] for column in factor.split("/")]
    for divisor in below:
        if ((divisor == 0) & (above != 0)).any():
            remedy = "a ratio to 0 is no factor: leave the part out, or choose another identity"
            faults.append(Fault("table", name, factor, "a denominator other than 0", remedy, code="zero_denominator"))
        above = np.divide(above, divisor, out=np.zeros_like(above), where=divisor != 0)
    return above


def _told(result: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    result.attrs["told"] = found.attrs["told"]
    return result
