"""Projection of pathways from park, scenarios and draws, by batches of members."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pathway_models.baseline import bridges, paths, plans, scenario_drivers
from pathway_models.core import PathwayError
from pathway_models.engine.batches import EMITTING, Batch, Frame, Mix, ceiling_of
from pathway_models.engine.chain import PackageCase, left
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree, measures_of, package_tree
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.levers import SINKS
from pathway_models.records import NO_MEASURES, Assumptions, Draws, Park, Pathways, Scenario, lever_streams, pathways
from pathway_models.records.park import FUELS
from pathway_models.records.plans import SLOW, DriverPath

#: Members per batch: bounds the memory of an ensemble of any size; numbers do not depend on it.
BATCH = 1000


def carrier_factors(
    park: Park, scenarios: Iterable[Scenario], assumptions: Assumptions
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """List a park's carriers and those its levers bring in: names, groups, factors (sector, carrier, year), tCO2/TJ.

    The factors of the park's own fuels are net of CO2 captured and of energy sold beyond the purchases
    (`baseline.paths.fuel_shares`).

    Raises
    ------
    PathwayError
        The factor set has no factor of a carrier that a lever brings in.
    """
    library = assumptions.carriers
    given = {name for scenario in scenarios for measure in scenario.measures for name in measure.lever.gives_to}
    # In the order of the library, so that no sum depends on the order of the scenarios.
    # A park without energy has no carriers to replace (docs/methods.md, section 7).
    given = given if park.has_energy or park.plans else set()
    new = tuple(name for name in library if name in given and name not in park.carriers)
    factors = np.zeros((len(park.sectors), len(park.carriers) + len(new), park.years.size))
    is_fuel = np.isin(park.groups, FUELS)
    factors[:, : len(park.carriers)] = np.where(is_fuel[:, None], paths.fuel_shares(park)[:, None], 1.0) * park.factors
    for at, name in enumerate(new, start=len(park.carriers)):
        factor = assumptions.default_factor(park.factor_set, name)
        if factor is None:
            raise PathwayError(f"{park.park_id}: a lever gives {name!r}, of which {park.factor_set} has no factor")
        factors[:, at] = factor
    return (*park.carriers, *new), (*park.groups, *(library[name].group for name in new)), factors


def lay_out(park: Park, scenarios: Iterable[Scenario], until: int, assumptions: Assumptions) -> Frame:
    """Extend factors, processes and sinks of a park to the last year.

    ASSUME: factors stay at their last observed value; only those of purchased power and heat go on declining.
    ASSUME: sinks stay at their last observed value without a lever.
    """
    years = np.arange(park.years[0], until + 1)
    carriers, groups, factors = carrier_factors(park, scenarios, assumptions)
    last = np.minimum(np.arange(years.size), park.years.size - 1)
    balanced = factors[..., last]
    grid_factors = balanced[:, carriers.index("electricity")].copy()
    balanced[:, : len(park.carriers)] *= paths.balance_shares(park)[:, None, last]
    return Frame(
        park=park,
        years=years,
        carriers=carriers,
        groups=groups,
        factors=balanced,
        grid_factors=grid_factors,
        process_factors=park.process_factors[:, last],
        is_technical=np.array([not process.is_balance for process in park.processes], dtype=bool),
        undivided=tuple(process.name if process.is_undivided else "" for process in park.processes),
        sinks=park.sinks[last],
        assumptions=assumptions,
    )


def batches(
    frame: Frame, draws: Draws, size: int | None = None, reading: paths.Reading = paths.AS_PLANS_TURN_OUT
) -> Iterator[Batch]:
    """Yield the ensemble, ``size`` members at a time, `BATCH` by default, in one reading of its drivers."""
    size = BATCH if size is None else size
    sizes = frame.assumptions.uncertainties.factor_errors
    for start in range(0, draws.members, size):
        members = slice(start, min(start + size, draws.members))
        drawn = plans.baseline_paths(frame.park, draws, members, frame.assumptions, reading)
        activity, intensity, shares, grid, heat, output = (
            np.moveaxis(values, 0, -1)[..., : frame.years.size, :]
            for values in (drawn.activity, drawn.intensity, drawn.shares, drawn.grid, drawn.heat, drawn.output)
        )
        errors = bridges.factor_errors(frame.park, draws.normals, members, sizes)
        by_group = {group: values.T for group, values in errors.items()}
        carbon = None if drawn.carbon is None else drawn.carbon.T[: frame.years.size]
        use, most = activity * intensity, ceiling_of(frame, draws, members, frame.years[frame.known :])
        yield Batch(frame, draws, members, activity, use, shares, grid, heat, output, by_group, carbon, most)


def horizon(park: Park, draws: Draws, until: int | None) -> int:
    """Find the last year of a projection.

    Parameters
    ----------
    until : int or None
        The last year of the draws where not given.

    Raises
    ------
    PathwayError
        The draws are another park's, or do not reach ``until``.
    """
    last = int(draws.years[-1]) if until is None else until
    if draws.park_id != park.park_id:
        raise PathwayError(f"the draws were made for {draws.park_id!r}, not for {park.park_id!r}; sample this park")
    if not park.last_observed_year < last <= draws.years[-1]:
        raise PathwayError(f"until = {last}: the draws reach from {draws.years[0]} to {draws.years[-1]}")
    return last


#: Readings of the drivers that `project` knows.
READINGS = {"uncertain": paths.AS_PLANS_TURN_OUT, "hold": paths.IF_DRIVERS_HOLD}
#: Results that `project` can keep.
KEPT = ("sources", "totals")
#: Memo items of every pathway.
MEMO_ITEMS = ("sinks", "stored", "location_based", "energy", "activity")
#: Groups of purchased electricity and heat.
BOUGHT = ("electricity", "green_electricity", "heat")
#: Activity kinds that measure an economy.
ECONOMIES = ("value_added", "gdp")
AT = {source: at for at, source in enumerate(pathways.SOURCES)}
Scenarios = Mapping[str, Scenario] | Iterable[Scenario]


def project(
    park: Park,
    scenarios: Scenarios,
    draws: Draws,
    *,
    until: int | None = None,
    keep: str = "sources",
    drivers: str | paths.Reading = "uncertain",
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
        Emissions by source with memo items; or totals and sinks only, which takes an eighth of the memory.
    drivers : {"uncertain", "hold"} or Reading
        Growth with the errors of the past; or activity, intensity and mix as planned, else along the median path of the
        law (``docs/headline.md``, section 5).
    assumptions : Assumptions, optional
        In place of those the draws were made under.

    Returns
    -------
    Pathways
        tCO2/yr, observed years first.

    Raises
    ------
    PathwayError
        The draws are another park's, do not reach ``until``, or lack a lever of these scenarios; or ``keep`` or
        ``drivers`` is neither word.
    """
    reading = reading_of(drivers)
    if keep not in KEPT:
        raise PathwayError(f"keep = {keep!r}: expected {' or '.join(KEPT)}")
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    last, assumed = horizon(park, draws, until), assumed_by(draws, assumptions)
    years = np.arange(park.years[0], last + 1)
    sources = sources_of(park) if keep == "sources" else (pathways.TOTAL,)
    shape = (years.size, draws.members)
    # Stored year-major, so that each batch writes whole cache lines; viewed as (..., source, year).
    emissions = np.zeros((len(chosen), len(sources), *shape))
    names = memo_item_names(park) if keep == "sources" else ("sinks",)
    # One allocation: the system provides it in large pages.
    memo_items = dict(zip(names, np.zeros((len(names), len(chosen), *shape)), strict=True))
    without = np.empty(shape)
    begun: dict[BatchEvaluator, int] = {}
    for at, batch, case in runs(park, chosen, draws, last, assumed, reading):
        if at is None:
            without[: park.years.size, batch.members], without[park.years.size :, batch.members] = (
                batch.observed,
                case.total,
            )
            continue
        here = (..., batch.members)
        room, others = emissions[at][here], {name: array[at][here] for name, array in memo_items.items()}
        if keep == "totals":
            room[0, : park.years.size], room[0, park.years.size :] = batch.observed, case.total
            _write_sinks(batch, chosen[at], others["sinks"])
        else:
            if begun.setdefault(batch, at) == at:
                _write_observed(batch, room, others)
            else:
                _repeat_observed(batch, (emissions, *memo_items.values()), begun[batch], at)
            _write_projected(batch, case, chosen[at], room, others)
    for array in (emissions, without, *memo_items.values()):
        array.setflags(write=False)  # so that the record does not copy them
    return Pathways(
        identity=park.identity,
        scenarios=tuple(scenario.scenario_id for scenario in chosen),
        sources=sources,
        years=years,
        last_observed_year=park.last_observed_year,
        emissions=emissions.transpose(0, 3, 1, 2),
        memo_items={name: array.transpose(0, 2, 1) for name, array in memo_items.items()},
        seed=draws.seed,
        assumptions=assumed.label,
        without_measures=without.T,
        issue_year=assumed.issue_year,
        account=account_of(park),
        bridged_until=min(park.last_observed_year + draws.bridged, last),
    )


def reading_of(drivers: str | paths.Reading) -> paths.Reading:
    """Look up a reading of the drivers.

    Raises
    ------
    PathwayError
        There is none of that name.
    """
    if isinstance(drivers, paths.Reading):
        return drivers
    if drivers not in READINGS:
        raise PathwayError(f"drivers = {drivers!r}: expected {' or '.join(READINGS)}")
    return READINGS[drivers]


def account_of(park: Park) -> str:
    """Return the account of a park's total: scope 1 alone for a table without purchased electricity or heat."""
    bought = park.energy[:, np.isin(park.groups, BOUGHT)]
    return pathways.SCOPES_1_2 if bought.any() else pathways.SCOPE_1


def assumed_by(draws: Draws, assumptions: Assumptions | None) -> Assumptions:
    """Return the assumptions given, else those of the draws, else the shipped ones."""
    return assumptions or draws.assumptions or read_assumptions()


def runs(
    park: Park,
    chosen: list[Scenario],
    draws: Draws,
    until: int,
    assumptions: Assumptions,
    reading: paths.Reading = paths.AS_PLANS_TURN_OUT,
) -> Iterator[tuple[int | None, BatchEvaluator, PackageCase]]:
    """Yield every scenario of every batch of members, and the one without measures.

    Parameters
    ----------
    park : Park
    chosen : list of Scenario
    draws : Draws
    until : int
        Last year.
    assumptions : Assumptions
    reading : Reading
        What of the drivers is uncertain.

    Yields
    ------
    at, batch, case
        Position of the scenario (None for the one without measures), the batch, and the result of the scenario;
        ``case.total`` is overwritten by the next one.

    Raises
    ------
    PathwayError
        A lever of these scenarios was not drawn.
    """
    for positions, tree, batch in _grounds(park, [*chosen, None], draws, until, assumptions, reading):
        for case in batch.cases(tree):
            for at in np.flatnonzero(tree.case_of == case.index):
                yield (positions[at] if positions[at] < len(chosen) else None), batch, case


def totals(
    park: Park, chosen: list[Scenario], draws: Draws, levers: Sequence[Draws], until: int, reading: paths.Reading
) -> np.ndarray:
    """Project totals under each scenario, with several draws of the levers on one baseline.

    Parameters
    ----------
    park : Park
    chosen : list of Scenario
    draws : Draws
        Of the drivers, the grid and the factors.
    levers : sequence of Draws
        Of the levers; equal to ``draws`` in all else.
    until : int
        Last year.
    reading : Reading

    Returns
    -------
    (draws of levers, scenario, member, year), tCO2/yr
    """
    years = np.arange(park.years[0], horizon(park, draws, until) + 1)
    known, found = park.years.size, np.empty((len(levers), len(chosen), years.size, draws.members))
    for positions, tree, batch in _grounds(park, chosen, draws, int(years[-1]), assumed_by(draws, None), reading):
        for way, given in enumerate(levers):
            for case in batch.redrawn(given).cases(tree):
                for at in np.flatnonzero(tree.case_of == case.index):
                    room = found[way, positions[at]]
                    room[:known, batch.members], room[known:, batch.members] = batch.observed, case.total
    return np.moveaxis(found, -1, -2)


def _grounds(
    park: Park,
    chosen: Sequence[Scenario | None],
    draws: Draws,
    until: int,
    assumptions: Assumptions,
    reading: paths.Reading,
) -> Iterator[tuple[list[int], PackageTree, BatchEvaluator]]:
    """Yield positions of scenarios with one baseline, their tree, and each batch of members on that baseline.

    ``None`` is the scenario without measures; arguments and errors as of `runs`.
    """
    named = [scenario for scenario in chosen if scenario is not None]
    lacking = sorted(set(lever_streams(named)) - set(draws.uniforms))
    if lacking:
        raise PathwayError(f"{', '.join(lacking)} were not drawn; sample the park with these scenarios")
    for (given, grid), positions in _by_drivers(chosen).items():
        some = [chosen[at] or NO_MEASURES for at in positions]
        tree = package_tree(some)
        driven_park = scenario_drivers.driven(
            park, replace(NO_MEASURES, drivers=given, grid=grid), assumptions.issue_year
        )
        frame = lay_out(driven_park, some, until, assumptions)
        for members in batches(frame, draws, reading=reading):
            yield positions, tree, BatchEvaluator(members)


def _by_drivers(chosen: Sequence[Scenario | None]) -> dict[tuple[tuple[DriverPath, ...], str], list[int]]:
    """Group scenarios by their drivers and their grid; each group has a baseline of its own.

    The scenario without measures, None, gives no drivers.
    """
    groups: dict[tuple[tuple[DriverPath, ...], str], list[int]] = {}
    for at, scenario in enumerate(chosen):
        key = ((), SLOW) if scenario is None else (scenario.drivers, scenario.grid)
        groups.setdefault(key, []).append(at)
    return groups


def sources_of(park: Park) -> tuple[str, ...]:
    """List the sources of a park's pathways: `SOURCES`, the last only where the park has it."""
    return tuple(pathways.SOURCES) if park.is_undivided else tuple(pathways.SOURCES)[:-1]


def memo_item_names(park: Park) -> tuple[str, ...]:
    """List the memo items of a park: `MEMO_ITEMS`, and ``economy`` where not all activity is economic.

    The economy is given where it has one measure, value added or GDP, and other sectors have another activity.
    """
    kinds = {kind for kind in park.activity_kinds if kind in ECONOMIES}
    return (*MEMO_ITEMS, "economy") if len(kinds) == 1 and kinds != set(park.activity_kinds) else MEMO_ITEMS


def _write_observed(batch: BatchEvaluator, emissions: np.ndarray, memo_items: Mapping[str, np.ndarray]) -> None:
    """Write the observed years of a batch, the same in every scenario.

    Parameters
    ----------
    batch : BatchEvaluator
    emissions : (source, year, member)
        All years; the observed ones are written.
    memo_items : mapping of `MEMO_ITEMS` to (year, member)
    """
    books, known = batch.past, batch.batch.frame.known
    for group in EMITTING:
        emissions[AT[group], :known] = books.both(books.emissions, (group,), 1.0)
    emissions[AT["process"], :known] = sum(books.process.values())
    if books.has_undivided:
        emissions[AT["undivided"], :known] = sum(books.undivided.values())
    memo_items["energy"][:known] = books.both(books.energy, books.groups, 1.0)
    memo_items["activity"][:known] = books.activity()
    if "economy" in memo_items:
        memo_items["economy"][:known] = books.activity(ECONOMIES)
    memo_items["location_based"][:known] = books.location_based(Mix(), 1.0)


def _repeat_observed(batch: BatchEvaluator, arrays: Iterable[np.ndarray], first: int, at: int) -> None:
    """Copy a batch's observed years, which no measure changes, from its first scenario."""
    observed = (..., slice(batch.batch.frame.known), batch.members)
    for array in arrays:
        array[at][observed] = array[first][observed]


def _write_sinks(batch: BatchEvaluator, scenario: Scenario, sinks: np.ndarray) -> None:
    """Write the sinks of a batch under a scenario: (year, member), all years."""
    frame = batch.batch.frame
    sinks[: frame.known] = frame.sinks[: frame.known, None]
    sinks[frame.known :] = batch.grown(measures_of(scenario, SINKS))


def _write_projected(
    batch: BatchEvaluator,
    case: PackageCase,
    scenario: Scenario,
    emissions: np.ndarray,
    memo_items: Mapping[str, np.ndarray],
) -> None:
    """Write the projected years of a batch under a scenario, and its sinks; arguments as in `_write_observed`."""
    _write_sinks(batch, scenario, memo_items["sinks"])
    books, known = batch.accounts, batch.batch.frame.known
    emissions, memo_items = emissions[:, known:], {name: array[known:] for name, array in memo_items.items()}
    for group in EMITTING:
        case.emissions(group, out=emissions[AT[group]])
    emissions[AT["process"]] = case.process
    if books.has_undivided:
        emissions[AT["undivided"]] = case.undivided
    case.energy(books.groups, out=memo_items["energy"])
    case.location_based(out=memo_items["location_based"])
    closed = left(books, tuple(m for m in measures_of(scenario, "structure") if m.lever.acts.closes))
    np.add(batch.activity * closed, books.activity(("population",)), out=memo_items["activity"])
    if "economy" in memo_items:
        np.multiply(books.activity(ECONOMIES), closed, out=memo_items["economy"])
    for measure, at, taken in case.captures:
        acts, above = measure.lever.acts, case.of_structure
        heat, electricity = acts.heat(taken, at), acts.electricity(taken, at)
        emissions[AT["captured"]] -= taken
        emissions[AT["capture_heat"]] += heat * above.heat_factor
        emissions[AT["capture_electricity"]] += electricity * above.electricity_factor
        memo_items["stored"] += acts.stored(taken, at)
        memo_items["energy"] += heat + electricity
        memo_items["location_based"] += electricity * books.grid_factor()
