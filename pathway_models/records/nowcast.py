"""Emissions between the last inventory and today: activity by region, the fitted nowcast, and a park's bridge."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pathway_models.core import RecordError, arrays
from pathway_models.kernels import Floats

#: Status of a year: read from an inventory; estimated from activity; beyond that but not beyond the issue year, and so
#: bridged by the law; projected.
OBSERVED, NOWCAST, BY_LAW, PROJECTED = "observed", "nowcast", "bridged_by_law", "projected"


@dataclass(frozen=True, eq=False)
class RegionalActivity:
    """Emissions of regions up to their last inventory, and activity beyond it.

    Parameters
    ----------
    regions : (R,) str
        Names as in the inventory.
    names : (R,) str
        Chinese short names, as parks give their province.
    years : (Y,) int
    emissions : (region, year), tCO2/yr
        NaN after the last inventory.
    values : mapping column -> (region, year)
        Emissions of sectors, output, generation; NaN where missing, never zero for it.
    nation : (Y,), tCO2/yr
        The national account.
    """

    regions: tuple[str, ...]
    names: tuple[str, ...]
    years: NDArray[np.int_]
    emissions: Floats
    values: Mapping[str, Floats]
    nation: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", arrays.rising_years("years", self.years))
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        for array in (self.emissions, self.nation, *self.values.values()):
            arrays.fixed(array)

    @property
    def last_observed(self) -> int:
        """Last year in which all regions have emissions."""
        return int(self.years[np.isfinite(self.emissions).all(axis=0)][-1])

    def at(self, year: int) -> int:
        """Return the position of a year."""
        return year - int(self.years[0])


@dataclass(frozen=True, eq=False)
class Nowcast:
    """The fitted nowcast of a set of regions: centre, spread and change of the national account.

    Parameters
    ----------
    version : str
    regions, names : (R,) str
        As in `RegionalActivity`.
    observed_years : (H,) int
    observed : (region, observed year), tCO2/yr
    years : (S,) int
        The years after them that are covered by activity.
    centre : (region, step)
        Expected log change since the last observed year, relative to the nation's.
    probabilities : (K,)
    quantiles : (step, K)
        Of the error of a region's log change, on windows that were held out.
    correlation : (step, step)
        Of the normal scores of the errors of one region.
    nation_change : (step,)
        Log change of the national account since the last observed year.
    nation_error : (step,)
        Standard deviation by which the sum of the regions may depart from it, log.
    sector_ids : mapping sector -> (id, ...)
        Sectors of the nowcast, with their ids in tables of parks; the last one is for all other sectors.
    tilts : (region, sector, step)
        Log change of each sector's emissions less that of the region's total.
    nation_tilts : (sector, step)
        The same of the nation.
    """

    version: str
    regions: tuple[str, ...]
    names: tuple[str, ...]
    observed_years: NDArray[np.int_]
    observed: Floats
    years: NDArray[np.int_]
    centre: Floats
    probabilities: Floats
    quantiles: Floats
    correlation: Floats
    nation_change: Floats
    nation_error: Floats
    sector_ids: Mapping[str, tuple[str, ...]]
    tilts: Floats
    nation_tilts: Floats

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "sector_ids", MappingProxyType(dict(self.sector_ids)))
        put(self, "observed_years", arrays.rising_years("observed_years", self.observed_years))
        put(self, "years", arrays.rising_years("years", self.years))
        if self.years[0] != self.last_observed + 1:
            raise RecordError(f"a nowcast from {self.years[0]} does not follow the last inventory {self.last_observed}")
        steps, grid = self.years.size, np.size(self.probabilities)
        shapes = {
            "observed": (len(self.regions), self.observed_years.size),
            "centre": (len(self.regions), steps),
            "probabilities": (grid,),
            "quantiles": (steps, grid),
            "correlation": (steps, steps),
            "nation_change": (steps,),
            "nation_error": (steps,),
            "tilts": (len(self.regions), len(self.sector_ids), steps),
            "nation_tilts": (len(self.sector_ids), steps),
        }
        for name, shape in shapes.items():
            put(self, name, arrays.frozen_array(name, getattr(self, name), shape))

    @property
    def last_observed(self) -> int:
        """Last year of the inventories."""
        return int(self.observed_years[-1])

    @property
    def weights(self) -> Floats:
        """Shares of the regions in the last observed year: (region,)."""
        return self.observed[:, -1] / self.observed[:, -1].sum()

    def row_of(self, province: str) -> int | None:
        """Find the region of a province, named in full or short (``河北省``, ``河北``); None if there is none."""
        return next((row for row, name in enumerate(self.names) if province.startswith(name)), None)


@dataclass(frozen=True, eq=False)
class SiteActivity:
    """Reported emissions of all sites of a continent, the observed activity of countries without a nowcast.

    Parameters
    ----------
    years : (Y,) int
    sectors : mapping sector -> (Y,), tCO2/yr
        Of the continent, by the sectors of its reports; the last one is for all other sectors of parks.
    sector_ids : mapping sector -> (id, ...)
        Their ids in tables of parks.
    countries : mapping country -> (Y,), tCO2/yr
        Of the last sector; NaN in years that a country did not report, and in all years if it has too few sites.
    """

    years: NDArray[np.int_]
    sectors: Mapping[str, Floats]
    sector_ids: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, Floats]

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "years", arrays.rising_years("years", self.years))
        if list(self.sectors) != list(self.sector_ids):
            raise RecordError(
                f"sectors {', '.join(self.sectors)} are not those of the ids {', '.join(self.sector_ids)}"
            )
        sectors = {name: arrays.frozen_array(name, values, self.years.shape) for name, values in self.sectors.items()}
        put(self, "sectors", MappingProxyType(sectors))
        put(self, "sector_ids", MappingProxyType(dict(self.sector_ids)))
        countries = {name: arrays.fixed(np.array(values, dtype=float)) for name, values in self.countries.items()}
        wrong = [name for name, values in countries.items() if values.shape != self.years.shape]
        if wrong:
            raise RecordError(f"{', '.join(wrong)}: expected one value for each of the {self.years.size} years")
        put(self, "countries", MappingProxyType(countries))

    def last_of(self, country: str) -> int | None:
        """Return the last known year of a country; None where the country is not listed."""
        if country not in self.countries:
            return None
        known = np.isfinite(self.countries[country])
        return int(self.years[np.flatnonzero(known)[-1]]) if known.any() else int(self.years[-1])

    def growth(self, country: str, last: int, end: int) -> tuple[Floats, Floats, Floats]:
        """Compute log changes from a year to another one.

        Returns
        -------
        continent, departure : (year,)
            Of the last sector; departure of the country from the continent, zero where it is not known.
        tilts : (sector, year)
            Change of each sector less that of the last one.
        """
        at, to = last - int(self.years[0]), end - int(self.years[0])
        changes = np.stack([np.log(values[at + 1 : to + 1] / values[at]) for values in self.sectors.values()])
        own = self.countries[country]
        departure = np.nan_to_num(np.log(own[at + 1 : to + 1] / own[at]) - changes[-1])
        return changes[-1], departure, changes - changes[-1]


def position_of(sector: str, kind: str, sector_ids: Mapping[str, tuple[str, ...]]) -> int:
    """Find the position of a table's sector by its name, else by its kind; the last one is for all others."""
    # ASSUME: a sector of a kind called like a sector that is known (steel, cement, power) does as that one does.
    ids = list(sector_ids.values())
    return next((at for name in (sector, kind) for at, own in enumerate(ids) if name in own), len(ids) - 1)


@dataclass(frozen=True, eq=False)
class ParkSpread:
    """Departure of parks from nation and region, by years since the last table, measured on real sites.

    Parameters
    ----------
    version : str
    follow : (S,)
        Share of a region's departure from its nation that its parks follow, by years.
    probabilities : (K,)
    quantiles : (S, K)
        Of the residual, log.
    correlation : (S, S)
        Of its normal scores.
    sites : SiteActivity, optional
        Activity of countries without a nowcast.
    """

    version: str
    follow: Floats
    probabilities: Floats
    quantiles: Floats
    correlation: Floats
    sites: SiteActivity | None = None

    def __post_init__(self) -> None:
        steps, grid = np.size(self.follow), np.size(self.probabilities)
        shapes = {
            "follow": (steps,),
            "probabilities": (grid,),
            "quantiles": (steps, grid),
            "correlation": (steps, steps),
        }
        for name, shape in shapes.items():
            object.__setattr__(self, name, arrays.frozen_array(name, getattr(self, name), shape))

    @property
    def longest(self) -> int:
        """Number of years that were measured."""
        return self.follow.size


@dataclass(frozen=True, eq=False)
class Bridge:
    """Estimated years from a park's last observed year to the last year of activity.

    Parameters
    ----------
    years : (B,) int
        From the year after the park's last observed one.
    log_change : (member, B)
        Log change of the park's emissions since that year; the nation's and the regions' part of a member is the same
        for all parks.
    middle : (B,)
        Its centre, the same for any number of members; a law reads it as years of the record.
    tilts : (sector, B)
        Log change of each of the park's sectors less that of the park, before both are made to add up.
    source : str
        Data of the estimate.
    """

    years: NDArray[np.int_]
    log_change: Floats
    middle: Floats
    tilts: Floats
    source: str

    def __post_init__(self) -> None:
        years = arrays.rising_years("years", self.years)
        object.__setattr__(self, "years", years)
        members, sectors = np.shape(self.log_change)[0], np.shape(self.tilts)[0]
        object.__setattr__(
            self, "log_change", arrays.frozen_array("log_change", self.log_change, (members, years.size))
        )
        object.__setattr__(self, "middle", arrays.frozen_array("middle", self.middle, (years.size,)))
        object.__setattr__(self, "tilts", arrays.frozen_array("tilts", self.tilts, (sectors, years.size)))

    def __len__(self) -> int:
        return self.years.size

    def of(self, members: NDArray[np.int_]) -> Self:
        """Return the same bridge with some of its members, by position; one may stand several times."""
        return replace(self, log_change=self.log_change[members])

    def __repr__(self) -> str:
        return f"<Bridge {self.years[0]}-{self.years[-1]}: {len(self.log_change)} members, {self.source}>"


@dataclass(frozen=True, eq=False)
class RegionalEnsemble:
    """Emissions of regions by member: inventories, then the nowcast.

    Parameters
    ----------
    regions, names : (R,) str
        Names as in the inventory, and Chinese short names.
    years : (Y,) int
    last_observed : int
    emissions : (region, member, year), tCO2/yr
        Observed years are the same in all members.
    nation : (Y,), tCO2/yr
        The national account, whose growth the sum follows; its level differs.
    nation_error : (Y,)
        Standard deviation of the sum around the account's growth, log; 0 in observed years.
    seed : int
    version : str
        Of the fitted nowcast.
    """

    regions: tuple[str, ...]
    names: tuple[str, ...]
    years: NDArray[np.int_]
    last_observed: int
    emissions: Floats
    nation: Floats
    nation_error: Floats
    seed: int
    version: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", arrays.rising_years("years", self.years))
        members = np.shape(self.emissions)[1]
        shape = (len(self.regions), members, self.years.size)
        object.__setattr__(self, "emissions", arrays.frozen_array("emissions", self.emissions, shape))

    @property
    def status(self) -> tuple[str, ...]:
        """`OBSERVED` or `NOWCAST`, by year."""
        return tuple(OBSERVED if year <= self.last_observed else NOWCAST for year in self.years)

    def total(self) -> Floats:
        """Sum the regions, member by member: (member, year), tCO2/yr."""
        return self.emissions.sum(axis=0)

    def __repr__(self) -> str:
        return (
            f"<RegionalEnsemble {len(self.regions)} regions, {self.emissions.shape[1]} members, seed {self.seed}:"
            f" {OBSERVED} {self.years[0]}-{self.last_observed}, {NOWCAST} to {self.years[-1]}, tCO2/yr>"
        )
