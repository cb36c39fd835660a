"""A fleet with what has to be said of it: how many parks, how many invented, and each park's own peaks.

Which parks may be counted together: of one kind, each once, and no region inside another (``docs/fleet.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.core.errors import Fault, InputError, PathwayError
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.fleet.totals import Fleet, fleet_total
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import Entry, read_register
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import TOTAL, Pathways
from pathway_models.records.peaks import Peaks

#: What is counted by itself; regions hold parks, so that the two are never added.
REGION = "region"


@dataclass(frozen=True)
class Member:
    """A park of a fleet where its table itself is not at hand."""

    park_id: str
    kind: str
    invented: bool
    province: str = ""


#: What is asked of each before it is counted: park_id, kind, invented, province.
Counted = Park | Entry | Member


def check_fleet(parks: Iterable[Counted]) -> None:
    """Refuse what would count emissions twice.

    Parameters
    ----------
    parks : iterable of Park, Entry or Member

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


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def fleet_ids(kind: str) -> list[str]:
    """Ids of all entries of the register of a kind that have data and may be counted together.

    Regions that do not say which province they are stay out.
    """
    return [
        entry.park_id
        for entry in read_register()
        if entry.has_data and entry.kind == kind and (kind != REGION or entry.province)
    ]


def split_kinds(parks: Sequence[Counted]) -> list[list[Counted]]:
    """Regions and parks apart, each a fleet of its own; kinds without a member are left out.

    A region that does not say which province it is stays out where there are others.
    """
    regions = [park for park in parks if park.kind == REGION]
    named = [park for park in regions if park.province]
    apart = [named or regions[:1], [park for park in parks if park.kind != REGION]]
    return [some for some in apart if some]


def read_fleets(parks: Sequence[str | Path] = ()) -> list[list[Park]]:
    """Read parks and regions and set them apart; none named means all of the register that have data.

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    """
    names = parks or [*fleet_ids(REGION), *fleet_ids("park")]
    return split_kinds(_read(names))


def read_fleet(parks: Sequence[str | Path] = (), kind: str = "") -> list[Park]:
    """Read parks that may be counted together.

    Parameters
    ----------
    parks : sequence of str or Path
        Ids or paths of tables; none means all of the kind that have data.
    kind : str
        ``"park"`` or ``"region"``; where parks are named, they must be of this kind. ``""`` stands for that of the
        parks named, and for parks where none are.

    Returns
    -------
    list of Park

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    PathwayError
        The kind is not known or not that of the parks, or they cannot be counted together.
    """
    if kind not in ("", "park", REGION):
        raise PathwayError(f"kind = {kind!r}: expected 'park' or 'region'")
    found = _read(parks or fleet_ids(kind or "park"))
    other = [park.park_id for park in found if kind and (park.kind == REGION) != (kind == REGION)]
    if other:
        raise PathwayError(f"of another kind than {kind!r}: {', '.join(other)}")
    check_fleet(found)
    return found


def _read(parks: Iterable[str | Path]) -> list[Park]:
    """Read parks; the faults of all of them at once."""
    found: list[Park] = []
    faults: list[Fault] = []
    for name in parks:
        try:
            found.append(read_park(name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


#: Quantiles of the total that are stored by year.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Together:
    """The total of some parks, and its coverage.

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

    def pathways(self) -> Pathways:
        """The total as pathways of one source, for whatever draws or writes pathways."""
        fleet = self.fleet
        return Pathways(
            identity="fleet",
            scenarios=fleet.scenarios,
            sources=(TOTAL,),
            years=fleet.years,
            last_observed_year=fleet.last_observed_year,
            emissions=fleet.total[:, :, None, :],
            memo_items={},
            seed=fleet.seed,
        )

    def table(self) -> pd.DataFrame:
        """Quantiles of the total by scenario and year, tCO2/yr, with the coverage in every row."""
        fleet, rows = self.fleet, len(self.fleet.scenarios)
        band = fleet.band(QUANTILES)
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
        """Peaks of every park, one row a park and scenario, as the strip of peak years takes them."""
        rows = [
            {"park_id": park_id, "kind": self.kind, "invented": park_id in self.invented, **row}
            | {"until": int(peaks.years[-1]), "members": peaks.members, "seed": peaks.seed}
            for park_id, peaks in self.peaks.items()
            for row in peaks.summary(before)
        ]
        return pd.DataFrame(rows)

    def chances(self, scenario: str, before: int = 2030) -> pd.Series:
        """Share of all members of each park that peak before a year, by park id.

        Raises
        ------
        PathwayError
            The scenario is not among those added up.
        """
        at = self.index(scenario)
        found = {park_id: float(peaks.p_peaked_by(before - 1)[at]) for park_id, peaks in self.peaks.items()}
        return pd.Series(found, name=f"p_before_{before}", dtype=float)

    def index(self, scenario: str) -> int:
        """Position of a scenario on the first axis.

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
        """Share of the largest park: in the last year on record, and at the end in the median member.

        Growth errors have heavy tails and are drawn park by park. Of many parks some grow without bound in almost
        every member, and late in a long projection they carry the total.
        """
        at = self.index(scenario)
        known = int(self.fleet.last_observed_year - self.fleet.years[0])
        ends = np.stack([end[at] for end in self.ends.values()])
        return float(self.fleet.shares[:, at, known].max()), float(np.median(ends.max(axis=0) / ends.sum(axis=0)))


def add_up(parks: Sequence[Counted], pathways: Iterable[Pathways]) -> Together:
    """Add parks up that may be counted together; one park's pathways are in memory at a time.

    Parameters
    ----------
    parks : sequence of Park, Entry or Member
    pathways : iterable of Pathways
        One of each park, in any order.

    Raises
    ------
    PathwayError
        The parks cannot be one fleet, or the pathways cannot be added up or are not those of the parks.
    """
    check_fleet(parks)
    peaks: dict[str, Peaks] = {}
    ends: dict[str, np.ndarray] = {}
    fleet = fleet_total(_noted(pathways, peaks, ends))
    if sorted(fleet.parks) != sorted(park.park_id for park in parks):
        raise PathwayError("the pathways are not those of the parks: one of each is needed")
    return Together(fleet, parks[0].kind, tuple(park.park_id for park in parks if park.invented), peaks, ends)


def _noted(pathways: Iterable[Pathways], peaks: dict[str, Peaks], ends: dict[str, np.ndarray]) -> Iterator[Pathways]:
    """The pathways as they come, their peaks and ends noted."""
    for one in pathways:
        peaks[one.park_id], ends[one.park_id] = find_peaks(one), one.total()[..., -1]
        yield one


def project_fleet(
    parks: Sequence[Park],
    scenarios: Mapping[str, Scenario],
    *,
    members: int = 200,
    seed: int = 20240401,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> Together:
    """Project parks under the same draws of what they share, and add them up.

    Parameters
    ----------
    parks : sequence of Park
    scenarios : mapping of Scenario
    members, seed, until : int
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    Together

    Raises
    ------
    PathwayError
        The parks cannot be one fleet.
    """
    check_fleet(parks)
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    return add_up(parks, (project(park, scenarios, sample(park, scenarios, **drawn)) for park in parks))
