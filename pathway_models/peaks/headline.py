"""``pw.headline``: the answer of an ensemble to "does this park peak before Y?" (``docs/headline.md``)."""

from dataclasses import replace

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.headline import Headline
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks


def headline(pathways: Pathways, before: int = 2030, *, held: Pathways | None = None) -> Headline:
    """Split the event "peaks before a year" into past, ahead and not before, with sampling errors.

    Parameters
    ----------
    pathways : Pathways
        As such plans turn out: growth errs as history did.
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
    answer = replace(headline_of(find_peaks(pathways, before=before), before), closed_since=closed_since(pathways))
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
    )


def closed_since(pathways: Pathways) -> int | None:
    """Find the first year without emissions of a site that has none at the end of its record; None of others."""
    known = pathways.last_observed_year - int(pathways.years[0]) + 1
    observed = pathways.total()[0, 0, :known]
    if observed[-1] != 0:
        return None
    emitted = np.flatnonzero(observed)
    return int(pathways.years[emitted[-1] + 1 if emitted.size else 0])
