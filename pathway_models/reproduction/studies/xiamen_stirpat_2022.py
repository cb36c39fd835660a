"""Xiamen, 2005-2035: a STIRPAT equation of seven drivers, its planned path through the engine.

Planning model, repository kangjf1943/XiamenCarbonPeak, not peer reviewed (source key xiamen_stirpat_2022).
"""

import pandas as pd

from pathway_models.baseline.scenario_drivers import stirpat_drivers, stirpat_level
from pathway_models.intake.published import Study
from pathway_models.records import Scenario
from pathway_models.reproduction.comparison import Answer, Answers, drive, record_of_totals

BASE, LAST = 2019, 2035
EQUATION = "the equation on observed drivers"
ENGINE = "the engine, driven by the growth that the elasticities make of the planned drivers"


def compute(study: Study) -> Answers:
    """Evaluate the equation on observed drivers, then run the planned drivers from there."""
    given = study.table()
    terms = given[given["part"] == "coefficient"].set_index("name")["value"]
    elasticities = {name.removeprefix("e_"): float(b) for name, b in terms.items() if name.startswith("e_")}
    levels = given[given["part"] != "coefficient"].pivot(index="year", columns="name", values="value").sort_index()
    levels.index = levels.index.astype(int)
    seen = stirpat_level(terms["intercept"], elasticities, dict(levels.loc[:BASE].items()))
    paths = stirpat_drivers(elasticities, dict(levels.loc[BASE:LAST].items()), BASE, study.study)
    plan = Scenario("planned_path", "计划路径", "Planned path", drivers=paths)
    park = record_of_totals("xiamen", levels.loc[:BASE].index, seen * 1e4)
    found = drive(park, [plan], LAST)
    ahead = found.emissions["planned_path"] * seen[-1]
    whole = pd.concat([pd.Series(seen, levels.loc[:BASE].index), ahead.loc[BASE + 1 :]])
    values = {}
    for estimate in study.estimates:
        if estimate.quantity == "peak_year":
            ours = float(ahead.idxmax())
        elif estimate.quantity == "peak_value":
            ours = float(ahead.max())
        else:
            ours = float(whole[int(estimate.quantity.removeprefix("co2_"))])
        values[estimate.key] = Answer(ours, EQUATION if estimate.scenario == "history" else ENGINE)
    top = int(ahead.idxmax())
    later = ahead.loc[top + 1 :]
    humps = [year for year in later.index[1:-1] if later[year - 1] < later[year] > later[year + 1]]
    second = ", ".join(f"{year} ({ahead[year]:,.1f} 万t)" for year in humps) or "none"
    step = levels.at[top, "coal_share"], levels.at[top + 1, "coal_share"]
    sentence = (
        f"The peak is {top}, {ahead.max():,.1f} 万t; later humps: {second}. From {top} to {top + 1} the coal share "
        f"falls from {step[0]:.2f} to {step[1]:.2f} % at once."
    )
    table = pd.DataFrame({"co2": whole}).rename_axis("year")
    return Answers(values, {"path": table}, {"peak": sentence})
