"""China's official cuts of CO2 per GDP since 2005, from four inventories: which inventory decides.

Announcements of the Chinese government, seen in copies.  Economy: GDP at constant 2015 US$ (World Bank).
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.decomposition import intensity_cut
from pathway_models.reproduction.comparison import Answer, Answers

CEADS, GCB = "CEADs, energy and process", "Global Carbon Budget 2023"
PERCENT = 100.0


def compute(study: Study) -> Answers:
    """Compute the cut of emissions per GDP over every announced period, by inventory."""
    series = inventories(study)
    gdp = study.table("economy").set_index("year")["gdp_const2015usd_tn"]
    table = by_inventory(series, gdp, [estimate.scenario for estimate in study.estimates])
    values = {}
    for estimate in study.estimates:
        found = table[table["period"] == estimate.scenario].set_index("inventory")["cut"]
        used = CEADS if CEADS in found.index else GCB
        cause = (
            f"{used}; by inventory {found.min():.1f} to {found.max():.1f} %: the official inventory and GDP behind the "
            f"figure are not published with it, and none of four inventories gives it"
        )
        values[estimate.key] = Answer(float(found[used]), cause)
    published = {estimate.key: estimate.value for estimate in study.estimates}
    closest = min(values, key=lambda key: abs(values[key].value - published[key]))
    spread = table.groupby("period")["cut"].agg(lambda cuts: cuts.max() - cuts.min())
    sentence = (
        f"Four inventories over the same GDP differ by {spread.min():.1f} to {spread.max():.1f} percentage points, and "
        f"none gives an official figure to its last digit; CEADs is {values[closest].value - published[closest]:+.2f} "
        f"points off for {closest[1]}."
    )
    return Answers(values, {"inventories": table}, {"cuts": sentence})


def inventories(study: Study) -> dict[str, pd.Series]:
    """Return China's CO2 by inventory, Mt, indexed by year."""
    kaya, gases = study.table("kaya"), study.table("gases")
    return {
        CEADS: study.table("ceads").set_index("year")["total_mtco2"],
        GCB: study.table("economy").set_index("year")["co2_total"],
        "Energy Institute, energy": kaya[kaya["region"] == "China"].set_index("year")["F"],
        "EDGAR 2024, fossil": gases[gases["iso3"] == "CHN"].set_index("year")["edgar_fossil_co2_mt"],
    }


def by_inventory(series: dict[str, pd.Series], gdp: pd.Series, periods: list[str]) -> pd.DataFrame:
    """Compute the cut of emissions per GDP, %, of each inventory over each period it covers."""
    lines = []
    for name, emissions in series.items():
        for period in periods:
            first, last = map(int, period.split("-"))
            if {first, last} <= set(emissions.index):
                cut = intensity_cut(emissions[first], gdp[first], emissions[last], gdp[last])
                lines.append((name, period, PERCENT * float(cut)))
    return pd.DataFrame(lines, columns=["inventory", "period", "cut"])
