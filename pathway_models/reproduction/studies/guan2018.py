"""The peak that did not hold: "China's emissions peaked in 2013 at 9.53 Gt", judged then and three years later.

Guan et al. (2018), Nature Geoscience 11, 551-555, doi 10.1038/s41561-018-0161-1 (DOI from background knowledge).
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.observed_peak import as_record
from pathway_models.peaks.judging import judge
from pathway_models.reproduction.comparison import Answer, Answers

#: Last year of the paper's data, and of the release in hand.
THEN, NOW = 2016, 2019
CLAIMED = 2013


def compute(study: Study) -> Answers:
    """Find the maximum up to 2016, its later declines, and judge by every rule as of 2016 and as of 2019."""
    given = study.table()
    series = pd.Series(given["total_mtco2"].to_numpy(), index=given["year"].to_numpy(), name="China")
    then, now = (as_record(series.index, series, year) for year in (THEN, NOW))
    change = series.diff()
    outlasted = f"with data to {NOW} the maximum is {now.peak_year}, {now.values.max() / 1e3:.2f} Gt"
    values = {
        "peak_year": Answer(float(then.peak_year), f"maximum of {given['year'].min()}-{THEN}; {outlasted}"),
        "peak_emissions": Answer(
            float(then.values.max() / 1e3), "a newer release of the same inventory prints the same"
        ),
    }
    for year in (2014, 2015, 2016):
        values[f"declines_in_{year}"] = Answer(
            float(change[year] < 0),
            f"{change[year]:+.1f} Mt on the year before"
            + ("" if change[year] < 0 else ": the newer release has no third year of decline"),
        )
    tables = {"verdicts": verdicts(series, (THEN, NOW)), "timeline": verdicts(series, range(2010, NOW + 1))}
    maximum = f"Up to {THEN} the maximum is {then.peak_year}, {then.values.max() / 1e3:.2f} Gt; {outlasted}."
    found = {"maximum": maximum, "rules": _rules_sentence(tables["verdicts"])}
    return Answers({estimate.key: values[estimate.quantity] for estimate in study.estimates}, tables, found)


def _rules_sentence(table: pd.DataFrame) -> str:
    """Say how many rules called the peak of 2013 with the data at the time, and how many still do."""
    claimed = (
        table[(table["verdict"] == "peaked") & (table["peak_year"] == CLAIMED)].groupby("as_of")["rule"].apply(list)
    )
    then, now = (claimed.get(year, []) for year in (THEN, NOW))
    kept = ", ".join(sorted(set(then) & set(now))) or "none"
    return (
        f"As of {THEN}, {len(then)} of {table['rule'].nunique()} rules called a peak in {CLAIMED} "
        f"({', '.join(then) or 'none'}); as of {NOW}, {len(now)} did (still: {kept})."
    )


def verdicts(series: pd.Series, as_of: object) -> pd.DataFrame:
    """Table the verdict of every rule on the data known at the end of each year, one row a rule and year."""
    return pd.concat([judge(series, as_of=year).assign(as_of=year) for year in as_of], ignore_index=True)
