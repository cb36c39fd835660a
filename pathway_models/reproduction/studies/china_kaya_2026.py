"""China, 2024-2045, by yearly growth of the four Kaya terms in two periods: three scenarios through the engine.

Student contest solution, repository random99899/Carbon (2026), not peer reviewed (source key carbon_contest_2026).
"""

from __future__ import annotations

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answer, Answers
from pathway_models.reproduction.driven import drive, record_of_totals, tabled_scenarios

LAST = 2045
SAME = "the engine compounds the four rates of each period, as the study does"
FIRST_STEP = "the maximum is the base year: emissions fall from the first step on, which is no peak ahead"


def compute(study: Study) -> Answers:
    """Run the table of rates as driver scenarios from the record of 2019-2024."""
    given = study.table()
    park = record_of_totals("china", given["year"], given["value"] * 1e6)
    found = drive(park, tabled_scenarios(study), LAST)
    paths = found.emissions * float(given["value"].iloc[-1])
    values = {}
    for estimate in study.estimates:
        path, quantity = paths[estimate.scenario], estimate.quantity
        peak = found.peak_year(estimate.scenario, LAST)
        cause = FIRST_STEP if peak == found.base_year and quantity.startswith("peak") else SAME
        if quantity == "peak_year":
            ours = float(peak)
        elif quantity == "peak_value":
            ours = float(path.max())
        else:
            ours = float(path[int(quantity.removeprefix("co2_"))])
        values[estimate.key] = Answer(ours, cause)
    peaks = ", ".join(f"{name} {found.peak_year(name, LAST)}" for name in paths)
    return Answers(values, {"paths": paths.rename_axis("year")}, {"peaks": f"Highest years: {peaks}."})
