"""Five north-west provinces to 2030: nine scenarios by GDP x intensity, and the STIRPAT equation recovered.

Dong et al. 2019, Arid Land Geography 42(3) (source key dong_northwest_2019).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.baseline.scenario_drivers import stirpat_level
from pathway_models.intake.published import Estimate, Study
from pathway_models.reproduction.comparison import Answer, Answers, drive, record_of_totals, tabled_scenarios

BASE, LAST = 2016, 2030
ALONE = (
    "GDP x CO2 per GDP alone; the equation has four more drivers, with two elasticities lost: recovered, it meets the "
    "five values (table recovered)"
)
SETS = "sets the level of our path, since that of 2016 is only in a figure"
YEARS = "growth of GDP above or below the decline of CO2 per GDP decides"


def compute(study: Study) -> Answers:
    """Run the nine scenarios from 2016 and set the level by the first published value."""
    # Three equal years: a record that says nothing about growth.
    park = record_of_totals("northwest", range(BASE - 2, BASE + 1), [1e6] * 3)
    found = drive(park, tabled_scenarios(study), LAST)
    sizes = [e for e in study.estimates if e.quantity.startswith("co2_")]
    heads = [e for e in study.estimates if e.quantity.startswith("gdp_per_head_")]
    levels = _levels(study.table("rates"))
    base = sizes[0].value / found.emissions.at[_year(sizes[0]), sizes[0].scenario]
    first = heads[0].value / levels[heads[0].scenario].at[_year(heads[0]), "gdp_per_capita"]
    values = {}
    for estimate in study.estimates:
        if estimate in (sizes[0], heads[0]):
            values[estimate.key] = Answer(None, SETS)
        elif estimate in sizes:
            ours = base * found.emissions.at[_year(estimate), estimate.scenario]
            values[estimate.key] = Answer(float(ours), ALONE)
        elif estimate in heads:
            ours = first * levels[estimate.scenario].at[_year(estimate), "gdp_per_capita"]
            values[estimate.key] = Answer(float(ours), "GDP over population, from the level of the other value")
        else:
            values[estimate.key] = Answer(float(found.peak_year(estimate.scenario, LAST)), YEARS)
    recovered, terms = _recovered(study, sizes, levels, first)
    worst = (recovered["ours"] / recovered["published"] - 1).abs().max()
    sentence = (
        f"With three lost numbers solved for (elasticity of population {terms[1]:.3f}, GDP per head {terms[2]:.3f}), "
        f"the printed elasticities and rates meet the five values within {worst:.4%}: five values, three unknowns."
    )
    paths = (found.emissions * base).rename_axis("year")
    return Answers(values, {"paths": paths, "recovered": recovered}, {"recovered": sentence})


def _year(estimate: Estimate) -> int:
    return int(estimate.quantity[-4:])


def _levels(rates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Compound yearly rates to levels relative to 2016, a table of drivers by scenario."""
    found = {}
    for scenario, rows in rates.groupby("scenario", sort=False):
        table = pd.DataFrame(1.0, index=range(BASE, LAST + 1), columns=list(dict.fromkeys(rows["driver"])))
        for row in rows.itertuples():
            for year in range(row.first, row.last + 1):
                table.at[year, row.driver] = table.at[year - 1, row.driver] * (1.0 + row.percent_a_year / 100.0)
        table["gdp_per_capita"] = table["gdp"] / table["population"]
        found[scenario] = table
    return found


def _recovered(
    study: Study, sizes: Sequence[Estimate], levels: dict[str, pd.DataFrame], head: float
) -> tuple[pd.DataFrame, np.ndarray]:
    """Solve level and the two lost elasticities from the five values; the sign of the square is taken as plus."""
    printed = study.table().set_index("name")["value"].dropna().astype(float)
    known = {"carbon_intensity": "e_carbon_intensity", "env_investment": "e_env_investment", "fdi_share": "e_fdi_share"}
    elasticities = {name: printed[key] for name, key in known.items()}
    # ASSUME: the square has a plus sign; a minus sign fits as well, with other elasticities.
    elasticities["square"] = printed["e_lnPGDP_squared_abs"]
    rows, fixed = [], []
    for estimate in sizes:
        at = levels[estimate.scenario].loc[_year(estimate)]
        square = np.exp(np.log(head * at["gdp_per_capita"]) ** 2)
        drivers = {name: [at[name]] for name in known} | {"square": [square]}
        fixed.append(float(np.log(stirpat_level(0.0, elasticities, drivers))[0]))
        rows.append([1.0, np.log(at["population"]), np.log(at["gdp_per_capita"])])
    published = np.array([estimate.value for estimate in sizes])
    terms, *_ = np.linalg.lstsq(np.array(rows), np.log(published) - fixed, rcond=None)
    ours = np.exp(np.array(rows) @ terms + fixed)
    names = {"scenario": [e.scenario for e in sizes], "year": [_year(e) for e in sizes]}
    return pd.DataFrame({**names, "published": published, "ours": ours}), terms
