"""Draw an ensemble from streams that are keyed by what they are for, not by when they are drawn.

Correlated inputs are tied together by rank, by a Gaussian copula: the draws are turned into normals, mixed by the root
of their correlation, and turned back.  Each member is treated by itself, so that the first 1,000 of 2,000 members stay
the 1,000 members; reordering draws (Iman and Conover 1982, Communications in Statistics B 11, 311-334) would not keep
that.  The correlation of the normals that gives Spearman's r is 2 sin(pi r / 6) (Kruskal 1958, JASA 53, 814-861).
Cited from background knowledge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from pathway_models.baseline.grid import PLACE, place_of
from pathway_models.baseline.laws.register import moves_mix, streams_of
from pathway_models.baseline.paths import DRIVERS, mixed_carriers
from pathway_models.baseline.scenario_drivers import driven_normals
from pathway_models.core.errors import PathwayError
from pathway_models.core.units import HOME
from pathway_models.engine.bridging import bridge_of
from pathway_models.engine.streams import stream, yearly_normals
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.records.assumptions import Assumptions, Correlation
from pathway_models.records.draws import SHARED, Draws
from pathway_models.records.growth_laws import EVERY_PROVINCE
from pathway_models.records.levers import Scenario, lever_streams
from pathway_models.records.park import Park


def correlate(draws: Draws, correlations: Sequence[Correlation]) -> Draws:
    """Tie inputs together by rank.

    Parameters
    ----------
    draws : Draws
    correlations : sequence of Correlation
        A pair of which either input was not drawn is left out: its lever is not in the scenarios.

    Returns
    -------
    Draws
        The same where there is nothing to tie; the distribution of every single input is unchanged.

    Raises
    ------
    PathwayError
        A pair stands twice, an input is shared by all parks, or the correlations contradict one another.
    """
    single = {**draws.uniforms, **draws.normals}
    used = [c for c in correlations if c.first in single and c.second in single]
    if not used:
        return draws
    names = tuple(dict.fromkeys(name for c in used for name in (c.first, c.second)))
    root = _root(used, names)
    normal = np.stack([special.ndtri(single[n]) if n in draws.uniforms else single[n] for n in names])
    tied = dict(zip(names, root @ normal, strict=True))
    uniforms = {n: special.ndtr(tied[n]) if n in tied else values for n, values in draws.uniforms.items()}
    normals = {n: tied.get(n, values) for n, values in draws.normals.items()}
    return replace(draws, uniforms=uniforms, normals=normals)


def _root(correlations: Sequence[Correlation], names: tuple[str, ...]) -> np.ndarray:
    """Factor the correlation matrix of the normals (lower Cholesky root): (input, input)."""
    shared = [name for name in names if name.startswith(f"{SHARED}:")]
    if shared:
        raise PathwayError(f"{', '.join(shared)}: drawn once for all parks, cannot follow an input of one park")
    pairs = [frozenset((c.first, c.second)) for c in correlations]
    twice = sorted({" and ".join(sorted(pair)) for pair in pairs if pairs.count(pair) > 1})
    if twice:
        raise PathwayError(f"correlated more than once: {'; '.join(twice)}")
    matrix = np.eye(len(names))
    for c in correlations:
        i, j = names.index(c.first), names.index(c.second)
        matrix[i, j] = matrix[j, i] = 2.0 * np.sin(np.pi * c.rank / 6.0)
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise PathwayError(f"the rank correlations of {', '.join(names)} contradict one another") from None


#: What a draw that is no lever's is called: its name begins so.
OWN_STREAMS = ("scale", "slope", "factor", "project", "override", SHARED)
#: What is drawn once for all parks of a country: the pace of its grid, and how much CO2 it can capture.
NATIONAL = ("grid_decline", "capture_ceiling")
#: Latest year of a projection: far beyond any target of the notice.
LAST_YEAR = 2100


def sample(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    *,
    members: int = 1000,
    seed: int,
    until: int = 2060,
    correlations: Sequence[Correlation] | bool | None = True,
    assumptions: Assumptions | None = None,
) -> Draws:
    """Draw the random numbers of an ensemble, the same for every scenario.

    Parameters
    ----------
    park : Park
    scenarios : mapping or iterable of Scenario
        Their levers' parameters are drawn; a draw does not depend on which other scenarios are given.
    members : int
    seed : int
        0 or more; 0 is a seed like any other.
    until : int
        Last projected year.
    correlations : sequence of Correlation, bool or None
        Inputs tied by rank: those of the assumptions where True, none where False, None or empty.
    assumptions : Assumptions, optional
        Growth law, uncertainties and correlations; the shipped ones (`read_assumptions`) where not given, as the repr
        of the draws says.

    Returns
    -------
    Draws

    Raises
    ------
    PathwayError
        ``members``, ``seed`` or ``until`` is out of range, or the correlations cannot be.

    Examples
    --------
    >>> import pathway_models as pw
    >>> pw.sample(pw.read_park("region-d"), pw.read_scenarios(), members=8, seed=0).members
    8
    """
    _check(park, members, seed, until)
    years = np.arange(park.last_observed_year + 1, until + 1)
    assumed = read_assumptions() if assumptions is None else assumptions
    mixes = [f"mix:{carrier}" for carrier in mixed_carriers(park)] if moves_mix(assumed) else []
    drivers = [*DRIVERS, *mixes]
    chosen = list(scenarios.values() if isinstance(scenarios, Mapping) else scenarios)
    ties = assumed.correlations if correlations is True else correlations or ()
    levers = lever_streams(chosen)
    partners = _partners(ties, levers)
    uniforms = {name: stream(seed, park.park_id, f"lever:{name}").random(members) for name in (*levers, *partners)}
    uniforms |= {name: stream(seed, park.park_id, name).random(members) for name in park.plans.uniforms()}
    nation = shared_by(park)
    for name in NATIONAL:
        uniforms[f"{SHARED}:{name}"] = stream(seed, nation, name).random(members)
    factors = assumed.uncertainties.factor_errors
    names = ["scale", *(f"slope:{name}" for name in drivers), *(f"factor:{name}" for name in factors)]
    names += [*park.plans.normals(), *driven_normals(park, chosen, assumed.issue_year)]
    normals = {name: stream(seed, park.park_id, name).standard_normal(members) for name in names}
    normals[f"{SHARED}:slope"] = stream(seed, nation, "slope").standard_normal(members)
    shocks = {name: yearly_normals(seed, park.park_id, name, members, years) for name in drivers}
    shocks[f"{SHARED}:activity"] = yearly_normals(seed, nation, "activity", members, years)
    for owner, key, name, yearly in _of_law(assumed, park, drivers):
        if yearly:
            shocks[key] = yearly_normals(seed, owner, name, members, years)
        else:
            normals[key] = stream(seed, owner, name).standard_normal(members)
    if place := place_of(park):
        shocks[PLACE] = yearly_normals(seed, f"province:{place}", PLACE, members, years)
    bridge = bridge_of(park, assumed, seed, members, until)
    drawn = Draws(park.identity, seed, members, years, uniforms, normals, shocks, assumed, bridge)
    tied = correlate(drawn, ties)
    kept = {name: values for name, values in tied.uniforms.items() if name not in partners}
    return replace(tied, uniforms=kept) if partners else tied


def shared_by(park: Park) -> str:
    """Name the owner of the draws that all parks of a park's country have in common, and no other country's."""
    return SHARED if park.country == HOME else f"{SHARED}:{park.country}"


def _partners(ties: Sequence[Correlation], levers: Sequence[str]) -> list[str]:
    """List the parameters of levers that no scenario has but that others are tied to.

    They are drawn along, so that a lever's draw does not depend on which other levers the scenarios have.
    """
    named = dict.fromkeys(name for tie in ties for name in (tie.first, tie.second))
    return [name for name in named if name not in levers and name.partition(":")[0] not in OWN_STREAMS]


def _check(park: Park, members: int, seed: int, until: int) -> None:
    wrong = []
    if members < 1:
        wrong.append(f"members = {members}: expected at least 1")
    if seed < 0:
        wrong.append(f"seed = {seed}: expected 0 or more")
    if not park.last_observed_year < until <= LAST_YEAR:
        wrong.append(f"until = {until}: expected a year from {park.last_observed_year + 1} to {LAST_YEAR}")
    if wrong:
        raise PathwayError(f"{park.park_id}: " + "; ".join(wrong))


def _of_law(assumptions: Assumptions, park: Park, drivers: Sequence[str]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield owner, key and name of every further stream of the growth law, and whether it is drawn a year.

    A stream above the park is owned by what all its parks have in common: each of them draws the same numbers.
    """
    for one in streams_of(assumptions):
        if one.level == EVERY_PROVINCE:
            regions = assumptions.levels.regions if assumptions.levels and park.kind == "region" else ()
            yield from (
                (f"province:{place}", f"province:{one.name}:{place}", one.name, one.yearly) for place in regions
            )
        elif one.level == "park":
            yield from (
                (park.park_id, f"{one.name}:{driver}", f"{one.name}:{driver}", one.yearly) for driver in drivers
            )
        else:
            # A park that names no province shares its region with nobody.
            owner = shared_by(park) if one.level == SHARED else f"{one.level}:{park.province or park.park_id}"
            yield owner, f"{one.level}:{one.name}", one.name, one.yearly
