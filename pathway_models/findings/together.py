"""A fleet with what has to be said of it: how many parks, how many invented, and each park's own peaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathway_models.findings.fleet_members import Counted, check_fleet
from pathway_models.findings.fleets import Fleet, fleet_total
from pathway_models.findings.peaks import find_peaks
from pathway_models.foundations.errors import PathwayError
from pathway_models.projection.projecting import project
from pathway_models.projection.sampling import sample
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import TOTAL, Pathways
from pathway_models.records.peaks import Peaks

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
            beside={},
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
