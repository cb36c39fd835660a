"""China to 2060 by the Energy Policy Simulator: accounts of a run added up, its Kaya terms through the engine.

Run China Low BAU of 29 August 2024 (source key eps_china_2024).
"""

import pandas as pd

from pathway_models.intake.published import Estimate, Study
from pathway_models.records import DriverPath, Scenario
from pathway_models.reproduction.comparison import Answer, Answers, drive, record_of_totals, tabled_scenarios

#: Last year of the run that stands as the record; the years before it are three.
BASE, LAST = 2025, 2060
#: Tonnes in the run's unit, 亿t.
UNIT = 1e8
ADDED = "nine sectors of the run, land use among them, added up"
IDENTITY = "value added x energy per value added x CO2 per energy of the run through the engine: an identity"
NO_GASES = "other gases of the run are not among the inputs"
RATES = "the engine compounds the rates of the plan periods from the sheet's value of 2025"
ACTUAL = "the sheet starts from actual years, which the printed rate of 2021-2025 misses"


def compute(study: Study) -> Answers:
    """Add the sectors, drive the engine by the run's Kaya terms, compound GDP by periods."""
    run = study.table().pivot(index="year", columns="name", values="value").sort_index().astype(float)
    total = run.filter(like="co2_").sum(axis=1)
    driven = _driven(run, total)
    gdp = _economy(study)
    values = {}
    for estimate in study.estimates:
        values[estimate.key] = _answer(estimate, total, driven, gdp)
    gap = (driven / total.loc[BASE:] - 1.0).abs().max()
    top = total.nlargest(4)
    first, last = sorted(top.index)[0], sorted(top.index)[-1]
    electric, fuel = run["co2_electricity"].idxmax(), run["co2_industry_fuel"].idxmax()
    sentence = (
        f"The peak of {total.idxmax()} is a plateau: {first}-{last} lie within {1 - top.min() / top.max():.1%} of it. "
        f"Industry's fuels peak in {fuel}, electricity in {electric}."
    )
    table = pd.DataFrame({"accounts": total, "engine": driven}).rename_axis("year")
    identity = f"Engine and accounts differ by {gap:.0e} at most over {BASE}-{LAST}."
    return Answers(values, {"paths": table}, {"plateau": sentence, "identity": identity})


def _driven(run: pd.DataFrame, total: pd.Series) -> pd.Series:
    """Run the Kaya terms of the run from 2025 and return CO2 in its unit."""
    energy = run.filter(like="energy_").sum(axis=1)
    terms = {"gdp": run["value_added"], "energy_per_gdp": energy / run["value_added"], "co2_per_energy": total / energy}
    paths = [
        DriverPath(name, "", "", year, year, "growth", float(100.0 * (level[year] / level[year - 1] - 1.0)), "%/yr")
        for name, level in terms.items()
        for year in range(BASE + 1, LAST + 1)
    ]
    scenario = Scenario("low_bau", "低基准情景", "Low BAU", drivers=tuple(paths))
    years = range(int(run.index[0]), BASE + 1)
    park = record_of_totals("eps-china", years, total.loc[:BASE] * UNIT)
    return drive(park, [scenario], LAST).emissions["low_bau"] * total[BASE]


def _economy(study: Study) -> pd.DataFrame:
    """Compound GDP from the sheet's 2025, and to 2025 from its 2020."""
    anchors = study.table("gdp").pivot(index="year", columns="scenario", values="value").astype(float)
    scenarios = tabled_scenarios(study)
    paths = {}
    for start, last in ((2020, 2025), (2025, LAST)):
        record = record_of_totals("eps-gdp", range(start - 2, start + 1), [1e6] * 3)
        activity = drive(record, scenarios, last).activity
        paths[start] = activity * anchors.loc[start]
    return pd.concat([paths[2020], paths[2025].loc[2026:]])


def _answer(estimate: Estimate, total: pd.Series, driven: pd.Series, gdp: pd.DataFrame) -> Answer:
    quantity = estimate.quantity
    if quantity == "peak_year":
        return Answer(float(total.idxmax()), ADDED)
    if quantity == "peak_value":
        return Answer(float(total.max()), ADDED)
    what, _, year = quantity.rpartition("_")
    if what == "co2e":
        return Answer(None, NO_GASES)
    if what == "gdp":
        return Answer(float(gdp.at[int(year), estimate.scenario]), ACTUAL if int(year) <= BASE else RATES)
    if int(year) <= BASE:
        return Answer(float(total[int(year)]), ADDED)
    return Answer(float(driven[int(year)]), IDENTITY)
