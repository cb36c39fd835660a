"""Energy and factors behind what a park states, by the choices it made.

Factors of industrial processes, by the id of their row in ``process_factors.csv``.
"""

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from pathway_models.core.files import data_folder
from pathway_models.core.units import TJ_PER_MWH
from pathway_models.intake.description import Choices
from pathway_models.intake.factors.tables import (
    TRUSTED,
    Carrier,
    default_factor,
    find_fuel,
    grid_factors,
    read_carriers,
)
from pathway_models.intake.statements import Statement
from pathway_models.records.park import HeatSupply


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
        """Tell whether it may serve without being named by the user."""
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


@dataclass
class Factors:
    """The factor tables as one park chose them; each is looked up once.

    Parameters
    ----------
    choices : Choices
    carriers : dict
    processes : dict
    supplied : HeatSupply or None
        Gives the factor of purchased heat where the supplier's fuels are known.
    """

    choices: Choices
    carriers: dict[str, Carrier] = field(default_factory=read_carriers)
    processes: dict[str, ProcessFactor] = field(default_factory=process_factors)
    supplied: HeatSupply | None = None
    _contents: dict[tuple[str, str], float | None] = field(default_factory=dict)
    _defaults: dict[tuple[str, int], float | None] = field(default_factory=dict)

    def tj_per(self, unit: str, item: str) -> float | None:
        """TJ in one unit of a carrier; None where the factor set has no calorific value for it in that unit."""
        if (unit, item) not in self._contents:
            self._contents[unit, item] = self._content(unit, item)
        return self._contents[unit, item]

    def _content(self, unit: str, item: str) -> float | None:
        if unit == "TJ":
            return 1.0
        if unit == "MWh":
            return TJ_PER_MWH
        carrier = self.carriers.get(item)
        fuel = find_fuel(self.choices.factor_set, carrier) if carrier else None
        return fuel.tj_per_unit if fuel and fuel.unit == unit else None

    def tj(self, s: Statement, value: float | None = None) -> float:
        """Energy of a statement or of a part of it, TJ; 0 where it cannot be known."""
        return (s.value if value is None else value) * (self.tj_per(s.unit, s.entry.item) or 0.0)

    def own(self, s: Statement) -> float | None:
        """Own factor of a statement in tCO2/TJ; None where it has none, or none that can be converted."""
        if s.factor is None:
            return None
        content = self.tj_per(s.factor_unit.removeprefix("tCO2/"), s.entry.item)
        return s.factor / content if content else None

    def default(self, item: str, year: int) -> float | None:
        """Factor of a carrier where the park gives none, tCO2/TJ; None where there is no default."""
        if item == "heat" and self.supplied is not None:
            return float(self.supplied.of(np.array([year]))[0])
        if (item, year) not in self._defaults:
            self._defaults[item, year] = self._default(item, year)
        return self._defaults[item, year]

    def _default(self, item: str, year: int) -> float | None:
        carrier = self.carriers[item]
        if carrier.group == "electricity":
            factors, fault = grid_factors(self.choices.grid_factor, "")
            return None if fault else factors.of(year).value / TJ_PER_MWH
        return default_factor(self.choices.factor_set, carrier)
