"""Costs of levers, energy and carbon, energy assets with their age, and investments; unknown amounts stay unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from pathway_models.core import RecordError
from pathway_models.kernels import costs, quantiles
from pathway_models.records.levers import Triangle

#: Confidence marks of amounts that this project assumes.
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
        """True if the amount, or a corner of its range, is assumed by this project."""
        return self.confidence in ASSUMED or "ASSUME" in self.source or "ASSUME" in self.note

    def draw(self, uniform: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Draw the amount by member and year, (member, year): one draw holds for all years."""
        values = np.stack([quantiles.triangular(uniform, t.low, t.mode, t.high) for _, t in self.anchors], axis=-1)
        return costs.along_years(years, np.array([year for year, _ in self.anchors], dtype=float), values)

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
        Energy delivered per unit of the lever's quantity, where costs are stated per energy delivered.
    running : tuple of Amount, million CNY per unit of the lever's quantity, or of the output; they add up
    bought : bool
        True where the lever has no cost but that of its energy.
    note : str
        Figures that were not found, or items that the figures leave out.
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
        """Amounts of the lever that are given, by name."""
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
        """True if any part of a known cost is assumed."""
        return any(amount.assumed for amount in self.amounts.values())


@dataclass(frozen=True)
class Costs:
    """Costs of levers, energy and carbon, in constant prices of one year.

    Parameters
    ----------
    price_year : int
    discount_rate : Amount, share/yr
        Its mode is used; the range is for sensitivity.
    carbon_price : Amount, million CNY/tCO2
    prices : mapping carrier group -> Amount, million CNY/TJ
        A group without a price is not listed.
    premiums : mapping carrier group -> (carrier group, Amount)
        Groups priced at a premium above another one.
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


ASSET_KINDS = ("boiler", "kiln", "furnace", "chp", "other")


@dataclass(frozen=True)
class Asset:
    """One unit that burns or uses one carrier.

    Parameters
    ----------
    asset_id : str
    kind : str
        One of `ASSET_KINDS`.
    carrier : str
        Carrier id.
    energy : float
        Use in the last observed year, TJ.
    commissioned : int
    lifetime : int
        Years from commissioning to replacement.
    capital : float or None
        Investment cost, million CNY of the price year of the costs; None where not known.
    source : str
    """

    asset_id: str
    kind: str
    carrier: str
    energy: float
    commissioned: int
    lifetime: int
    capital: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ASSET_KINDS:
            raise RecordError(f"{self.asset_id}: kind {self.kind!r} is not one of {ASSET_KINDS}")
        if self.energy < 0 or self.lifetime <= 0:
            raise RecordError(f"{self.asset_id}: energy must not be negative and the lifetime above zero")
        if self.capital is not None and self.capital < 0:
            raise RecordError(f"{self.asset_id}: capital must not be negative")

    @property
    def due(self) -> int:
        """Year of the first replacement."""
        return self.commissioned + self.lifetime

    def windows(self, first: int, last: int) -> tuple[int, ...]:
        """List the years in which the unit is replaced, ``first`` to ``last``; an overdue one is due in ``first``."""
        year = max(self.due, first) if self.due <= last else self.due
        return tuple(range(year, last + 1, self.lifetime))

    def book_value(self, year: int) -> float | None:
        """Compute the book value of a unit that stops in a year, million CNY; straight line, no interest."""
        if self.capital is None:
            return None
        return self.capital * min(max((self.due - year) / self.lifetime, 0.0), 1.0)


#: Low, likely and high value; None where it is not known.
Range = tuple[float, float, float]


@dataclass(frozen=True)
class Investment:
    """One project of a list of investments.

    Parameters
    ----------
    name, owner, content, source : str
    start, years, lifetime : int
        First year of construction, years of construction, years of operation after it.
    capital : Range or None
        Whole investment, million CNY.
    saving : Range or None
        Yearly income and saved cost less operating cost, million CNY/yr.
    subsidy : float
        Million CNY, paid with the investment.
    energy : float or None
        Yearly effect on energy use, tce; below zero where it saves.  None where it is not stated.
    carbon : float or None
        Yearly effect on emissions as stated by the owner, tCO2; below zero where it saves.
    lever : str
        Lever it carries out, or empty.
    load : str
        Committed project it belongs to, or empty.
    """

    name: str
    owner: str
    content: str
    source: str
    start: int
    years: int
    lifetime: int
    capital: Range | None
    saving: Range | None
    subsidy: float = 0.0
    energy: float | None = None
    carbon: float | None = None
    lever: str = ""
    load: str = ""

    def __post_init__(self) -> None:
        if self.years < 1 or self.lifetime < 1:
            raise RecordError(f"{self.name}: expected at least one year of construction and one of operation")
        for name in ("capital", "saving"):
            value = getattr(self, name)
            if value is not None and not value[0] <= value[1] <= value[2]:
                raise RecordError(f"{self.name}: {name} {value} is not in rising order")

    @property
    def first_full_year(self) -> int:
        """Return the first year of operation."""
        return self.start + self.years

    @property
    def is_priced(self) -> bool:
        """Tell whether both sides of the cash flow are known."""
        return self.capital is not None and self.saving is not None

    def flows(self, corner: str = "likely") -> np.ndarray:
        """Return the yearly cash flow, million CNY: construction, then operation; the first year is time 0.

        Parameters
        ----------
        corner : {"worst", "likely", "best"}
            The worst case has the highest capital and the lowest saving.

        Raises
        ------
        RecordError
            A side of the cash flow is not known.
        """
        if self.capital is None or self.saving is None:
            raise RecordError(f"{self.name}: investment or saving is not known")
        capital, saving = {
            "worst": (self.capital[2], self.saving[0]),
            "likely": (self.capital[1], self.saving[1]),
            "best": (self.capital[0], self.saving[2]),
        }[corner]
        return np.r_[np.full(self.years, -(capital - self.subsidy) / self.years), np.full(self.lifetime, float(saving))]
