"""Fit the laws used for parks and write ``data/baseline.yml``; about half a minute.

What is fitted, to what, and what is assumed: ``docs/baseline.md``.  Reads the shipped panels, and
``data/raw/energy_per_gdp_1990_2022.csv`` for the pace at which energy per GDP falls in high-income countries.
"""

from __future__ import annotations

from dataclasses import asdict
from statistics import median
from typing import Any

import yaml
from _tables import DATA, output_folder, read_rows

from pathway_models.hindcast.park_laws import fit_emissions, fit_mix, fit_park_drivers, shared_variance
from pathway_models.kernels.growth import TrendParameters

VERSION = "1.0"
UNITS = {
    "damping": "share a year",
    "prior_growth": "log a year",
    "prior_growth_sd": "log a year",
    "slope_error_sd": "log a year",
    "recency": "ratio of weights a year",
    "slope_noise": "ratio",
    "noise": "log",
    "noise_weight": "degrees of freedom",
    "tail": "degrees of freedom",
}
PANELS = {
    "emissions": "provinces 1997-2019, cities 1997-2019 (counted twice), countries 1960-2022: CO2",
    "activity": "provinces 2004-2019, countries 1960-2022: real GDP",
    "intensity": "provinces 2004-2019, countries 1960-2022: CO2 per real GDP",
    "mix": "provinces 1997-2019, countries 1960-2022: log ratios of CO2 from coal, oil and gas",
}
SOURCES = {
    "emissions": "ceads_provinces; ceads_cities; gcb2023",
    "activity": "derived_real_gdp; gcb2023",
    "intensity": "ceads_provinces; derived_real_gdp; gcb2023",
    "mix": "ceads_provinces; gcb2023",
}
#: GDP per person of 2022, constant 2015 US$, above which a country counts as high-income; the median pace below is
#: -0.016 for every bound from 10,000 to 20,000.
HIGH_INCOME = 14000


def energy_pace() -> tuple[float, int]:
    """Median growth of energy per GDP 1990-2022, log a year, and the number of high-income countries behind it."""
    rows = read_rows(DATA / "raw" / "energy_per_gdp_1990_2022.csv")
    rates = [
        float(row["energy_per_gdp_growth"]) for row in rows if float(row["gdp_per_person_2022_usd2015"]) > HIGH_INCOME
    ]
    return round(median(rates), 3), len(rates)


def long_run() -> dict[str, tuple[dict[int, float], str]]:
    """Long-run growth by use: years and values, and where they come from."""
    pace, countries = energy_pace()
    return {
        "activity": (
            {2022: 0.051, 2060: 0.020},
            "ASSUME: growth of China's real GDP 2017-2022 (gcb2023, log mean) falls in a straight line to the"
            " median of 33 high-income countries 1990-2022 (0.018 to 0.022 by starting year; gcb2023)",
        ),
        "intensity": (
            {2022: -0.029, 2060: pace},
            "ASSUME: the pace of the national energy-intensity target 2020-2025 of -13.5 % (cpc2021_36) goes over"
            f" to the median change of energy per GDP of {countries} high-income countries 1990-2022 (kayadata_2024)",
        ),
        "emissions": (
            {2022: 0.022, 2060: -0.003},
            "ASSUME: sum of activity and intensity in 2022; in 2060 activity and the median change of CO2 per GDP, not"
            " of energy, of 33 high-income countries 1990-2022 (-0.023; gcb2023): the fuels of a total change too",
        ),
        "mix": ({2022: 0.0}, "ASSUME: no carrier gains for ever without a lever"),
    }


def main() -> None:
    """Fit and write."""
    emissions = fit_emissions()
    drivers, widening = fit_park_drivers(emissions)
    laws = {
        "emissions": emissions,
        "activity": drivers.activity,
        "intensity": drivers.intensity,
        "mix": fit_mix(),
    }
    note = f"; noise, slope_error_sd, slope_noise: errors widened {widening:.3g}-fold to the width of emissions"
    content = {
        "version": VERSION,
        "uses": {use: _use(use, law, note if use == "intensity" else "") for use, law in laws.items()},
        "correlation": {
            "innovation": _value(drivers.innovation, "correlation", SOURCES["intensity"]),
            "slope": _value(drivers.slope, "correlation", SOURCES["intensity"]),
            "shared_activity": _value(shared_variance(drivers.activity), "share of variance", SOURCES["activity"]),
        },
        "long_run": {
            use: {"unit": "log a year", "confidence": "assumed", "source": source, "growth": knots}
            for use, (knots, source) in long_run().items()
        },
    }
    head = "# Laws of the baseline, fitted by scripts/fit_baseline.py; method and measured skill: docs/baseline.md\n"
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    (output_folder() / "baseline.yml").write_text(head + text, encoding="utf-8", newline="\n")


def _use(use: str, law: TrendParameters, note: str) -> dict[str, Any]:
    return {
        "panel": PANELS[use],
        "fitted_by": "scripts/fit_baseline.py" + note,
        "origins": "all records of 5 consecutive years, outcomes 1-20 years later",
        "parameters": {name: _value(value, UNITS[name], SOURCES[use]) for name, value in asdict(law).items()},
    }


def _value(value: float, unit: str, source: str) -> dict[str, Any]:
    return {"value": float(f"{value:.4g}"), "unit": unit, "source": source}


if __name__ == "__main__":
    main()
