"""Peak, plateau or rising, 219 entities 1960-2020: Mann-Kendall and Spearman after the maximum.

张楠 et al. (2022), 中国环境科学 42(4), 1912-1921; abstract only, which names neither gap nor significance level.
"""

from collections import Counter

import pandas as pd

from pathway_models.intake.panels import read_panel
from pathway_models.intake.published import Study
from pathway_models.kernels.published_rules import RULES
from pathway_models.reproduction.comparison import Answer, Answers

RULE, LAST = "zhang2022", 2020
GAPS, LEVELS, LAST_YEARS = (5, 7, 10), (0.05, 0.01), (2018, 2019, LAST)
GCB = "Global Carbon Budget 2023"


def compute(study: Study) -> Answers:
    """Judge every entity by the rule as implemented in the package, then vary the settings the abstract omits."""
    series = {GCB: emissions_by_country(), **_other_inventories(study.table())}
    sensitivity = by_settings(series)
    usual = sensitivity.set_index(["inventory", "last_year", "gap", "level"]).loc[GCB, LAST, 5, 0.05]
    span = (
        f"rule not fixed by the abstract: over inventories, last years, gaps and levels {sensitivity['peaked'].min()}-"
        f"{sensitivity['peaked'].max()} peaked and {sensitivity['plateau'].min()}-{sensitivity['plateau'].max()} on a "
        f"plateau; shown: gap 5 years, level 5 %. {_matches(study, sensitivity)}"
    )
    same = "the same count, but the paper's inventory is not named: a coincidence cannot be excluded"
    answers = {
        "entities": Answer(float(usual["entities"]), same),
        "peaked_countries": Answer(float(usual["peaked"]), span),
        "plateau": Answer(float(usual["plateau"]), span),
        "peaked_unions": Answer(None, "the abstract does not say which union, and the inventory here holds no unions"),
    }
    return Answers(
        {e.key: answers[e.quantity] for e in study.estimates},
        {"settings": sensitivity},
        {"count": f"The {span.replace('rule not fixed', 'rule is not fixed')}."},
    )


def _matches(study: Study, sensitivity: pd.DataFrame) -> str:
    """Say which settings return both published counts, the union counted with the countries."""
    published = {estimate.quantity: estimate.value for estimate in study.estimates}
    peaked = published["peaked_countries"] + published["peaked_unions"]
    hits = sensitivity[(sensitivity["peaked"] == peaked) & (sensitivity["plateau"] == published["plateau"])]
    named = "; ".join(
        f"{hit.inventory}, to {hit.last_year}, {hit.gap} years, {hit.level:.0%}" for hit in hits.itertuples()
    )
    found = f"{len(hits)} of {len(sensitivity)} settings return both counts"
    return f"{found} ({named}): found by searching, so no sign that it is the paper's" if len(hits) else found


def emissions_by_country() -> dict[str, pd.Series]:
    """Return fossil CO2 by country, indexed by year, from the shipped panel."""
    panel = read_panel("countries")
    table = pd.DataFrame(panel.values["emissions_tco2"].T, index=panel.years, columns=list(panel.entities))
    return {name: table[name].dropna() for name in table}


def _other_inventories(given: pd.DataFrame) -> dict[str, dict[str, pd.Series]]:
    return {
        name: {
            str(iso3): rows.set_index("year")[column].dropna()
            for iso3, rows in given.groupby("iso3")
            if rows[column].sum() > 0
        }
        for name, column in (("EDGAR 2024", "edgar_fossil_co2_mt"), ("PRIMAP-hist 2.5.1", "primap_fossil_co2_mt"))
    }


def by_settings(series: dict[str, dict[str, pd.Series]]) -> pd.DataFrame:
    """Count entities by class over inventory, last year, gap and significance level."""
    lines = []
    for inventory, by_entity in series.items():
        for last in LAST_YEARS:
            known = [s[s.index <= last] for s in by_entity.values()]
            for gap in GAPS:
                for level in LEVELS:
                    classes = _classes(known, gap, level)
                    counts = (classes["peaked"], classes["plateau"], classes["rising"] + classes["not_peaked"])
                    lines.append((inventory, last, gap, level, sum(classes.values()), *counts))
    columns = ["inventory", "last_year", "gap", "level", "entities", "peaked", "plateau", "maximum_too_recent"]
    return pd.DataFrame(lines, columns=columns)


def _classes(known: list[pd.Series], gap: int, level: float) -> Counter[str]:
    apply = RULES[RULE].apply
    return Counter(apply(s.index, s.to_numpy(), gap=gap, level=level).verdict for s in known if len(s))
