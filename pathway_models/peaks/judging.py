"""Judge any emissions series by published peak rules: the same series, many verdicts, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import pandas as pd

from pathway_models.core.errors import Fault, InputError
from pathway_models.intake.series import FIRST_YEAR, LAST_YEAR, check_series
from pathway_models.kernels.observed_peak import DECLINES, SHORTEST_RECORD, observed_peak, untested
from pathway_models.kernels.published_rules import RULES
from pathway_models.kernels.rule_results import RuleResult, as_record

#: Columns of the result, in order.
RESULT = ("entity", "rule", "verdict", "peak_year", "detail")
#: Columns of the miss rates, by decline in percent a year.
MISS_COLUMNS = tuple(f"miss_{100 * decline:.0f}" for decline in DECLINES)

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
        ``attrs["told"]`` names the columns and lines that were left aside.

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
    table = _checked(series, as_of, faults, entity, year, value)
    rows = [
        (name, rule, result.verdict, result.peak_year, result.detail)
        for name, group in table.groupby("entity", sort=False)
        for rule, result in _results_of(group, chosen, as_of)
    ]
    verdicts = pd.DataFrame(rows, columns=list(RESULT)).astype({"peak_year": "Int64"})
    used = {extra for rule in chosen for extra in RULES[rule].companions}
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
    for name, group in table.groupby("entity", sort=False):
        record = as_record(group["year"], group["value"], as_of)
        reason = record.unfit(SHORTEST_RECORD, every_year=True, positive=True)
        test = untested(reason) if reason else observed_peak(record.years, record.values, autocorrelation)
        fields = {"entity": name, **asdict(test)}
        misses = dict(zip(MISS_COLUMNS, fields.pop("miss"), strict=True))
        rows.append({**fields, **misses})
    columns = [*(column for column in rows[0] if column not in (*MISS_COLUMNS, "detail")), *MISS_COLUMNS, "detail"]
    return pd.DataFrame(rows)[columns].astype({"peak_year": "Int64"})


def _checked(
    series: Series, as_of: int | None, faults: list[Fault], entity: str, year: str, value: str
) -> pd.DataFrame:
    """Check the table of the series; raise the faults given and those found."""
    if as_of is not None and not FIRST_YEAR <= as_of <= LAST_YEAR:
        expected = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
        faults = [*faults, Fault("judge", "as_of", str(as_of), expected, "give a calendar year", code="as_of")]
    try:
        table = check_series(*_as_table(series, entity, year, value))
        if isinstance(series, pd.DataFrame):  # a table that was read says what was left aside then
            table.attrs["told"] = [*series.attrs.get("told", ()), *table.attrs["told"]]
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return table


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


def _results_of(group: pd.DataFrame, rules: list[str], as_of: int | None) -> list[tuple[str, RuleResult]]:
    years, values = group["year"].to_numpy(), group["value"].to_numpy()
    record = as_record(years, values, as_of)
    if not len(record.years):
        nothing = RuleResult("unknown", None, f"no data up to {as_of}; the series starts in {years[0]}")
        return [(name, nothing) for name in rules]
    missing = ", ".join(str(gap) for gap in record.missing_years)
    answers = []
    for name in rules:
        rule = RULES[name]
        companions = {extra: group[extra].to_numpy() for extra in rule.companions if extra in group}
        result = rule.apply(years, values, as_of=as_of, **companions)
        if missing and result.verdict != "unknown":
            result = RuleResult(result.verdict, result.peak_year, f"{result.detail}; no value for {missing}")
        answers.append((name, result))
    return answers
