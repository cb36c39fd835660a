"""Costs of levers, energy and carbon: amounts with ranges, units and sources; what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from pathway_models.core.errors import RecordError
from pathway_models.kernels.costs import along_years
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.levers import Triangle

#: Confidence marks of amounts that this project supposes.
ASSUMED = ("assumed", "invented")


@dataclass(frozen=True)
class Amount:
    """An uncertain amount in its canonical unit, constant or along anchor years.

    Parameters
    ----------
    anchors : tuple of (year, Triangle)
        One anchor is constant over time.
    unit : str
        Canonical: ``million CNY/TJ``, ``million CNY/tCO2``, ``share/yr``, ``yr`` ...
    stated : str
        The amount as its source has it, for tables.
    source : str
        Bib key, or ``ASSUME: ...``.
    confidence : str
    note : str
    """

    anchors: tuple[tuple[int, Triangle], ...]
    unit: str
    stated: str
    source: str
    confidence: str
    note: str = ""

    def __post_init__(self) -> None:
        years = [year for year, _ in self.anchors]
        if not years or years != sorted(set(years)):
            raise RecordError(f"{self.stated}: anchor years must rise, got {years}")

    @property
    def assumed(self) -> bool:
        """True if this project supposes the amount, or a corner of its range, rather than having found it."""
        return self.confidence in ASSUMED or "ASSUME" in self.source or "ASSUME" in self.note

    def draw(self, uniform: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Draw the amount by member and year, (member, year): one draw holds for all years."""
        values = np.stack([triangular(uniform, t.low, t.mode, t.high) for _, t in self.anchors], axis=-1)
        return along_years(years, np.array([year for year, _ in self.anchors], dtype=float), values)

    @property
    def mode(self) -> float:
        """The mode of the first anchor."""
        return self.anchors[0][1].mode


@dataclass(frozen=True)
class LeverCost:
    """Cost of one lever beside the energy it buys and saves.

    Parameters
    ----------
    capital : Amount or None, million CNY per unit of the lever's yearly quantity, or per kW
    full_load_hours : Amount or None, h/yr
        Given where the capital is per kW.
    lifetime : Amount or None, yr
    upkeep : Amount or None, share of the capital per year
    output : Amount or None, TJ/TJ
        What the plant delivers for one unit of the lever's quantity, where its costs are stated by what it delivers.
    running : tuple of Amount, million CNY per unit of the lever's quantity, or of the output; they add up
    bought : bool
        True where the lever costs what its energy costs and nothing else.
    note : str
        What was looked for and not found, or what the figures leave out.
    """

    capital: Amount | None = None
    full_load_hours: Amount | None = None
    lifetime: Amount | None = None
    upkeep: Amount | None = None
    output: Amount | None = None
    running: tuple[Amount, ...] = ()
    bought: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if self.capital is not None and self.lifetime is None:
            raise RecordError("capital needs a lifetime")
        if self.capital is not None and (self.capital.unit == "million CNY/kW") != (self.full_load_hours is not None):
            raise RecordError("capital per kW, and only that, needs full_load_hours")

    @property
    def amounts(self) -> dict[str, Amount]:
        """The amounts there are, by name."""
        names = ("capital", "full_load_hours", "lifetime", "upkeep", "output")
        named = {name: getattr(self, name) for name in names}
        named |= {f"running{at}": amount for at, amount in enumerate(self.running)}
        return {name: amount for name, amount in named.items() if amount is not None}

    @property
    def known(self) -> bool:
        """True if the lever's own cost is known."""
        return self.bought or self.capital is not None or bool(self.running)

    @property
    def assumed(self) -> bool:
        """True if any part of a known cost is supposed."""
        return any(amount.assumed for amount in self.amounts.values())


@dataclass(frozen=True)
class Costs:
    """All costs, in constant prices of one year.

    Parameters
    ----------
    price_year : int
    discount_rate : Amount, share/yr
        Its mode is used; the range is for sensitivity.
    carbon_price : Amount, million CNY/tCO2
    prices : mapping carrier group -> Amount, million CNY/TJ
        A group without a price is not listed.
    premiums : mapping carrier group -> (carrier group, Amount)
        Groups priced so much above another one.
    levers : mapping lever -> LeverCost
    files : names and SHA-256 of the files the record was read from
    """

    price_year: int
    discount_rate: Amount
    carbon_price: Amount
    prices: Mapping[str, Amount]
    premiums: Mapping[str, tuple[str, Amount]] = field(default_factory=dict)
    levers: Mapping[str, LeverCost] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name in ("prices", "premiums", "levers"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for group, (base, _) in self.premiums.items():
            if group in self.prices:
                raise RecordError(f"{group}: has a price of its own and a premium on {base}")

    def has_price(self, group: str) -> bool:
        """Check that the price of a carrier group is known."""
        return group in self.prices or (group in self.premiums and self.premiums[group][0] in self.prices)

    def with_lever(self, lever_id: str, cost: LeverCost) -> Costs:
        """Replace one lever's own cost."""
        return replace(self, levers={**self.levers, lever_id: cost})
