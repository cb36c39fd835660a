"""Fit the laws used for parks and write ``data/baseline.yml`` and ``data/law_levels.json``; about a minute.

What is fitted, to what, and what is assumed: ``docs/baseline.md`` and ``docs/law_in_levels.md``.  Reads the shipped
panels, China's emissions after them, and ``data/raw/energy_per_gdp_1990_2022.csv`` for the pace at which energy per GDP
falls in high-income countries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from statistics import median
from typing import Any

import numpy as np
import yaml
from _tables import DATA, output_folder, read_rows
from build_provinces import PROVINCES

from pathway_models.baseline.laws.levels import GDP, POPULATION
from pathway_models.hindcast.level_fits import PARK_PANELS, country_record, fit_levels
from pathway_models.hindcast.park_laws import fit_emissions, fit_mix, fit_park_drivers, shared_variance
from pathway_models.kernels.growth import TrendParameters
from pathway_models.records.growth_laws import LevelParameters, LevelRecord

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
    """Return median growth of energy per GDP 1990-2022, log a year, and the number of high-income countries used."""
    rows = read_rows(DATA / "raw" / "energy_per_gdp_1990_2022.csv")
    rates = [
        float(row["energy_per_gdp_growth"]) for row in rows if float(row["gdp_per_person_2022_usd2015"]) > HIGH_INCOME
    ]
    return round(median(rates), 3), len(rates)


def long_run() -> dict[str, tuple[dict[int, float], str]]:
    """Return long-run growth by use: years, values and their source."""
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


#: European countries with parks in the trading scheme: ISO 3166 two letters to three.
EUROPE = {
    "AT": "AUT", "BE": "BEL", "BG": "BGR", "CY": "CYP", "CZ": "CZE", "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP",
    "FI": "FIN", "FR": "FRA", "GB": "GBR", "GR": "GRC", "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL", "IT": "ITA",
    "LT": "LTU", "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD", "NO": "NOR", "PL": "POL", "PT": "PRT", "RO": "ROU",
    "SE": "SWE", "SI": "SVN", "SK": "SVK",
}  # fmt: skip
#: First year of China's record: provinces are read as deviations from it.
FIRST_YEAR_OF_CHINA = 1997
#: Panel to which each level is fitted, as named in the file.
LEVEL_PANELS = {
    "nation": "countries 1960-2022: CO2, records of 8 years, half-life 10 years",
    "economy": "countries 1960-2022: real GDP, records of 8 years, half-life 15 years",
    "region": "provinces 1997-2019 as deviations from China: CO2, records of 5, 8, 12 and 16 years",
    "park": "clusters of industrial sites, EU 2013-2022 and US 2011-2023, as deviations from what all clusters of their"
    " continent have in common: records of 3, 5 and 8 years",
}
#: Unit and source of the parameters between levels.
NUMBERS = {
    "park_follows_nation": ("log per log", "ASSUME: half; measured in docs/law_in_levels.md, section 4"),
    "park_in_region": ("share of variance", "ceads_cities: five-year errors that cities of a province share"),
    "economy_with_nation": ("correlation", "gcb2023: five-year errors of real GDP and of CO2 of a country"),
    "activity_follows": ("log per log", "ceads_provinces; derived_real_gdp: five-year moves against the mean"),
    "activity_noise": ("log a root of years", "ceads_provinces; derived_real_gdp: what is left, five years"),
    "park_widening": ("power of the horizon", "eu_sites; us_sites: five-year over one-year scale 1.97"),
}


def main() -> None:
    """Fit and write."""
    folder = output_folder(__doc__)
    write_levels(folder)
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
    (folder / "baseline.yml").write_text(head + text, encoding="utf-8", newline="\n")


def write_levels(folder: Any) -> None:
    """Fit the levels and write them, five significant digits each."""
    short = {name: names[0] for name, names in PROVINCES.items()}
    found = fit_levels(_china(), {code: country_record(iso) for code, iso in EUROPE.items()}, short)
    content = {
        "version": found.version,
        "fitted_by": "scripts/fit_baseline.py",
        "fits": {name: {"panel": LEVEL_PANELS[name]} | _arrays(fit) for name, fit in found.fits.items()},
        "numbers": {name: _value(value, *NUMBERS[name]) for name, value in found.numbers.items()},
        "nations": {code: _record(one, "gcb2025_china; gcb2023" if code == "CN" else "gcb2023")
                    for code, one in found.nations.items()},
        "regions": {name: _record(one, "ceads_provinces") for name, one in found.regions.items()},
        "drifts": _drifts(found),
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    # One line per part, for readable diffs.
    text = text.replace('],"', '],\n"').replace("},", "},\n")
    (folder / "law_levels.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _drifts(found: LevelParameters) -> dict[str, Any]:
    """Return the drift of a continent's industry by country of the park."""
    (europe,) = (name for name, code in PARK_PANELS.items() if code == "EU")
    source = f"{europe}: mean yearly log change of its clusters, a tenth cut off at each end"
    return {code: _value(found.drifts["EU"], "log a year", source) for code in EUROPE}


def _china() -> LevelRecord:
    """Return China's emissions to the last year, of one vintage, with GDP and population as far as known."""
    rows = read_rows(DATA / "raw" / "china_now" / "china_co2_gcb2025_1990_2024.csv")
    tonnes = {int(row["year"]): 1e6 * float(row["territorial_co2_mt"]) for row in rows}
    years = np.arange(FIRST_YEAR_OF_CHINA, max(tonnes) + 1)
    panel = country_record("CHN", 2023 - FIRST_YEAR_OF_CHINA)
    blank = np.full(years.size, np.nan)
    covariates = {}
    for name in (GDP, POPULATION):
        covariates[name] = blank.copy()
        covariates[name][: panel.years.size] = panel.covariates[name]
    return LevelRecord(years, np.log([tonnes[year] for year in years.tolist()]), covariates)


def _arrays(fit: Any) -> dict[str, Any]:
    return {one.name: _rounded(getattr(fit, one.name).tolist()) for one in fields(fit)}


def _record(record: LevelRecord, source: str) -> dict[str, Any]:
    columns: Mapping[str, np.ndarray] = {"emissions_tco2": record.emissions, **record.covariates}
    values = {name: _rounded([np.exp(one) if np.isfinite(one) else None for one in logs], 7)
              for name, logs in columns.items()}  # fmt: skip
    return {"first_year": int(record.years[0]), "source": source, "values": values}


def _rounded(values: Any, digits: int = 5) -> Any:
    if isinstance(values, list):
        return [_rounded(value, digits) for value in values]
    return values if values is None or isinstance(values, int) else float(f"{float(values):.{digits}g}")


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
