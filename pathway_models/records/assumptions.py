"""Assumptions of a projection beside the park's own table, in one record: laws, uncertainties, factors, targets."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from pathway_models.core import EARLIEST_ISSUE, LATEST_ISSUE, RecordError
from pathway_models.kernels.growth import TrendParameters, long_run_growth
from pathway_models.levers.action import FEEDSTOCK
from pathway_models.records import growth_laws, levers, plans
from pathway_models.records.nowcast import Nowcast, ParkSpread
from pathway_models.records.park import FUELS, Park


@dataclass(frozen=True)
class GridFutures:
    """Parameters of the future factor of purchased power, beside the yearly decline of the slow future.

    Parameters
    ----------
    zero_by : Triangle
        Year in which the straight line of the policy future would reach zero.
    left : float
        Lower bound of the line, as a share of the factor at its beginning.
    mean : float
        Mean factor of the nation, to which those of places are related, tCO2/MWh.
    deviation, tilt : float
        Yearly standard deviation of the log around the nation's course of a place with the nation's mean factor, and
        the power of its relative factor that divides it.
    persistence : float
        Share of a departure that remains after a year.
    heat : float
        Ratio of the decline of the factor of purchased heat to that of the nation's power, both in logs.
    """

    zero_by: levers.Triangle
    left: float
    mean: float
    deviation: float
    tilt: float
    persistence: float
    heat: float


@dataclass(frozen=True)
class Uncertainties:
    """Uncertainties that are not fitted on panels.

    Parameters
    ----------
    factor_errors : mapping group -> float
        Standard deviation of the log of a constant factor that was seen in a source.
    factor_confidence : mapping mark -> float
        Multiplier of it, by confidence mark.
    assumed_fuels : tuple of str
        Carriers that are represented by another fuel.
    measured_factor_errors : mapping group -> float
        Standard deviation of the log of a factor the park measured itself.
    grid_regions : mapping province -> str
        Regional grid of 2012 of each province.
    grid_decline : Triangle
        Share per year in the slow future, one draw for all parks.
    grid_futures : GridFutures
    population : mapping name -> float
        ``noise`` and ``slope_error_sd`` of population, log.
    """

    factor_errors: Mapping[str, float]
    factor_confidence: Mapping[str, float]
    assumed_fuels: tuple[str, ...]
    measured_factor_errors: Mapping[str, float]
    grid_regions: Mapping[str, str]
    grid_decline: levers.Triangle
    grid_futures: GridFutures
    population: Mapping[str, float]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of two inputs, with its source.

    Parameters
    ----------
    first, second : str
        Names of draws, e.g. ``"electrification:share"`` or ``"factor:coal"``.
    rank : float
        Between -1 and 1, both excluded.
    source : str
        Bib key, or ``ASSUME: ...``.
    """

    first: str
    second: str
    rank: float
    source: str

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise RecordError(f"{self.first}: an input is not correlated with itself")
        if not -1 < self.rank < 1:
            raise RecordError(f"{self.first} and {self.second}: rank correlation {self.rank} is not between -1 and 1")


#: Digits of the hash that are printed.
SHOWN = 12


@dataclass(frozen=True)
class Baselines:
    """Fitted trend parameters by use, their correlations, and the assumed long-run growth.

    Parameters
    ----------
    version : str
        Version of the file, to be printed with every result.
    trends : dict of TrendParameters
        By use: ``emissions``, ``activity``, ``intensity``, ``mix``.
    correlation : dict of float
        ``innovation`` and ``slope``: between activity and intensity of the same entity; ``shared_activity``: share of
        the variance of activity that all parks have in common.
    knots : dict of dict
        Long-run growth by use: year -> log per year, linear between the years given.
    """

    version: str
    trends: dict[str, TrendParameters]
    correlation: dict[str, float]
    knots: dict[str, dict[int, float]]

    def prior_path(self, use: str, years: np.ndarray) -> np.ndarray:
        """Return the long-run growth of a use in the years given, log per year; shape of the years."""
        return long_run_growth(self.knots[use], years)


#: Kind of a sector that fits no other kind.
OTHER = "other_industry"
#: Kinds of sectors without plants: they have no stack and no share of the national capture capacity.
WITHOUT_STACKS = ("transport", "buildings", "agriculture")


#: Uses of energy where they are not known.
UNTOLD: Mapping[str, float] = {"": 1.0}


@dataclass(frozen=True)
class SectorKinds:
    """Kinds of sectors by words of their names, and the uses of carriers in each.

    Parameters
    ----------
    words : mapping kind -> tuple of str
        A sector is of the first kind of which a word occurs in its name.
    archetypes : mapping archetype -> kind
        Of parks that are not divided into sectors.
    uses : mapping kind -> carrier or group -> use -> float
        Shares that add up to one; an entry of a carrier takes precedence over one of its group.
    hydrogen_made : tuple of str
        Words of sectors and processes whose emissions come from making hydrogen as feedstock.
    """

    words: Mapping[str, tuple[str, ...]]
    archetypes: Mapping[str, str]
    uses: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    hydrogen_made: tuple[str, ...] = ()

    def kind_of(self, sector: str, archetype: str = "") -> str:
        """Find the kind of a sector of a park of an archetype."""
        if (sector, archetype) not in self._found:
            name = archetype if sector == "park" else sector.casefold()
            kinds = (kind for kind, words in self.words.items() if any(word in name for word in words))
            known = self.archetypes.get(name) if sector == "park" else None
            self._found[sector, archetype] = known or next(kinds, OTHER)
        return self._found[sector, archetype]

    @cached_property
    def _found(self) -> dict[tuple[str, str], str]:
        """Cache of kinds: each batch of a projection looks them up again."""
        return {}

    def uses_of(self, kind: str, carrier: str, group: str) -> Mapping[str, float]:
        """Look up the uses of a carrier in a kind of sectors, by share of its energy."""
        given = self.uses.get(kind, {})
        return given.get(carrier, given.get(group, UNTOLD))

    def uses_in(self, park: Park, s: int, carrier: str, group: str) -> Mapping[str, float]:
        """Look up the uses of a carrier in a sector of a park: what its table states, else those of its kind."""
        stated = park.uses.get((park.sectors[s], carrier))
        return stated or self.uses_of(self.kind_of(park.sectors[s], park.archetype), carrier, group)

    def processes_of(self, park: Park) -> tuple[tuple[str, str], ...]:
        """List the kind of sectors and the use, `FEEDSTOCK` or none, of each of a park's processes."""
        kinds, found = self.of(park), []
        for one in park.processes:
            named = f"{park.sectors[one.sector]} {one.name}".casefold()
            found.append((kinds[one.sector], FEEDSTOCK if any(word in named for word in self.hydrogen_made) else ""))
        return tuple(found)

    def of(self, park: Park) -> tuple[str, ...]:
        """List the kinds of a park's sectors."""
        return tuple(self.kind_of(sector, park.archetype) for sector in park.sectors)


@dataclass(frozen=True)
class CaptureRange:
    """Range of the national capacity to capture CO2 by year, and the emissions by which parks share it.

    Parameters
    ----------
    country : str
        ISO 3166 code; parks elsewhere have no ceiling.
    years : tuple of int
        Linear between them; constant after the last.
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
        """Return the key of the range that applies to a kind of sectors."""
        return kind if kind in self.low else ""

    def shares(self, park: Park, kinds: SectorKinds) -> dict[str, float]:
        """Compute the share of a park in the emissions of each range, in its year nearest to the reference year.

        ASSUME: the share of that year holds for good: a park that grows faster than the nation gets no larger part.
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


@dataclass(frozen=True, eq=False)
class Assumptions:
    """All inputs of `sample` and `project` beside the park's table and the scenarios.

    Change one with `dataclasses.replace`; the hash, and the label of every result, change with it.

    Parameters
    ----------
    law : str
        Name of the growth law of the baseline, as registered (``baseline.laws``).
    baselines : Baselines
        Fitted parameters of the shipped law, and the long-run growth assumed.
    uncertainties : Uncertainties
        Errors of factors, decline of the grid factor, population.
    correlations : tuple of Correlation
        Inputs tied by rank.
    targets : tuple of Target
        Targets of the nation from which gaps are computed.
    carriers : mapping carrier id -> Carrier
    default_factors : mapping factor set -> carrier id -> float, tCO2/TJ
        Of carriers that levers bring in; ``""`` is used for a set that is not listed.
    issue_year : int
        Year in which the answer is given: up to it no scenario differs from the one without measures.
    fits : mapping use -> GrowthLaw
        Growth laws fitted to panels, in place of ``law`` with its shipped parameters (``hindcast.park_laws.with_law``).
    levels : LevelParameters, optional
        Fitted numbers of the law in levels.
    nowcast : Nowcast, optional
        Estimate of the years from the last inventory of a region to today; None leaves them to the growth law.
    park_spread : ParkSpread, optional
        Departures of parks from their region in these years; without it parks are not bridged.
    sectors : SectorKinds
        Kinds of sectors, by their names.
    capture : CaptureRange, optional
        National capture capacity; without it plants capture without limit.
    demand : mapping kind of activity -> year -> float
        National output of the products that measure sectors, followed by the median of their paths.
    shipped_hash : str
        Hash of the record as it was read; not part of the hash itself.
    """

    law: str
    baselines: Baselines
    uncertainties: Uncertainties
    correlations: tuple[Correlation, ...]
    targets: tuple[plans.Target, ...]
    carriers: Mapping[str, plans.Carrier]
    default_factors: Mapping[str, Mapping[str, float]]
    issue_year: int
    fits: Mapping[str, growth_laws.GrowthLaw] = field(default_factory=dict)
    levels: growth_laws.LevelParameters | None = None
    nowcast: Nowcast | None = None
    park_spread: ParkSpread | None = None
    sectors: SectorKinds = field(default_factory=lambda: SectorKinds({}, {}))
    capture: CaptureRange | None = None
    demand: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    shipped_hash: str = ""

    def __post_init__(self) -> None:
        for name in ("carriers", "default_factors", "fits", "demand"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        year = self.issue_year
        if isinstance(year, bool) or not isinstance(year, int) or not EARLIEST_ISSUE <= year <= LATEST_ISSUE:
            raise RecordError(f"issue year {year!r}: expected a year from {EARLIEST_ISSUE} to {LATEST_ISSUE}")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, the same on every host."""
        content = {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.name != "shipped_hash"}
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def label(self) -> str:
        """Origin and hash, as every result shows them: ``shipped (0123456789ab)``."""
        return f"{'shipped' if self.hash == self.shipped_hash else 'own'} ({self.hash[:SHOWN]})"

    @property
    def law_version(self) -> str:
        """Version of the parameters of the growth law."""
        return self.levels.version if self.levels is not None and self.law == "levels" else self.baselines.version

    def default_factor(self, factor_set: str, carrier: str) -> float | None:
        """Return the factor of a carrier where a park gives none, tCO2/TJ; None where the set has none."""
        return self.default_factors.get(factor_set, self.default_factors[""]).get(carrier)

    def __repr__(self) -> str:
        errors = ", ".join(f"{name} {size:.0%}" for name, size in self.uncertainties.factor_errors.items())
        long_run = ", ".join(
            f"{use} {100 * growth:+.1f} %/yr in {year}"
            for use, knots in self.baselines.knots.items()
            for year, growth in (max(knots.items()),)
            if growth
        )
        decline, zero = self.uncertainties.grid_decline, self.uncertainties.grid_futures.zero_by
        fitted = f", fitted here: {', '.join(self.fits)}" if self.fits else ""
        in_levels = self.levels is not None and self.law == "levels"
        # The law in levels has its long-run growth from its nation.
        ahead = (
            f"nations {len(self.levels.nations)}, provinces {len(self.levels.regions)}"
            if in_levels
            else (f"long-run growth {long_run}")
        )
        return (
            f"<Assumptions {self.label}, issued in {self.issue_year}\n"
            f"  growth law {self.law}, parameters {self.law_version}{fitted}\n"
            f"  {ahead}\n"
            f"  grid factor falls {decline.low:.1%} to {decline.high:.1%} a year, most likely {decline.mode:.1%}\n"
            f"  under policy towards zero by {zero.low:g} to {zero.high:g}, most likely {zero.mode:g}\n"
            f"  factor errors (log sd) {errors}\n"
            f"  {len(self.correlations)} rank correlations, {len(self.targets)} targets,"
            f" {len(self.carriers)} carriers, {len(self.default_factors) - 1} factor sets>"
        )


def _plain(value: Any) -> Any:
    """Convert content to JSON types; the class of a record counts as content."""
    if is_dataclass(value):
        return [type(value).__name__, {one.name: _plain(getattr(value, one.name)) for one in fields(value)}]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(value[key])] for key in sorted(value)]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value.__qualname__ if callable(value) else value
