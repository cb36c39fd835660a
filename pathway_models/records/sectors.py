"""Kinds of sectors, what they use energy for, and how much of their CO2 the nation can capture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pathway_models.records.park import Park

#: What a sector is that fits nowhere else.
OTHER = "other_industry"
#: Kinds of sectors that are no plant: no stack, no share of what the nation captures.
WITHOUT_STACKS = ("transport", "buildings", "agriculture")
#: Groups of carriers that are burnt to CO2.
FUELS = ("coal", "oil", "gas", "other_fuel")


#: Uses of energy that are not told apart.
UNTOLD: Mapping[str, float] = {"": 1.0}


@dataclass(frozen=True)
class SectorKinds:
    """Kinds of sectors by words of their names, and what each uses its carriers for.

    Parameters
    ----------
    words : mapping kind -> tuple of str
        A sector is of the first kind of which a word stands in its name.
    archetypes : mapping archetype -> kind
        Of parks that are not divided into sectors.
    uses : mapping kind -> carrier or group -> use -> float
        Shares that add up to one; a carrier goes before its group.
    """

    words: Mapping[str, tuple[str, ...]]
    archetypes: Mapping[str, str]
    uses: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)

    def kind_of(self, sector: str, archetype: str = "") -> str:
        """Find the kind of a sector of a park of an archetype."""
        name = archetype if sector == "park" else sector.casefold()
        if sector == "park" and name in self.archetypes:
            return self.archetypes[name]
        return next((kind for kind, words in self.words.items() if any(word in name for word in words)), OTHER)

    def uses_of(self, kind: str, carrier: str, group: str) -> Mapping[str, float]:
        """Look up the uses of a carrier in a kind of sectors, by share of its energy."""
        given = self.uses.get(kind, {})
        return given.get(carrier, given.get(group, UNTOLD))

    def of(self, park: Park) -> tuple[str, ...]:
        """List the kinds of a park's sectors."""
        return tuple(self.kind_of(sector, park.archetype) for sector in park.sectors)


@dataclass(frozen=True)
class CaptureRange:
    """Range of what the nation can capture and store or use, by date, and the emissions it is shared out by.

    Parameters
    ----------
    country : str
        ISO 3166 code; parks elsewhere have no ceiling.
    years : tuple of int
        Linear between them; the last value holds after the last.
    low, high : mapping kind -> tuple of float, tCO2/yr
        Of a kind of sectors in those years; ``""`` stands for all others together.
    reference_year : int
    national : mapping kind -> float, tCO2/yr
        Emissions of the nation's sectors in the reference year.
    """

    country: str
    years: tuple[int, ...]
    low: Mapping[str, tuple[float, ...]]
    high: Mapping[str, tuple[float, ...]]
    reference_year: int
    national: Mapping[str, float]

    def lot(self, kind: str) -> str:
        """Name the range that a kind of sectors draws on."""
        return kind if kind in self.low else ""

    def shares(self, park: Park, kinds: SectorKinds) -> dict[str, float]:
        """Compute the share of a park in the emissions of each range, in its year nearest to the reference year.

        ASSUME: the share is that of one year, for good: who grows faster than the nation gets no larger part.
        """
        at = int(np.abs(park.years - self.reference_year).argmin())
        of_sector = (park.energy * park.factors)[:, np.isin(park.groups, FUELS), at].sum(axis=1)
        for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
            if not (process.is_balance or process.is_undivided):
                of_sector[process.sector] += output[at] * factor[at]
        own, whole = dict.fromkeys(self.low, 0.0), dict.fromkeys(self.low, 0.0)
        for kind, activity, emitted in zip(kinds.of(park), park.activity_kinds, of_sector, strict=True):
            if kind not in WITHOUT_STACKS and activity != "population":
                own[self.lot(kind)] += float(emitted)
        for kind, emitted in self.national.items():
            whole[self.lot(kind)] += emitted
        return {lot: own[lot] / whole[lot] for lot in own}

    def ceiling(self, park: Park, kinds: SectorKinds, years: np.ndarray, place: np.ndarray) -> np.ndarray | None:
        """Compute the most that a park can capture: (year, member), tCO2/yr; None where there is no ceiling.

        Parameters
        ----------
        park : Park
        kinds : SectorKinds
        years : (Y,) int
        place : (member,)
            Place between low and high, 0 to 1, the same for all parks.
        """
        if park.country != self.country:
            return None
        most = np.zeros((years.size, place.size))
        for lot, share in self.shares(park, kinds).items():
            low, high = (np.interp(years, self.years, corners[lot])[:, None] for corners in (self.low, self.high))
            most += share * (low + (high - low) * place)
        return most
