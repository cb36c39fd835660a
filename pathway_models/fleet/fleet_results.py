"""Records of a fleet: rules of counting parks together, their total, their packages, shares of a budget.

A fleet is of one kind, holds each park once and no region inside another.  Its total goes with its coverage: how many
parks it holds and how many of them are invented (``docs/fleet.md``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError, units
from pathway_models.decisions.decision import Candidate, Decision
from pathway_models.intake.register import Entry
from pathway_models.peaks.finding import peaks_of
from pathway_models.records import TOTAL, Park, Pathways, Peaks

#: Id of a fleet in place of a park id.
FLEET = "fleet"
#: Kind that is never added to others: regions contain parks.
REGION = "region"
#: Quantiles of the total, as bands are drawn and stored by year.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Scenarios of the totals with packages: no lever, and each park's own package.
OFF, PACKAGE = "off", "package"
#: Rules of sharing a budget, in the order in which they are shown.
RULES = ("grandfathering", "value_added", "capability", "marginal_cost")
#: Ways to compute a band of the total: member by member, parks drawn independently, and quantiles added.
BANDS = ("shared", "independent", "summed")
#: Horizon over which the growth laws were tested in hindcasts (``data/hindcasts``), years: totals are shown no further,
#: and the errors of later years rest on extrapolation.
TRIED = 15
#: Years of the peak rule from the target year on.
LOOK = 5
#: Most parks named in a list; of further ones the number is given.
NAMED = 4
#: Nominal coverage of the bands.
CLAIMED = 0.9


@dataclass(frozen=True)
class Member:
    """A park of a fleet without its table."""

    park_id: str
    kind: str
    invented: bool
    province: str = ""
    country: str = units.HOME


#: Records with the attributes that counting needs: park_id, kind, invented, province, country.
Counted = Park | Entry | Member


def check_fleet(parks: Iterable[Counted]) -> None:
    """Refuse parks that together would double-count emissions.

    Raises
    ------
    PathwayError
        No park; a park twice; parks with regions; two regions of one province; a region among others that does not
        say which province it is and so may be one of them: all at once.
    """
    parks = list(parks)
    wrong = [] if parks else ["no park to count"]
    names = [park.park_id for park in parks]
    wrong += [f"{name} stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    regions = [park for park in parks if park.kind == REGION]
    if 0 < len(regions) < len(parks):
        others = [park.park_id for park in parks if park.kind != REGION]
        wrong.append(
            f"parks and regions are never added together, since parks lie in regions: {_some(others)} with"
            f" {_some([park.park_id for park in regions])}; name one kind"
        )
    places: dict[str, str] = {}
    for park in regions:
        if not park.province and len(regions) > 1:
            wrong.append(f"{park.park_id} does not say which province it is and may be one of the others: leave it out")
        elif park.province in places and places[park.province] != park.park_id:
            wrong.append(f"{park.park_id} and {places[park.province]} are both {park.province}")
        places.setdefault(park.province, park.park_id)
    if wrong:
        raise PathwayError("cannot be one fleet: " + "; ".join(wrong))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def split_kinds(parks: Sequence[Counted]) -> list[list[Counted]]:
    """Split into regions, parks, and parks of other countries; empty groups are left out.

    A region without a province is left out where there are others.
    """
    regions = [park for park in parks if park.kind == REGION]
    named = [park for park in regions if park.province]
    others = [park for park in parks if park.kind != REGION]
    at_home = [park for park in others if park.country == units.HOME]
    fleets = [named or regions[:1], at_home, [park for park in others if park.country != units.HOME]]
    return [fleet for fleet in fleets if fleet]


def is_of_kind(park: Counted, kind: str) -> bool:
    """Tell whether a park is of a kind, ``"park"`` or ``"region"``; true for ``""``."""
    return not kind or (park.kind == REGION) == (kind == REGION)


def check_kind_of(parks: Iterable[Counted], kind: str) -> None:
    """Refuse parks of another kind than the one required.

    Raises
    ------
    PathwayError
        With the ids of all of them.
    """
    other = [park.park_id for park in parks if not is_of_kind(park, kind)]
    if other:
        raise PathwayError(f"of another kind than {kind!r}: {', '.join(other)}")


def check_kinds(kinds: Collection[str]) -> str:
    """Return the one kind of parks shown side by side.

    Raises
    ------
    PathwayError
        Parks and regions are mixed.
    """
    regions = [kind == REGION for kind in kinds]
    if any(regions) and not all(regions):
        raise PathwayError("parks and regions are never set side by side: filter one kind")
    return REGION if any(regions) else "park"


@dataclass(frozen=True, eq=False)
class Fleet:
    """Total emissions of some parks.

    Parameters
    ----------
    parks, scenarios : tuple of str
    years : (Y,) int
        Years in which every park is on record or projected.
    last_observed_year : int
        Last year in which every park is on record.
    total : (scenario, member, year), tCO2/yr
    shares : (park, scenario, year)
        Each park's part of the mean total.
    seed : int
    without_measures : (member, year), tCO2/yr, optional
        Total of the same members without any measure.
    issue_year : int, optional
        The last observed year by default.
    """

    parks: tuple[str, ...]
    scenarios: tuple[str, ...]
    years: np.ndarray
    last_observed_year: int
    total: np.ndarray
    shares: np.ndarray
    seed: int
    without_measures: np.ndarray | None = None
    issue_year: int | None = None

    def band(self, quantiles: Sequence[float] = QUANTILES) -> np.ndarray:
        """Return quantiles of the fleet's total: (quantile, scenario, year), tCO2/yr."""
        return np.quantile(self.total, quantiles, axis=1)

    def peaks(self) -> Peaks:
        """Find the peaks of the fleet's members by the rule for single parks."""
        return peaks_of(
            self.total,
            self.years,
            self.last_observed_year,
            identity=FLEET,
            scenarios=self.scenarios,
            seed=self.seed,
            without_measures=self.without_measures,
            issue_year=self.issue_year,
        )


@dataclass(frozen=True, eq=False)
class FleetResults:
    """Total of some parks, with its coverage and the parks' own peaks.

    Parameters
    ----------
    fleet : Fleet
    kind : str
        ``"region"``, or the kind of the first park.
    invented : tuple of str
        Parks that are invented.
    peaks : mapping park -> Peaks
        Each park's own, under the same scenarios and members.
    ends : mapping park -> (scenario, member), tCO2/yr
        Each park's emissions in the last year it is projected to.
    """

    fleet: Fleet
    kind: str
    invented: tuple[str, ...]
    peaks: Mapping[str, Peaks]
    ends: Mapping[str, np.ndarray]

    def as_far_as_tried(self, before: int = 2030) -> "FleetResults":
        """Return the same total up to the tested horizon of the growth law.

        Parameters
        ----------
        before : int
            Target year; the years that its rule needs are kept.
        """
        fleet = self.fleet
        known = fleet.last_observed_year if fleet.issue_year is None else fleet.issue_year - 1
        kept = fleet.years <= max(known + TRIED, before + LOOK)
        short = replace(
            fleet,
            years=fleet.years[kept],
            total=fleet.total[..., kept],
            shares=fleet.shares[..., kept],
            without_measures=None if fleet.without_measures is None else fleet.without_measures[..., kept],
        )
        return replace(self, fleet=short)

    def pathways(self) -> Pathways:
        """Return the total as pathways of one source."""
        fleet = self.fleet
        return Pathways(
            identity=FLEET,
            scenarios=fleet.scenarios,
            sources=(TOTAL,),
            years=fleet.years,
            last_observed_year=fleet.last_observed_year,
            emissions=fleet.total[:, :, None, :],
            memo_items={},
            seed=fleet.seed,
            without_measures=fleet.without_measures,
            issue_year=fleet.issue_year,
        )

    def table(self) -> pd.DataFrame:
        """Tabulate quantiles of the total by scenario and year, tCO2/yr, with the coverage in every row."""
        fleet, rows = self.fleet, len(self.fleet.scenarios)
        band = fleet.band()
        values = {f"p{round(100 * q):02d}_tco2": band[at].ravel() for at, q in enumerate(QUANTILES)}
        return pd.DataFrame(
            {
                "kind": self.kind,
                "parks": len(fleet.parks),
                "invented_parks": len(self.invented),
                "scenario": np.repeat(fleet.scenarios, fleet.years.size),
                "year": np.tile(fleet.years, rows),
                "on_record": np.tile(fleet.years <= fleet.last_observed_year, rows),
                **values,
                "members": fleet.total.shape[1],
                "seed": fleet.seed,
            }
        )

    def summary(self, before: int = 2030) -> pd.DataFrame:
        """Tabulate the peaks of every park, one row a park and scenario, with the columns of ``summary.csv``."""
        rows = [
            {"park_id": park_id, "kind": self.kind, "invented": park_id in self.invented, **row}
            | {"until": int(peaks.years[-1]), "members": peaks.members, "seed": peaks.seed}
            for park_id, peaks in self.peaks.items()
            for row in peaks.summary(before)
        ]
        return pd.DataFrame(rows)

    def chances(self, scenario: str, before: int = 2030) -> pd.Series:
        """Return the share of each park's members that peak before a year, by park id.

        Raises
        ------
        PathwayError
            The scenario is not among those added up.
        """
        at = self.index(scenario)
        found = {park_id: float(peaks.p_before(before)[at]) for park_id, peaks in self.peaks.items()}
        return pd.Series(found, name=f"p_before_{before}", dtype=float)

    def index(self, scenario: str) -> int:
        """Return the position of a scenario on the first axis.

        Raises
        ------
        PathwayError
            The scenario is not among those added up.
        """
        names = self.fleet.scenarios
        if scenario not in names:
            raise PathwayError(f"no scenario {scenario!r} in this fleet; there are {', '.join(names)}")
        return names.index(scenario)

    def largest(self, scenario: str) -> tuple[float, float]:
        """Return the share of the largest park: in the last year on record, and at the end in the median member.

        Errors of growth are partly each park's own: late in a long projection the parks that grow most weigh more.
        """
        at = self.index(scenario)
        known = int(self.fleet.last_observed_year - self.fleet.years[0])
        ends = np.stack([end[at] for end in self.ends.values()])
        return float(self.fleet.shares[:, at, known].max()), float(np.median(ends.max(axis=0) / ends.sum(axis=0)))


@dataclass(frozen=True, eq=False)
class FleetPackages:
    """A fleet in which each park takes its cheapest package.

    Parameters
    ----------
    results : FleetResults
        Under `OFF` and `PACKAGE`.
    decisions : mapping park -> Decision
        Of parks that some lever of the grid can change.
    unchanged : tuple of str
        Parks whose peak no lever of the grid can change: they stay without a package.
    before : int
    probability : float
    price_year : int
    """

    results: FleetResults
    decisions: dict[str, Decision]
    unchanged: tuple[str, ...]
    before: int
    probability: float
    price_year: int

    @property
    def together(self) -> FleetResults:
        """Return `results` under the name it had until 0.2."""
        return self.results

    @property
    def reached(self) -> tuple[str, ...]:
        """Name the parks that reach the target with their package, or without one that no lever could change."""
        met = {name: decision.reached for name, decision in self.decisions.items()}
        alone = self.results.chances(OFF, self.before)
        met |= {name: bool(alone[name] >= self.probability) for name in self.unchanged}
        return tuple(name for name in self.results.fleet.parks if met[name])

    @property
    def missed(self) -> tuple[str, ...]:
        """Name the parks that reach the target with no package of the grid: they take the nearest one."""
        return tuple(name for name in self.results.fleet.parks if name not in self.reached)

    @property
    def cost_not_known(self) -> tuple[str, ...]:
        """Name the parks whose packages use a lever of unknown cost: the known cost covers only a part of theirs."""
        return tuple(name for name, decision in self.decisions.items() if decision.closest.unknown)

    def taken(self, park_id: str) -> Candidate | None:
        """Return the package a park takes; None where no lever changes its peak."""
        return self.decisions[park_id].closest if park_id in self.decisions else None

    def known_cost(self) -> tuple[float, float]:
        """Add up known costs: present value, million CNY, and level yearly payments, million CNY/yr."""
        packages = [decision.closest for decision in self.decisions.values()]
        return sum(one.cost for one in packages), sum(one.annualised for one in packages)

    def table(self) -> pd.DataFrame:
        """Tabulate package, probabilities and known cost of each park, in canonical units."""
        alone, with_package = (self.results.chances(name, self.before) for name in (OFF, PACKAGE))
        rows = []
        for name in self.results.fleet.parks:
            one = self.taken(name)
            rows.append(
                {
                    "park_id": name,
                    "invented": name in self.results.invented,
                    "before": self.before,
                    "probability_asked": self.probability,
                    "reached": name in self.reached,
                    "package": OFF if one is None else one.label,
                    "p_without": alone[name],
                    "p_with": with_package[name],
                    "known_cost_million_cny": 0.0 if one is None else one.cost,
                    "known_cost_million_cny_per_year": 0.0 if one is None else one.annualised,
                    "cost_known": one is None or not one.unknown,
                    "levers_of_unknown_cost": "" if one is None else " ".join(one.unknown),
                    "price_year": self.price_year,
                }
            )
        return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False)
class Shares:
    """A budget of one year shared out by every rule.

    Parameters
    ----------
    budget : int
        tCO2/yr.
    year : int
        The year it is for.
    parks : tuple of str
    emissions : (park,), tCO2/yr
        Of the last observed years, for comparison with the shares.
    by_rule : mapping rule -> (park,) int
        Whole tonnes; each adds up to the budget.
    left_out : mapping rule -> reason
        Rules that could not be computed.
    price : float
        CNY/tCO2 of the last tonne cut under equal marginal cost; NaN where nothing is cut or the rule was not computed.
    """

    budget: int
    year: int
    parks: tuple[str, ...]
    emissions: np.ndarray
    by_rule: Mapping[str, np.ndarray]
    left_out: Mapping[str, str]
    price: float

    def table(self) -> pd.DataFrame:
        """Tabulate emissions, then tonnes by rule: one row a park and one for the sum."""
        rows = pd.DataFrame({"park_id": self.parks, "emissions": self.emissions} | dict(self.by_rule))
        total = {"park_id": "sum"} | {name: rows[name].sum() for name in rows.columns[1:]}
        return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)
