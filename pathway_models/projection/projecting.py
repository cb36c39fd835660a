"""From park, scenarios and draws to pathways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.projection.batches import batches, horizon, lay_out
from pathway_models.projection.by_source import beside_names, write_observed, write_projected, write_sinks
from pathway_models.projection.plans import Plan, plan_packages
from pathway_models.projection.sampling import lever_streams
from pathway_models.projection.stages import Leaf, Stage
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import SOURCES, TOTAL, Pathways

#: What `project` can keep.
KEPT = ("sources", "totals")
Scenarios = Mapping[str, Scenario] | Iterable[Scenario]


def project(
    park: Park,
    scenarios: Scenarios,
    draws: Draws,
    *,
    until: int | None = None,
    keep: str = "sources",
    assumptions: Assumptions | None = None,
) -> Pathways:
    """Project emissions under each scenario; the same draws serve all, so that differences are paired.

    Parameters
    ----------
    park : Park
    scenarios : mapping or iterable of Scenario
    draws : Draws
        Made by `sample` for this park and (at least) these scenarios.
    until : int, optional
        Last year; as far as the draws reach by default.
    keep : {"sources", "totals"}
        Emissions by source with what stands beside them; or totals and sinks only, an eighth of the memory, with no
        array by source made on the way.
    assumptions : Assumptions, optional
        In place of those the draws were made under.

    Returns
    -------
    Pathways
        tCO2/yr, observed years first.

    Raises
    ------
    PathwayError
        The draws are another park's, do not reach ``until``, or lack a lever of these scenarios; or ``keep`` is
        neither word.
    """
    if keep not in KEPT:
        raise PathwayError(f"keep = {keep!r}: expected {' or '.join(KEPT)}")
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    last, assumed = horizon(park, draws, until), assumed_by(draws, assumptions)
    years = np.arange(park.years[0], last + 1)
    sources = tuple(SOURCES) if keep == "sources" else (TOTAL,)
    shape = (years.size, draws.members)
    # Stored year-major, so that each batch writes whole cache lines; seen as (..., source, year).
    emissions = np.zeros((len(chosen), len(sources), *shape))
    names = beside_names(park) if keep == "sources" else ("sinks",)
    # One piece, not many: the system hands it out in large pages.
    beside = dict(zip(names, np.zeros((len(names), len(chosen), *shape)), strict=True))
    begun: dict[Stage, int] = {}
    for at, stage, leaf in runs(park, chosen, draws, last, assumed):
        here = (..., stage.members)
        room, others = emissions[at][here], {name: array[at][here] for name, array in beside.items()}
        if keep == "totals":
            room[0, : park.years.size], room[0, park.years.size :] = stage.observed, leaf.total
            write_sinks(stage, chosen[at], others["sinks"])
        else:
            if begun.setdefault(stage, at) == at:
                write_observed(stage, room, others)
            else:
                _repeat_observed(stage, (emissions, *beside.values()), begun[stage], at)
            write_projected(stage, leaf, chosen[at], room, others)
    for array in (emissions, *beside.values()):
        array.setflags(write=False)  # so that the record takes them over instead of copying them
    return Pathways(
        identity=park.identity,
        scenarios=tuple(scenario.scenario_id for scenario in chosen),
        sources=sources,
        years=years,
        last_observed_year=park.last_observed_year,
        emissions=emissions.transpose(0, 3, 1, 2),
        beside={name: array.transpose(0, 2, 1) for name, array in beside.items()},
        seed=draws.seed,
        assumptions=assumed.label,
    )


def _repeat_observed(stage: Stage, arrays: Iterable[np.ndarray], first: int, at: int) -> None:
    """Write a batch's observed years, which no measure changes, as they stand in its first scenario already."""
    observed = (..., slice(stage.batch.frame.known), stage.members)
    for array in arrays:
        array[at][observed] = array[first][observed]


def assumed_by(draws: Draws, assumptions: Assumptions | None) -> Assumptions:
    """The assumptions given, else those of the draws, else the shipped ones."""
    return assumptions or draws.assumptions or read_assumptions()


def runs(
    park: Park, chosen: list[Scenario], draws: Draws, until: int, assumptions: Assumptions
) -> Iterator[tuple[int, Stage, Leaf]]:
    """Every scenario of every batch of members, as it is worked out.

    Parameters
    ----------
    park : Park
    chosen : list of Scenario
    draws : Draws
    until : int
        Last year.
    assumptions : Assumptions

    Yields
    ------
    at, stage, leaf
        Position of the scenario, the batch, and what the scenario does in it; ``leaf.total`` is written over by the
        next one.

    Raises
    ------
    PathwayError
        A lever of these scenarios was not drawn.
    """
    lacking = sorted(set(lever_streams(chosen)) - set(draws.uniforms))
    if lacking:
        raise PathwayError(f"{', '.join(lacking)} were not drawn; sample the park with these scenarios")
    plan: Plan = plan_packages(chosen)
    frame = lay_out(park, chosen, until, assumptions)
    for batch in batches(frame, draws):
        stage = Stage(batch)
        for leaf in stage.leaves(plan):
            for at in np.flatnonzero(plan.leaf_of == leaf.index):
                yield int(at), stage, leaf
