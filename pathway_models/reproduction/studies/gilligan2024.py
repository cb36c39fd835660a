"""Rates of decarbonisation that a target implies: the policy vignette of kayadata, and the same for China.

Gilligan (2024), kayadata 1.4.0, doi 10.5281/zenodo.12734769, vignette policy_analysis.
"""

import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.decomposition import implied_rate, kaya_factors
from pathway_models.kernels.trends import log_linear_rate
from pathway_models.reproduction.comparison import Answer, Answers

#: First years of the vignette's trends; that of emissions per energy bends in 2005.
SINCE = {"P": 1990, "g": 1990, "e": 1990, "f": 2005}
BASE_YEAR, CUTS = 2005, {2025: 0.26, 2050: 0.80}
PERCENT = 100.0


def compute(study: Study) -> Answers:
    """Compute trends of the factors, the rate of each target, and the rates left per economy and per energy."""
    table, energy_trends = study.table(), study.table("trends").set_index("region")["trend"]
    rates = {name: PERCENT * rate for name, rate in trends(table, "United States", SINCE).items()}
    emissions = table[table["region"] == "United States"].set_index("year")["F"]
    base, given = emissions[BASE_YEAR], PERCENT * energy_trends["United States"]
    values = {f"trend_{name}_{first}_2023": rates[name] for name, first in SINCE.items()}
    values |= {"historic_rate_G": rates["P"] + rates["g"], "historic_rate_ef": rates["e"] + rates["f"]}
    values["given_rate_E"] = given
    for year, cut in CUTS.items():
        target = base * (1.0 - cut)
        rate = PERCENT * float(implied_rate(base, target, year - BASE_YEAR))
        values[f"target_F_{year}_{PERCENT * cut:.0f}pct"] = target
        values[f"implied_rate_F_{BASE_YEAR}_{year}"] = rate
        values[f"implied_rate_ef_{year}"] = rate - values["historic_rate_G"]
        values[f"implied_rate_f_{year}"] = rate - given
    causes = {"given_rate_E": "an input of the vignette (International Energy Outlook 2017), not a result"}
    answers = {
        estimate.key: Answer(
            float(values[estimate.quantity]),
            causes.get(estimate.quantity, "the same arithmetic on the same data prints the same digits"),
        )
        for estimate in study.estimates
    }
    china = required_rates(study, "China")
    return Answers(answers, {"china": china}, {"united_states": _faster(values), "china": pace(china)})


def _faster(values: dict[str, float]) -> str:
    trend = values["historic_rate_ef"]
    parts = [
        f"{values[f'implied_rate_ef_{year}']:.2f} % a year for {cut:.0%} below {BASE_YEAR} by {year} "
        f"({values[f'implied_rate_ef_{year}'] / trend:.1f} times as fast)"
        for year, cut in CUTS.items()
    ]
    return f"Emissions per economy changed by {trend:.2f} % a year by trend; the targets ask for {' and '.join(parts)}."


def pace(rates: pd.DataFrame) -> str:
    """State the requirements of :func:`required_rates` in a sentence."""
    rate, meaning = (rates.set_index("quantity")[name] for name in ("rate", "meaning"))
    aim = meaning["F wanted"].removeprefix("emissions, ")
    return (
        f"Emissions per economy change by {rate['ef by trend']:+.2f} % a year by trend and would have to change by "
        f"{rate['ef wanted']:+.2f} % for emissions with {aim}, if the economy grows as before."
    )


def trends(table: pd.DataFrame, region: str, since: dict[str, int]) -> dict[str, float]:
    """Fit a log-linear trend of each Kaya factor of a region, a share a year, from the first year given for it."""
    rows = table[table["region"] == region].sort_values("year")
    factors = dict(zip("Pgef", kaya_factors(*(rows[name] for name in "PGEF")), strict=True))
    years = rows["year"].to_numpy()
    return {
        name: log_linear_rate(years[years >= first], factors[name][years >= first]).slope
        for name, first in since.items()
    }


def required_rates(
    study: Study, region: str, since: int = 2013, target_year: int = 2030, cut: float = 0.0
) -> pd.DataFrame:
    """Compute rates of the factors by trend, and those a target leaves for emissions per economy and per energy.

    Parameters
    ----------
    study : Study
        ``gilligan2024``.
    region : str
        ``"China"`` or ``"United States"``.
    since : int
        First year of the trends.
    target_year, cut
        Emissions of the last observed year are to be cut by this share by that year; 0 asks for no rise.

    Returns
    -------
    DataFrame
        ``quantity``, ``rate`` (% a year), ``meaning``.
    """
    table = study.table()
    rows = table[table["region"] == region]
    last = int(rows["year"].max())
    rate = {name: PERCENT * value for name, value in trends(table, region, dict.fromkeys("Pgef", since)).items()}
    wanted = PERCENT * float(implied_rate(1.0, 1.0 - cut, target_year - last))
    given = PERCENT * float(study.table("trends").set_index("region")["trend"][region])
    economy, economy_intensity = rate["P"] + rate["g"], rate["e"] + rate["f"]
    lines = [
        ("P", rate["P"], f"population, trend since {since}"),
        ("g", rate["g"], f"economy per head, trend since {since}"),
        ("e", rate["e"], f"energy per economy, trend since {since}"),
        ("f", rate["f"], f"emissions per energy, trend since {since}"),
        ("F", economy + economy_intensity, "emissions, if all four trends go on"),
        (
            "F wanted",
            wanted,
            f"emissions, {'no rise' if cut == 0 else f'a cut of {cut:.0%}'} over {last}-{target_year}",
        ),
        ("ef by trend", economy_intensity, "emissions per economy, by trend"),
        ("ef wanted", wanted - economy, "emissions per economy, if the economy grows by trend"),
        ("f wanted", wanted - given, f"emissions per energy, if energy grows {given:.1f} % a year (IEO 2017)"),
    ]
    return pd.DataFrame(lines, columns=["quantity", "rate", "meaning"])
