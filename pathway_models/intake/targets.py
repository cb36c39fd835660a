"""Intensity targets of law, from ``factors/national_targets.csv``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from pathway_models.intake.factors import TRUSTED
from pathway_models.intake.paths import data_folder
from pathway_models.records.gaps import Target

#: Indicators that are cuts of an intensity between two years, and what they ask of.
INDICATORS = {"单位GDP二氧化碳排放": "co2_intensity", "单位GDP能耗": "energy_intensity"}
NAMES_EN = {"co2_intensity": "CO2 per GDP", "energy_intensity": "energy per GDP"}


def read_targets() -> tuple[Target, ...]:
    """Cuts of CO2 and energy per GDP that the nation is bound to, in the order of their years.

    Only rows whose wording was seen are read; superseded pledges and yearly targets have other names in the table.

    Returns
    -------
    tuple of Target

    Examples
    --------
    >>> [(target.target_id, target.change) for target in read_targets()]
    [('co2_2020_2025', -0.18), ('energy_2020_2025', -0.135), ('co2_2005_2030', -0.65)]
    """
    return _targets(data_folder() / "factors" / "national_targets.csv")


@cache
def _targets(path: Path) -> tuple[Target, ...]:
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            quantity = INDICATORS.get(row["indicator_cn"])
            years = row["base_year"], row["target_year"]
            if quantity is None or row["confidence"] not in TRUSTED or not all(year.isdecimal() for year in years):
                continue
            # Where a range is given, its milder end is what is asked at least.
            change = float(row["high"]) / 100
            first, last = map(int, years)
            words = f"{change:+.1%} {first}-{last}".replace(".0%", "%").replace("%", " %")
            found.append(
                Target(
                    target_id=f"{quantity.removesuffix('_intensity')}_{first}_{last}",
                    quantity=quantity,
                    base_year=first,
                    year=last,
                    change=change,
                    name_en=f"{NAMES_EN[quantity]} {words}",
                    name_zh=f"{row['indicator_cn']} {words.replace(' %', '%')}",
                    source=row["source_document"],
                    confidence=row["confidence"],
                )
            )
    return tuple(sorted(found, key=lambda target: (target.year, target.quantity)))
