"""Countries with sustained reductions: 24 in the paper, more by the algorithm its group published later.

Lamb et al. (2022), Climate Policy 22(1), doi 10.1080/14693062.2021.1990831 (DOI from background knowledge);
algorithm as published with the UNEP Emissions Gap Report 2023, chapter 2; data: EDGAR 2024.
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.peaks.judging import judge
from pathway_models.reproduction.comparison import Answer, Answers

RULE, LAST = "lamb2022", 2018
COLUMNS = {"iso3": "entity", "edgar_fossil_co2_mt": "value", "edgar_ghg_mt": "ghg"}
NO_LIST = "the paper's list of countries was not seen, so that its groups cannot be told apart"


def compute(study: Study) -> Answers:
    """Judge every country as of 2018, with and without the countries that the algorithm leaves out."""
    given, left_out = countries(study), study.table("left_out")
    sensitivity = by_vintage(given, left_out)
    final = sensitivity.set_index("last_year").loc[LAST]
    background = left_out.loc[left_out["confidence"] == "background", "iso3"]
    found = sorted(set(_peaked(given, LAST)) & set(background))
    cause = (
        f"the algorithm published later, on EDGAR 2024: {final['rule_alone']} by the rule alone, "
        f"{final['named_left_out']} without those it leaves out by name, {final['fragile_left_out']} also without "
        f"{', '.join(found)} (fragile-states filter; ranks from background knowledge); the paper's own rule and data "
        f"differ, and rule and vintage decide"
    )
    values = {
        estimate.key: Answer(float(final["fragile_left_out"]), cause)
        if estimate.quantity == "countries"
        else Answer(None, NO_LIST)
        for estimate in study.estimates
    }
    counts = sensitivity[["rule_alone", "named_left_out", "fragile_left_out"]]
    sentence = (
        f"Looking back from {sensitivity['last_year'].min()} to {sensitivity['last_year'].max()} the algorithm finds "
        f"{counts.min().min()} to {counts.max().max()} countries; from {LAST}, the paper's year, "
        f"{final['fragile_left_out']} to {final['rule_alone']}."
    )
    return Answers(values, {"vintage": sensitivity}, {"count": sentence})


def countries(study: Study) -> pd.DataFrame:
    """Return CO2, all gases and population by country, of places whose population is known."""
    given = study.table().rename(columns=COLUMNS).dropna(subset=["value", "ghg"])
    # ASSUME: places without population data (dependencies) are no countries in the sense of the paper; unions stay
    # here and are left out by name.
    known = given.groupby("entity")["population"].transform("count") > 0
    return given[known | (given["entity"] == "EU27")]


def _peaked(given: pd.DataFrame, last: int) -> list[str]:
    ruled = judge(given[given["year"] <= last], rules=RULE, as_of=last)
    return ruled.loc[ruled["verdict"] == "peaked", "entity"].tolist()


def by_vintage(given: pd.DataFrame, left_out: pd.DataFrame) -> pd.DataFrame:
    """Count countries when looking back from other years, by how many are left out beforehand."""
    named = set(left_out.loc[left_out["confidence"] != "background", "iso3"])
    everyone = set(left_out["iso3"])
    lines = []
    for last in (2015, 2016, 2017, LAST, 2019, 2020, 2021, 2022, 2023):
        found = set(_peaked(given, last))
        lines.append((last, len(found), len(found - named), len(found - everyone)))
    return pd.DataFrame(lines, columns=["last_year", "rule_alone", "named_left_out", "fragile_left_out"])
