"""Peaked and declining cities of China, 2001-2019: the open city file has gaps that decide the count.

Shan et al. (2022), Science Bulletin 67(18), 1910-1920, doi 10.1016/j.scib.2022.08.024; abstract only.
"""

import numpy as np
import pandas as pd

from pathway_models.intake import panels, published
from pathway_models.kernels.published_rules import RULES
from pathway_models.reproduction.comparison import Answer, Answers

RULE, FIRST, LAST = "shan2022", 2001, 2019
GAPS, LEVELS, FEWEST = (4, 5, 6), (0.05, 0.10), (3, 6, 10, 15)
OWN_END = "the city's last year"
READINGS = (OWN_END, f"{LAST}")


def compute(study: published.Study) -> Answers:
    """Judge every city of the open file by the rule, then vary gap, level and the fewest years asked for."""
    cities = city_series()
    sensitivity = by_settings(cities)
    usual = sensitivity.set_index(["gap_before", "gap", "level", "fewest_years"]).loc[OWN_END, 5, 0.05, 6]
    whole = sum(len(series) == LAST - FIRST + 1 for series in cities.values())
    recent = sum(series.index[-1] == LAST for series in cities.values())
    cause = (
        f"the open file lacks what the paper had: {whole} of {len(cities)} cities have every year {FIRST}-{LAST}, "
        f"{recent} reach {LAST}; counts of {sensitivity['declining'].min()} to {sensitivity['declining'].max()} "
        f"over gap, level and fewest years"
    )
    no_split = "proactive and passive are told apart by each city's economy, which the open file does not hold"
    answers = {
        "cities": Answer(
            float(usual["cities"]), f"cities with at least six years of data out of {len(cities)} in the open file"
        ),
        "peaked_or_declining": Answer(float(usual["declining"]), cause),
        "proactively_peaked": Answer(None, no_split, "not reproduced"),
        "passively_declining": Answer(None, no_split, "not reproduced"),
    }
    return Answers(
        {e.key: answers[e.quantity] for e in study.estimates},
        {"settings": sensitivity},
        {"count": f"{usual['declining']} declining cities instead of 59: {cause}."},
    )


def city_series() -> dict[str, pd.Series]:
    """Return emissions of each city since 2001, indexed by year, gaps left out."""
    panel = panels.read_panel("cities")
    table = pd.DataFrame(panel.values["emissions_tco2"].T, index=panel.years, columns=list(panel.entities)).loc[FIRST:]
    series = {name: table[name].dropna() for name in table}
    return {name: values for name, values in series.items() if len(values)}


def by_settings(cities: dict[str, pd.Series]) -> pd.DataFrame:
    """Count cities judged and declining, by reading of the gap, significance level and fewest years of data.

    The gap may be counted back from each city's own last year, as in the rule of the package, or from 2019, which
    accepts cities whose data end soon after their maximum.
    """
    lines = []
    for reading in READINGS:
        for fewest in FEWEST:
            used = [series for series in cities.values() if len(series) >= fewest]
            for gap in GAPS:
                for level in LEVELS:
                    found = [_declines(series, _gap(series, gap, reading), level) for series in used]
                    lines.append((reading, fewest, gap, level, len(used), int(np.sum(found))))
    return pd.DataFrame(lines, columns=["gap_before", "fewest_years", "gap", "level", "cities", "declining"])


def _gap(series: pd.Series, gap: int, reading: str) -> int:
    return gap if reading == OWN_END else max(int(series.index[-1]) - (LAST - gap), 0)


def _declines(series: pd.Series, gap: int, level: float) -> bool:
    result = RULES[RULE].apply(series.index, series.to_numpy(), gap=gap, level=level)
    return result.verdict == "peaked"
