"""Peaks, sums and quantiles of an ensemble, computed batch by batch without keeping the paths of members."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pathway_models.baseline.paths import Reading
from pathway_models.engine.projecting import account_of, assumed_by, horizon, reading_of, runs
from pathway_models.kernels.event_split import peaks_before, settled_by
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.kernels.turning_points import PeakRule, closed_from, turning_points
from pathway_models.records import Assumptions, Draws, Park, Peaks, Scenario
from pathway_models.records.peaks import EnsembleSummary

#: Probabilities of the quantiles by year.
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Largest size of the totals held for quantiles, bytes; beyond it the ensemble is projected more than once.
ROOM = 256 * 2**20


def survey(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    draws: Draws,
    *,
    until: int | None = None,
    probabilities: Sequence[float] = PROBABILITIES,
    rule: PeakRule | None = None,
    before: int = 2030,
    drivers: str | Reading = "uncertain",
    assumptions: Assumptions | None = None,
) -> EnsembleSummary:
    """Project an ensemble and keep its peaks, sums and quantiles only.

    The numbers are those of `project` and `find_peaks`; memory beside the draws and the result stays below `ROOM`
    and a batch, however many members there are.

    Parameters
    ----------
    park : Park
    scenarios : mapping or iterable of Scenario
    draws : Draws
        Made by `sample` for this park and (at least) these scenarios.
    until : int, optional
        Last year; as far as the draws reach by default.
    probabilities : sequence of float
        Of the quantiles by year.
    rule : PeakRule, optional
        The rule of ``docs/peak_rules.md`` by default.
    before : int
        Year that separates the statuses ``ahead`` and ``after``.
    drivers : {"uncertain", "hold"} or Reading
        As in `project`.
    assumptions : Assumptions, optional
        In place of those the draws were made under.

    Returns
    -------
    EnsembleSummary

    Raises
    ------
    PathwayError
        The draws are another park's, do not reach ``until``, or lack a lever of these scenarios.
    """
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    last, assumed = horizon(park, draws, until), assumed_by(draws, assumptions)
    issue = assumed.issue_year
    years = np.arange(park.years[0], last + 1)
    tally = _Tally(len(chosen), years, park.last_observed_year, draws.members, rule or PeakRule(), issue, before)
    quantiles, mean = np.empty((len(chosen), len(probabilities), years.size)), np.empty((len(chosen), years.size))
    # As many whole scenarios at a time as fit; some years at a time of a single one that is too large.
    span = int(max(1, min(years.size, ROOM // (8 * draws.members))))
    together = int(max(1, ROOM // (8 * draws.members * years.size)))
    closed = None
    for first in range(0, len(chosen), together):
        some = chosen[first : first + together]
        for start in range(0, years.size, span):
            here = slice(start, min(start + span, years.size))
            held = np.empty((len(some), here.stop - here.start, draws.members))
            for at, batch, case in runs(park, some, draws, last, assumed, reading_of(drivers)):
                total = np.concatenate([batch.observed, case.total])
                if at is None:
                    if start == 0 and first == 0:
                        tally.settle(batch.members, total)
                        closed = closed_from(batch.observed[:, 0])
                    continue
                held[at, :, batch.members] = total[here]
                if start == 0:
                    tally.add(first + at, batch.members, total)
            mean[first : first + len(some), here] = held.mean(axis=-1)
            if len(probabilities):  # sorting dominates the time
                held.sort(axis=-1)
                quantiles[first : first + len(some), :, here] = np.moveaxis(sorted_quantiles(held, probabilities), 0, 1)
    peaks = Peaks(
        park.identity,
        tuple(scenario.scenario_id for scenario in chosen),
        years,
        park.last_observed_year,
        seed=draws.seed,
        issue_year=issue,
        before=before,
        account=account_of(park),
        follow=tally.rule.follow,
        closed_since=None if closed is None else int(years[closed]),
        **tally.found(),
    )
    return EnsembleSummary(peaks, tally.cumulative, tuple(probabilities), quantiles, mean)


class _Tally:
    """Events, turning points and sums of every member, batch by batch."""

    def __init__(
        self,
        scenarios: int,
        years: np.ndarray,
        last_observed: int,
        members: int,
        rule: PeakRule,
        issue: int,
        before: int,
    ) -> None:
        self.first, self.rule, shape = int(years[0]), rule, (scenarios, members)
        self.known, self.issue, self.before = (year - self.first for year in (last_observed, issue, before))
        self.value, self.cumulative = np.empty((2, *shape))
        self.index, self.plateau_first, self.plateau_last = np.empty((3, *shape), dtype=np.int16)
        self.status = np.empty(shape, dtype=np.int8)
        self.event = np.empty((*shape, years.size), dtype=bool)
        self.settled = np.empty((members, years.size), dtype=bool)

    def add(self, at: int, members: slice, total: np.ndarray) -> None:
        """Add the totals of some members under one scenario: (year, member)."""
        points = turning_points(total.T, self.known, self.rule, issue=self.issue, before=self.before)
        for name in ("index", "status", "value", "plateau_first", "plateau_last"):
            getattr(self, name)[at, members] = getattr(points, name)
        self.event[at, members] = peaks_before(total.T)
        self.cumulative[at, members] = total[self.known + 1 :].sum(axis=0)

    def settle(self, members: slice, total: np.ndarray) -> None:
        """Add the totals of some members without measures: (year, member)."""
        self.settled[members] = settled_by(total.T, self.issue)

    def found(self) -> dict[str, np.ndarray]:
        """Return the fields of `Peaks`."""
        years = {"year": self.index, "plateau_first": self.plateau_first, "plateau_last": self.plateau_last}
        found = {name: self.first + index.astype(int) for name, index in years.items()}
        return found | {
            "status": self.status,
            "value": self.value,
            "event": self.event,
            "settled": self.settled,
        }
