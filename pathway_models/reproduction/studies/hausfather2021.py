"""Absolute decoupling in 32 countries: CO2 falls at home and in consumption while the economy grows.

Hausfather (2021), Breakthrough Institute; data here: Global Carbon Budget 2023 instead of 2020.
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels import published_rules, trends
from pathway_models.peaks.judging import judge
from pathway_models.reproduction.comparison import Answer, Answers

RULE = "hausfather2021"
FIRST, LAST = 2005, 2019
GDP_GAPS = "a missing GDP counts as a rising one"
COLUMNS = {
    "iso3": "entity",
    "territorial_co2_mt": "value",
    "consumption_co2_mt": "consumption",
    "gdp_const2015usd_tn": "gdp",
}
#: Trends closer to zero than this, % a year, can change sign from one data release to the next.
NEXT_TO_ZERO = 0.3
COMPANIONS = ("consumption", "gdp", "population")


def compute(study: Study) -> Answers:
    """Judge every country by the rule, then vary the years and leave conditions out."""
    given = study.table().rename(columns=COLUMNS)
    ruled = judge(given, rules=RULE, as_of=LAST)
    counts = ruled["verdict"].value_counts()
    conditions, falling = by_conditions(given), falling_countries(given)
    with_gaps = int(conditions.set_index("conditions").loc[GDP_GAPS, "countries"])
    unjudged = ", ".join(ruled.loc[ruled["verdict"] == "unknown", "entity"])
    cause = (
        f"{unjudged} cannot be judged (below a million people, or no GDP); {with_gaps} when a missing GDP counts as a "
        f"rising one. The paper used the 2020 release and GDP at purchasing power, and its list was not seen, so that "
        f"a near count proves little"
    )
    answer = Answer(float(counts["peaked"]), cause)
    return Answers(
        {estimate.key: answer for estimate in study.estimates},
        {"years": by_years(given), "conditions": conditions, "falling": falling},
        {"count": _sentence(conditions, falling)},
    )


def _sentence(conditions: pd.DataFrame, falling: pd.DataFrame) -> str:
    close = falling.loc[falling["weaker_of_both"] > -NEXT_TO_ZERO, "country"]
    return (
        f"{conditions['countries'].iloc[0]} countries meet all four conditions, {conditions['countries'].min()} to "
        f"{conditions['countries'].max()} when one condition is left out or read otherwise; {len(close)} trends lie "
        f"within {NEXT_TO_ZERO} % a year of zero ({', '.join(close)})."
    )


def by_years(given: pd.DataFrame) -> pd.DataFrame:
    """Count countries when the window begins or ends in other years."""
    windows = [(FIRST, last) for last in range(2014, LAST + 1)] + [(first, LAST) for first in range(2006, 2011)]
    return pd.DataFrame(
        [(first, last, _count(given, (first, last), COMPANIONS)) for first, last in windows],
        columns=["first_year", "last_year", "countries"],
    )


def by_conditions(given: pd.DataFrame) -> pd.DataFrame:
    """Count countries with fewer conditions; conditions without data are then dropped."""
    has_gdp = given.groupby("entity")["gdp"].transform("count") == LAST - FIRST + 1
    lines = [
        ("all four conditions", _count(given, (FIRST, LAST), COMPANIONS)),
        ("without the limit of a million people", _count(given.assign(population=1e9), (FIRST, LAST), COMPANIONS)),
        (GDP_GAPS, _count(_filled(given, has_gdp), (FIRST, LAST), COMPANIONS)),
        ("without the condition on GDP", _count(given.assign(gdp=given["year"]), (FIRST, LAST), COMPANIONS)),
        (
            "without the condition on consumption",
            _count(given.assign(consumption=given["value"]), (FIRST, LAST), COMPANIONS),
        ),
    ]
    return pd.DataFrame(lines, columns=["conditions", "countries"])


def _filled(given: pd.DataFrame, has_gdp: pd.Series) -> pd.DataFrame:
    # ASSUME: only for the sensitivity: a country without GDP data counts as growing (its year stands for GDP).
    return given.assign(gdp=given["gdp"].where(has_gdp, given["year"].astype(float)))


def _count(given: pd.DataFrame, window: tuple[int, int], companions: tuple[str, ...]) -> int:
    apply = published_rules.RULES[RULE].apply
    results = [
        apply(rows["year"], rows["value"], window=window, **{name: rows[name] for name in companions})
        for _, rows in given.groupby("entity")
    ]
    return sum(result.verdict == "peaked" for result in results)


def falling_countries(given: pd.DataFrame) -> pd.DataFrame:
    """Find countries with falling territorial and consumption emissions: trends in % a year, weakest first."""
    lines = []
    for entity, rows in given.groupby("entity"):
        trend = [
            100.0 * trends.ols_slope(rows["year"], rows[name]).slope / rows[name].mean()
            for name in ("value", "consumption")
        ]
        if max(trend) < 0:
            lines.append((entity, rows["country"].iloc[0], *trend, max(trend)))
    columns = ["entity", "country", "territorial", "consumption", "weaker_of_both"]
    return pd.DataFrame(lines, columns=columns).sort_values("weaker_of_both", ascending=False, ignore_index=True)
