"""Region D to 2060, a circulated contest solution: drawn curves follow from its parameters, claimed years do not.

Seller's sample paper, not peer reviewed (source key region_d_mbd_2023); our own record of region D is what it drives.
"""

import pandas as pd

from pathway_models.intake import parks, published
from pathway_models.inventory.accounts import take_inventory
from pathway_models.reproduction.comparison import Answer, Answers, Driven, drive, record_of_totals, tabled_scenarios

LAST = 2060
DRAWN = "the engine draws the study's own curve from its own parameters"
#: Sink of the problem in 2060 as a share of the emissions of 2020.
SINK = 0.2


def compute(study: published.Study) -> Answers:
    """Drive region D by the solution's parameters and answer curves and claims."""
    base = study.table().drop_duplicates("name").set_index("name")["value"].astype(float)
    scenarios = tabled_scenarios(study)
    region = parks.read_park("region-d")
    inventory = take_inventory(region)
    found = drive(record_of_totals("region-d", inventory.years, inventory.total()), scenarios, LAST)
    detailed = drive(region, scenarios, LAST).emissions * base["co2"]
    paths = found.emissions * base["co2"]
    values = {
        estimate.key: _answer(estimate.scenario, estimate.quantity, found, paths, base) for estimate in study.estimates
    }
    rows = []
    for name in paths:
        claimed = {e.quantity: e.value for e in study.estimates if e.scenario == name}
        neutral = int(claimed["neutral_year_claimed"])
        peaks = found.peak_year(name, LAST), int(detailed[name].idxmax())
        rows.append((name, claimed["peak_year_claimed"], *peaks, neutral, paths.at[neutral, name]))
    columns = ["scenario", "claimed_peak", "peak", "peak_by_sector", "claimed_neutral", "co2_then"]
    least = min(row[-1] for row in rows)
    sentence = (
        f"In the years claimed to be neutral at least {least:,.0f} 万t are emitted, against a sink of "
        f"{SINK * base['co2']:,.0f} 万t: neutrality does not follow from the parameters."
    )
    earlier = (
        "Driven sector by sector, region D peaks in "
        + ", ".join(f"{row[3]} ({row[0]})" for row in rows)
        + ": nearly as its total, since only residents, who follow population, do not move with GDP."
    )
    tables = {
        "paths": paths.rename_axis("year"),
        "by_sector": detailed.rename_axis("year"),
        "claims": pd.DataFrame(rows, columns=columns),
    }
    return Answers(values, tables, {"claims": sentence, "by_sector": earlier})


def _answer(scenario: str, quantity: str, found: Driven, paths: pd.DataFrame, base: pd.Series) -> Answer:
    path, peak = paths[scenario], found.peak_year(scenario, LAST)
    if quantity == "neutral_year_claimed":
        least = f"its own parameters leave {path[LAST]:,.0f} 万t in {LAST}, {path[LAST] / base['co2']:.0%} of 2020"
        return Answer(None, f"no year to {LAST} is neutral: {least}", "not reproduced")
    if quantity == "peak_year_claimed":
        return Answer(float(peak), f"the claim contradicts the study's own parameters, which give {peak}")
    energy = found.energy[scenario] * base["energy"]
    gdp = found.activity[scenario] * base["gdp"]
    carbon = found.emissions[scenario] / found.energy[scenario]
    ours = {
        "peak_year_drawn": peak,
        "peak_value_drawn": path.max(),
        "co2_2060_drawn": path[LAST],
        "energy_2060": energy[LAST],
        "energy_intensity_2060": energy[LAST] / gdp[LAST],
        "nonfossil_share_2060": 1.0 - carbon[LAST] * (1.0 - base["nonfossil_share"]),
    }[quantity]
    return Answer(float(ours), DRAWN)
