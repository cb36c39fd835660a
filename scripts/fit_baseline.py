"""Fit the laws used for parks and write ``data/baseline.yml``; about half a minute.

What is fitted, to what, and what is assumed: ``docs/baseline.md``.  Reads only the shipped panels.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import yaml
from _tables import output_folder

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
#: Long-run growth by use: years and values, confidence, and where they come from.
LONG_RUN: dict[str, tuple[dict[int, float], str]] = {
    "activity": (
        {2022: 0.051, 2060: 0.020},
        "ASSUME: growth of China's real GDP 2017-2022 (gcb2023, log mean) falls in a straight line to the"
        " median of 33 high-income countries 1990-2022 (0.018 to 0.022 by starting year; gcb2023)",
    ),
    "intensity": (
        {2022: -0.029, 2060: -0.023},
        "ASSUME: the pace of the national energy-intensity target 2020-2025 of -13.5 % (cpc2021_36) goes over"
        " to the median decline of CO2 per GDP of 33 high-income countries 1990-2022 (gcb2023)",
    ),
    "emissions": (
        {2022: 0.022, 2060: -0.003},
        "ASSUME: sum of the long-run growth of activity and intensity",
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
            for use, (knots, source) in LONG_RUN.items()
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
