"""National targets of law that a park can be measured against, from ``factors/national_targets.csv``.

What indicator systems ask of a park: HJ 274-2015, and the zero-carbon parks of 2025 (NDRC 2025 no. 910).
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.core.files import data_folder
from pathway_models.intake.factors.tables import TRUSTED
from pathway_models.records.plans import Target

#: Indicators that are cuts of an intensity between two years, or below the peak, and what they ask of.
INDICATORS = {
    "单位GDP二氧化碳排放": "co2_intensity",
    "单位GDP二氧化碳排放(年度)": "co2_intensity",
    "单位GDP能耗": "energy_intensity",
    "单位GDP能耗(年度)": "energy_intensity",
    "全经济范围温室气体净排放量": "below_peak",
}
NAMES_EN = {"co2_intensity": "CO2 per GDP", "energy_intensity": "energy per GDP"}


def read_targets() -> tuple[Target, ...]:
    """Cuts of CO2 and energy per GDP, and below the peak, that the nation is bound to, in the order of their years.

    Only rows whose wording was seen are read; superseded pledges have other names in the table.

    Returns
    -------
    tuple of Target

    Examples
    --------
    >>> [target.target_id for target in read_targets()]
    ['co2_2020_2025', 'energy_2020_2025', 'co2_2025_2026', 'co2_2005_2030', 'co2_2025_2030', 'net_2035']
    """
    return _targets(data_folder() / "factors" / "national_targets.csv")


@cache
def _targets(path: Path) -> tuple[Target, ...]:
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            quantity = INDICATORS.get(row["indicator_cn"])
            if quantity is not None and row["confidence"] in TRUSTED:
                found.append(_below_peak(row) if quantity == "below_peak" else _intensity(row, quantity))
    # Stable: of one year and quantity, the row that stands first in the table.
    return tuple(sorted(found, key=lambda target: (target.year, target.quantity)))


def _intensity(row: dict[str, str], quantity: str) -> Target:
    first, last = int(row["base_year"]), int(row["target_year"])
    indicator, words = row["indicator_cn"].removesuffix("(年度)"), f"{_cut(row)} {first}-{last}"
    return Target(
        target_id=f"{quantity.removesuffix('_intensity')}_{first}_{last}",
        quantity=quantity,
        base_year=first,
        year=last,
        change=float(row["high"]) / 100,
        name_en=f"{NAMES_EN[quantity]} {words}",
        name_zh=f"{indicator} {words.replace(' %', '%')}",
        source=row["source_document"],
        confidence=row["confidence"],
        first_year=int(row["period_first"]),
    )


def _below_peak(row: dict[str, str]) -> Target:
    last, cut = int(row["target_year"]), _cut(row)
    return Target(
        target_id=f"net_{last}",
        quantity="below_peak",
        base_year=None,
        year=last,
        change=float(row["high"]) / 100,
        name_en=f"net greenhouse gases {cut} from the peak in {last}",
        name_zh=f"{last}年温室气体净排放比峰值{cut.replace(' %', '%')}",
        source=row["source_document"],
        confidence=row["confidence"],
        first_year=int(row["period_first"]) if row["period_first"] else None,
    )


def _cut(row: dict[str, str]) -> str:
    """Write what is asked for; where a range is given, its milder end is what is asked at least."""
    return f"{float(row['high']) / 100:+.1%}".replace(".0%", "%").replace("%", " %")


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
