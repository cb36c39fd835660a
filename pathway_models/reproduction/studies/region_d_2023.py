"""Region D, 2010-2020: the inventory of an anonymised province-scale region, and its decomposition.

Data sheet of problem D, 2023 China postgraduate mathematical contest in modelling (source key contest_2023_d).
"""

import numpy as np
import pandas as pd

from pathway_models.core.units import CONVERSIONS
from pathway_models.intake import parks, published
from pathway_models.inventory import accounts, decomposition
from pathway_models.reproduction.comparison import Answer, Answers

#: Tonnes in the sheet's unit, 万tCO2.
SHEET_UNIT = CONVERSIONS["万tCO2"][1]
#: Difference below which two sums of fifteen-digit numbers are the same, 万tCO2.
LAST_DIGIT = 1e-6
EXACT = "use x factor of the sheet gives its own emissions to the last digit"


def compute(study: published.Study) -> Answers:
    """Compute the inventory by the ordinary accounts and compare sector by sector, year by year."""
    park = parks.read_park("region-d")
    inventory, change = accounts.take_inventory(park), decomposition.decompose_past(park)
    sums = {f"region D, {name}": values / SHEET_UNIT for name, values in inventory.by_sector().items()}
    sums["region D, transport and buildings"] = sums["region D, transport"] + sums["region D, buildings"]
    sums["region D, total"] = inventory.total() / SHEET_UNIT
    place = {int(year): at for at, year in enumerate(inventory.years)}
    values = {}
    for estimate in study.estimates:
        if estimate.quantity == "change_2010_2019":
            effects = change.values[:, : place[2019]].sum() / SHEET_UNIT
            cause = "the effects of our decomposition, added over 2010-2019, are the published change of the total"
            values[estimate.key] = Answer(float(effects), cause)
            continue
        ours = float(sums[estimate.scope][place[int(estimate.quantity[-4:])]])
        values[estimate.key] = Answer(ours, _cause(estimate, ours))
    effects = pd.DataFrame(change.values.T / SHEET_UNIT, columns=list(change.effects))
    effects.insert(0, "year", change.years[1:])
    effects["sum"] = change.values.sum(axis=0) / SHEET_UNIT
    effects["change_of_total"] = np.diff(inventory.total()) / SHEET_UNIT
    return Answers(values, {"decomposition": effects}, {"inventory": _sentence(study, values)})


def _sentence(study: published.Study, values: dict[published.Key, Answer]) -> str:
    """Say how far the sectors are from the sheet, over all years and in 2020."""
    gaps: dict[str, dict[str, float]] = {}
    for estimate in study.estimates:
        year = estimate.quantity.removeprefix("emissions_")
        if year.isdecimal():
            gaps.setdefault(estimate.scope, {})[year] = values[estimate.key].value - estimate.value
    industry = gaps.pop("region D, industry")
    gaps.pop("region D, total")
    others = max(abs(gap) for by_year in gaps.values() for gap in by_year.values())
    earlier = max(abs(gap) for year, gap in industry.items() if year != "2020")
    closeness = "to the last digit" if others < LAST_DIGIT else f"within {others:.2f} 万t"
    return (
        f"All other sectors agree with the sheet {closeness} in every year; industry is off by at most "
        f"{earlier:.2f} 万t up to 2019 and by {abs(industry['2020']):.1f} 万t in 2020, where the sheet "
        f"contradicts itself."
    )


def _cause(estimate: published.Estimate, ours: float) -> str:
    """State the cause of a difference; the causes were found in the sheet."""
    difference, year = ours - estimate.value, estimate.quantity[-4:]
    if abs(difference) < LAST_DIGIT:
        return EXACT
    if year == "2020":
        return (
            f"the sheet contradicts itself: the industry emissions it prints exceed use x factor of the same sheet "
            f"by {-difference:.1f} 万t; no other sector and no other year shows such a gap, and totals inherit it"
        )
    return f"the printed industry emissions of {year} differ from use x factor of the sheet by {-difference:+.2f} 万t"
