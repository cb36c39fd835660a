"""Peaks of an ensemble by the written rule, and differences between scenarios, member by member in the same draws.

``pw.headline``: the answer of an ensemble to "does this park peak before Y?" (``docs/headline.md``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.core import PathwayError, ScenarioError
from pathway_models.kernels.event_split import peaks_before, settled_by
from pathway_models.kernels.turning_points import PeakRule, closed_from, turning_points
from pathway_models.records import Headline, ParkIdentity, Pathways, Peaks, Scenario


def find_peaks(pathways: Pathways, rule: PeakRule | None = None, *, before: int = 2030) -> Peaks:
    """Find each member's peak of the total (scope 1 and market-based scope 2 after capture), and whether it is in time.

    Parameters
    ----------
    pathways : Pathways
    rule : PeakRule, optional
        Thresholds; the rule of ``docs/peak_rules.md`` by default.
    before : int
        Year that divides peaks to come into the statuses ``ahead`` and ``after``.
    """
    return peaks_of(
        pathways.total(),
        pathways.years,
        pathways.last_observed_year,
        identity=pathways.identity,
        scenarios=pathways.scenarios,
        seed=pathways.seed,
        rule=rule,
        without_measures=pathways.without_measures,
        issue_year=pathways.issue_year,
        before=before,
        account=pathways.account,
    )


def peaks_of(
    total: np.ndarray,
    years: np.ndarray,
    last_observed_year: int,
    *,
    identity: ParkIdentity | str,
    scenarios: tuple[str, ...],
    seed: int,
    rule: PeakRule | None = None,
    without_measures: np.ndarray | None = None,
    issue_year: int | None = None,
    before: int = 2030,
    account: str = "",
) -> Peaks:
    """Find the peaks of totals outside a `Pathways` record.

    Parameters
    ----------
    total : (scenario, member, year), tCO2/yr
    years : (year,) int
    last_observed_year : int
    identity, scenarios, seed
        Origin of the peaks.
    rule : PeakRule, optional
    without_measures : (member, year), tCO2/yr, optional
        The same members without measures, which decide what is past.
    issue_year : int, optional
        The last observed year by default.
    before : int
        As in `find_peaks`.
    account : str
    """
    first, rule = int(years[0]), rule or PeakRule()
    issue = int(last_observed_year) if issue_year is None else issue_year
    at = {"issue": issue - first, "before": before - first}
    points = turning_points(total, int(last_observed_year) - first, rule, **at)
    closed = closed_from(np.asarray(total)[0, 0, : int(last_observed_year) - first + 1])
    return Peaks(
        identity=identity,
        scenarios=scenarios,
        years=years,
        last_observed_year=last_observed_year,
        year=first + points.index,
        status=points.status,
        value=points.value,
        plateau_first=first + points.plateau_first,
        plateau_last=first + points.plateau_last,
        seed=seed,
        event=peaks_before(total),
        settled=None if without_measures is None else settled_by(without_measures, at["issue"]),
        issue_year=issue,
        before=before,
        account=account,
        follow=rule.follow,
        closed_since=None if closed is None else first + closed,
    )


#: Quantiles of a change.
CHANGES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class ScenarioDifference:
    """Difference of one scenario from the reference, member by member.

    Parameters
    ----------
    scenario, family : str
        ``family`` is empty where the scenario combines several.
    p05, p25, p50, p75, p95 : float
        Relative change of emissions in the year compared.
    gain : float
        Change of the probability of peaking before the target year.
    """

    scenario: str
    family: str
    p05: float
    p25: float
    p50: float
    p75: float
    p95: float
    gain: float


def is_without_levers(scenarios: Mapping[str, Scenario], name: str) -> bool:
    """Tell whether a scenario is known and moves no lever."""
    return name in scenarios and not scenarios[name].measures


def reference_of(scenarios: Mapping[str, Scenario], names: Sequence[str]) -> str:
    """Choose the scenario the others are compared with: the first without levers, or else the first."""
    return next((name for name in names if is_without_levers(scenarios, name)), names[0])


def scenario_differences(
    pathways: Pathways, peaks: Peaks, scenarios: Mapping[str, Scenario], *, year: int, before: int = 2030
) -> list[ScenarioDifference]:
    """Compare every scenario with the one without levers, or else with the first, in the same draws.

    Parameters
    ----------
    pathways, peaks
        Of the same ensemble.
    scenarios : mapping of Scenario
        Says which levers a scenario moves.
    year : int
        Year of the emissions compared; the last one where the pathways end before it.
    before : int
        Year before which the park shall peak.

    Returns
    -------
    list of ScenarioDifference
        In the order of the pathways, without the reference.
    """
    reference = reference_of(scenarios, pathways.scenarios)
    at = year_index(pathways, year)
    total = pathways.emissions[..., at].sum(axis=-1)
    base, early = total[pathways.index(reference)], peaks.p_before(before)
    found = []
    for name in pathways.scenarios:
        if name != reference:
            change = np.divide(total[pathways.index(name)], base, out=np.ones_like(base), where=base != 0) - 1.0
            families = {measure.lever.family for measure in scenarios[name].measures} if name in scenarios else set()
            gain = float(early[index_of(peaks, name)] - early[index_of(peaks, reference)])
            family = families.pop() if len(families) == 1 else ""
            found.append(ScenarioDifference(name, family, *np.quantile(change, CHANGES).tolist(), gain))
    return found


def typical_sources(pathways: Pathways, scenario: str) -> np.ndarray:
    """Average emissions by source over the middle half of the members: (source, year), tCO2/yr.

    Members are ranked by their emissions over all years; the mean over the half between the quartiles is taken,
    so that the sources add up (their medians would not) and a few extreme members do not decide (in the mean
    over all they would: growth is compounded, and its upper tail is long).

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    """
    values = pathways.emissions[pathways.index(scenario)]
    order = np.argsort(values.sum(axis=(1, 2)), kind="stable")
    quarter = order.size // 4
    return values[order[quarter : order.size - quarter]].mean(axis=0)


def year_index(pathways: Pathways, year: int) -> int:
    """Return the position of a year, or of the last one where the pathways end before it."""
    return min(year - int(pathways.years[0]), pathways.years.size - 1)


def later_members(peaks: Peaks, scenario: str, reference: str) -> np.ndarray:
    """Mark members whose peak comes later than in the reference, no peak being the latest: (member,) bool."""
    years = np.where(peaks.censored(), np.inf, peaks.year)
    return years[index_of(peaks, scenario)] > years[index_of(peaks, reference)]


def index_of(peaks: Peaks, scenario: str) -> int:
    """Return the position of a scenario among the peaks.

    Raises
    ------
    ScenarioError
        It is not among them.
    """
    if scenario not in peaks.scenarios:
        raise ScenarioError(f"no scenario {scenario!r} among these peaks; there are {', '.join(peaks.scenarios)}")
    return peaks.scenarios.index(scenario)


def headline(pathways: Pathways, before: int = 2030, *, held: Pathways | None = None) -> Headline:
    """Split the event "peaks before a year" into past, ahead and not before, with sampling errors.

    Parameters
    ----------
    pathways : Pathways
        In the reading *as such plans turn out*: growth with historical errors.
    before : int
        The year in question.
    held : Pathways, optional
        The same draws under ``project(..., drivers="hold")``, for the reading *if its drivers hold*.

    Returns
    -------
    Headline

    Raises
    ------
    PathwayError
        In one line: the confirmation window ends behind the horizon, the issue year is not before ``before`` or lies
        before the last data year, there is no path without measures, or ``held`` is of other draws.

    Examples
    --------
    >>> import pathway_models as pw
    >>> park, scenarios = pw.read_park("demo-steel"), pw.read_scenarios().pick(["bau", "deep"])
    >>> draws = pw.sample(park, scenarios, members=20, seed=1, assumptions=pw.read_assumptions(as_of=2026))
    >>> answer = headline(pw.project(park, scenarios, draws))
    >>> float(answer.p_past[1] + answer.p_ahead[1] + answer.p_not_before[1])
    1.0
    """
    answer = headline_of(find_peaks(pathways, before=before), before)
    if held is None:
        return answer
    same = (held.park_id, held.seed, held.members) == (pathways.park_id, pathways.seed, pathways.members)
    if not same:
        raise PathwayError(f"{pathways.park_id}: the other reading is of other draws; project the same draws")
    return replace(answer, if_drivers_hold=headline_of(find_peaks(held, before=before), before))


def headline_of(peaks: Peaks, before: int = 2030) -> Headline:
    """Split the event of peaks that were found already; as `headline`."""
    return Headline(
        identity=peaks.identity,
        scenarios=peaks.scenarios,
        before=before,
        issue_year=int(peaks.issue_year or peaks.last_observed_year),
        last_observed_year=int(peaks.last_observed_year),
        account=peaks.account,
        outcome=peaks.split(before),
        again=peaks.again(before),
        seed=peaks.seed,
        closed_since=peaks.closed_since,
    )
