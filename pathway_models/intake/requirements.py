"""What indicator systems ask of a park: HJ 274-2015, and the zero-carbon parks of 2025 (NDRC 2025 no. 910)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.intake.factors import TRUSTED
from pathway_models.intake.paths import data_folder


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
        """Whether the threshold was seen, so that a value may be judged by it."""
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
