"""The energy budget of Chongqing's 14th five-year plan: growth, intensity target, allowed energy in 2025.

A calculation printed in a commentary (source key chongqing_budget_2022).
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.decomposition import compound, implied_rate, yearly_rate
from pathway_models.reproduction.comparison import Answer, Answers

YEARS = 5


def compute(study: Study) -> Answers:
    """Compound the economy, cut the intensity, and read the elasticity in three ways."""
    given = study.table().set_index("quantity")["value"]
    gdp, energy = given["GDP_2020"], given["energy_2020"]
    growth, cut = given["gdp_growth"], given["intensity_cut_2020_2025"]
    gdp_2025 = float(compound(gdp, growth, YEARS))
    energy_2025 = energy * gdp_2025 / gdp * (1.0 - cut)
    readings = elasticities(energy_2025 / energy, gdp_2025 / gdp)
    formula = {
        "intensity_2020": (energy / gdp, "energy over GDP of 2020"),
        "annual_intensity_decline": (-100.0 * float(yearly_rate(-cut, YEARS)), "1 - (1 - 0.14)^(1/5)"),
        "GDP_2025": (gdp_2025, "GDP of 2020 at 6 % a year for five years"),
        "energy_2025": (energy_2025, "energy of 2020 x growth of GDP x (1 - 0.14)"),
        "intensity_2025": (energy_2025 / gdp_2025, "energy over GDP of 2025"),
        "energy_increment": (energy_2025 - energy, "energy of 2025 less that of 2020"),
        "elasticity": (
            readings["elasticity"].iloc[0],
            f"a ratio of five-year growths; the stated definition, a ratio of yearly growths, gives "
            f"{readings['elasticity'].iloc[1]:.3f}",
        ),
        "intensity_2021": (given["energy_2021"] / given["GDP_2021"], "energy over GDP of 2021"),
    }
    values = {estimate.key: Answer(*map(_plain, formula[estimate.quantity])) for estimate in study.estimates}
    printed = next(e.value for e in study.estimates if e.quantity == "elasticity")
    sentence = (
        f"The printed elasticity of {printed} is the ratio of the growths over five years "
        f"({readings['elasticity'].iloc[0]:.3f}); yearly growths, which the word means, give "
        f"{readings['elasticity'].iloc[1]:.3f}."
    )
    return Answers(values, {"elasticities": readings}, {"elasticity": sentence})


def _plain(part: object) -> object:
    return part if isinstance(part, str) else float(part)


def elasticities(energy_ratio: float, gdp_ratio: float) -> pd.DataFrame:
    """Compute the elasticity of energy to GDP by three readings of "growth".

    Parameters
    ----------
    energy_ratio, gdp_ratio : float
        Last over first value, `YEARS` apart.

    Returns
    -------
    DataFrame
        Columns ``reading``, ``energy_growth``, ``gdp_growth`` (shares) and ``elasticity``.
    """
    growths = {
        "growth over all five years": (energy_ratio - 1.0, gdp_ratio - 1.0),
        "yearly growth": (float(yearly_rate(energy_ratio - 1.0, YEARS)), float(yearly_rate(gdp_ratio - 1.0, YEARS))),
        "logarithmic growth": (
            float(implied_rate(1.0, energy_ratio, YEARS)),
            float(implied_rate(1.0, gdp_ratio, YEARS)),
        ),
    }
    rows = [(name, energy, gdp, energy / gdp) for name, (energy, gdp) in growths.items()]
    return pd.DataFrame(rows, columns=["reading", "energy_growth", "gdp_growth", "elasticity"])
