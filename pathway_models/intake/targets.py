"""Intensity targets of law, from ``factors/national_targets.csv``.

What indicator systems ask of a park: HJ 274-2015, and the zero-carbon parks of 2025 (NDRC 2025 no. 910).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.core.files import data_folder
from pathway_models.intake.factors.tables import TRUSTED
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


@dataclass(frozen=True)
class Requirement:
    """One indicator of a system, as its table states it.

    Parameters
    ----------
    system : str
        Key of the source, ``hj274_2015`` or ``ndrc_2025_910``.
    name_zh : str
    text : str
        What is asked, in the words of the table.
    unit : str
    confidence : str
        Of the threshold, not of the name.
    """

    system: str
    name_zh: str
    text: str
    unit: str
    confidence: str

    @property
    def is_trusted(self) -> bool:
        """Tell whether the threshold was seen, so that a value may be judged by it."""
        return self.confidence in TRUSTED


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _requirements(folder: Path) -> dict[str, Requirement]:
    found = {}
    for row in _rows(folder / "hj274_2015_indicators.csv"):
        parts = row["indicator_cn"], row["requirement"], row["unit"], row["confidence"]
        found[f"hj274:{row['no']}"] = Requirement(row["source_key"], *parts)
    for row in _rows(folder / "national_targets.csv"):
        if row["scope"] == "zero_carbon_park":
            text = f"{row['qualifier']} {row['high']}".strip()
            parts = row["indicator_cn"], text, row["unit"], row["confidence"]
            found[f"zero_carbon:{row['indicator_en']}"] = Requirement(row["source_key"], *parts)
    return found


def read_requirements() -> dict[str, Requirement]:
    """Requirements by id, such as ``hj274:26`` or ``zero_carbon:clean energy share``."""
    return dict(_requirements(data_folder() / "factors"))
