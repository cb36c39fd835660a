"""Energy assets of a park: boilers, kilns, combined heat and power units, with age and lifetime."""

from dataclasses import dataclass

from pathway_models.core.errors import RecordError

KINDS = ("boiler", "kiln", "furnace", "chp", "other")


@dataclass(frozen=True)
class Asset:
    """One unit that burns or uses one carrier.

    Parameters
    ----------
    asset_id : str
    kind : str
        One of `KINDS`.
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
        if self.kind not in KINDS:
            raise RecordError(f"{self.asset_id}: kind {self.kind!r} is not one of {KINDS}")
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
