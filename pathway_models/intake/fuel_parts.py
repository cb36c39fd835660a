"""What a shipped emission factor is made of, for those who want to follow it: calorific value, carbon, oxidation."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.intake.paths import data_folder


@dataclass(frozen=True)
class FuelParts:
    """The numbers of a row of ``factors/fuels.csv``, as they stand there.

    Parameters
    ----------
    ncv : float
        Net calorific value, GJ per ``unit``.
    unit : str
    carbon_content : float
        tC/TJ.
    oxidation : float
        Share of the carbon that is oxidised, 0-1.
    confidence : str
    """

    ncv: float
    unit: str
    carbon_content: float
    oxidation: float
    confidence: str


@cache
def _parts(folder: Path) -> dict[str, FuelParts]:
    with (folder / "factors" / "fuels.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            f"{row['factor_set']}:{row['fuel_cn']}": FuelParts(
                float(row["ncv"]),
                row["unit"],
                float(row["carbon_content"]),
                float(row["oxidation_rate_pct"]) / 100,
                row["confidence"],
            )
            for row in csv.DictReader(file)
            if row["ncv"] and row["carbon_content"] and row["oxidation_rate_pct"]
        }


def fuel_parts(factor_id: str) -> FuelParts | None:
    """Parts of a fuel's factor by its id, ``set:fuel``; None for any other factor.

    Examples
    --------
    >>> fuel_parts("national_2021") is None
    True
    """
    return _parts(data_folder()).get(factor_id)
