"""Factors of industrial processes, by the id of their row in ``process_factors.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.intake.factors import TRUSTED
from pathway_models.intake.paths import data_folder


@dataclass(frozen=True)
class ProcessFactor:
    """One row of the table.

    Parameters
    ----------
    value : float
        tCO2 per tonne produced or consumed.
    confidence, source_key : str
    """

    process_id: str
    value: float
    confidence: str
    source_key: str

    @property
    def is_trusted(self) -> bool:
        """Whether it may serve without being named by the user."""
        return self.confidence in TRUSTED


@cache
def _factors(folder: Path) -> dict[str, ProcessFactor]:
    with (folder / "factors" / "process_factors.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["process_id"]: ProcessFactor(
                row["process_id"], float(row["value"]), row["confidence"], row["source_key"]
            )
            for row in csv.DictReader(file)
            if row["value"] and row["gas"] == "CO2" and row["unit"].startswith("tCO2/t")
        }


def process_factors() -> dict[str, ProcessFactor]:
    """Process factors in tCO2/t by id."""
    return dict(_factors(data_folder()))
