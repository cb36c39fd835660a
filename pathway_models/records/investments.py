"""Energy assets with their age; investments: what a project costs, saves and is for, ranges and unknowns kept."""

from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import RecordError

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
        What it cost, million CNY of the price year of the costs; None where not known.
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
