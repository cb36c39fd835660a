"""Cheapest package of levers that meets the core indicator of a profile in a year (docs/decisions.md, section 9).

The indicator is emissions by the profile's account over energy use, in every reading of the rule; a member meets it
where all readings do.  Packages are ranked as for a peak: setting steps of unknown cost first, then known cost.
"""

from dataclasses import dataclass, replace

import numpy as np

from pathway_models.compliance.judging import core_of, counted, energy_at, grid_paths, judged, share_beside
from pathway_models.core import PathwayError, units
from pathway_models.decisions import decision
from pathway_models.decisions import priced_grid as search
from pathway_models.engine import batches, chain, package_tree, packages, sampling
from pathway_models.intake.costs import read_costs
from pathway_models.intake.rules import read_account, read_profile
from pathway_models.records import Costs, Draws, Grid, IndicatorRule, Park, Profile


@dataclass(frozen=True, eq=False)
class _Found:
    """Values of the indicator of some packages: shares (package,), medians (package, reading)."""

    met: np.ndarray
    with_class: np.ndarray
    medians: np.ndarray


class IndicatorEngine:
    """Evaluation of the core indicator of packages in one year of one ensemble."""

    def __init__(self, park: Park, grid: Grid, profile: Profile, rule: IndicatorRule, draws: Draws, year: int) -> None:
        self.park, self.grid, self.profile, self.rule, self.year = park, grid, profile, rule, year
        self.account = read_account(profile.account)
        self.engine = packages.PackageEngine(park, grid.everything(), draws, until=year)
        self.readings = [(one.tj_per_mwh, share_beside(park, one.tj_per_mwh)) for one in profile.readings]
        self.factor = grid_paths(park, draws)[:, year - int(park.years[0])]

    def found(self, codes: np.ndarray) -> _Found:
        """Compute the indicator of some packages of the grid."""
        tree = package_tree.grid_tree(self.grid, codes)
        cases, readings, members = tree.cases.shape[0], len(self.profile.readings), self.engine.draws.members
        values = np.empty((cases, readings, members))
        met, has_class = np.empty((2, cases, members), dtype=bool)
        for batch in self.engine.batches():
            for case in batch.cases(tree):
                here = case.index, slice(None), batch.members
                values[here], met[case.index, batch.members], has_class[case.index, batch.members] = self._of(
                    batch, case
                )
        medians, at = np.median(values, axis=2), tree.case_of
        return _Found(met.mean(axis=1)[at], has_class.mean(axis=1)[at], medians[at])

    def _of(
        self, batch: package_tree.BatchEvaluator, case: chain.PackageCase
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Compare one package with the limit: values (reading, member), met and has a class (member,)."""
        sources, energy, location_based = last_year(batch, case)
        grid, years = self.factor[batch.members], np.array([self.year])
        sources = {name: one[:, None] for name, one in sources.items()}
        located = location_based[:, None]
        emitted = counted(sources, located, grid[:, None], years, self.account, self.park.country)[:, 0]
        found = [
            judged(
                self.rule, emitted, (energy_at(energy, location_based, grid, at) + energy * beside) / units.TJ_PER_TCE
            )
            for at, beside in self.readings
        ]
        values, met, has_class = (np.stack(part) for part in zip(*found, strict=True))
        return values, met.all(axis=0), has_class.all(axis=0)


def last_year(
    batch: package_tree.BatchEvaluator, case: chain.PackageCase
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Extract the last year of a package: emissions by source, location-based emissions (tCO2/yr), energy (TJ).

    Returns
    -------
    sources : mapping source -> (member,)
        As `project` writes them.
    energy, location_based : (member,)
    """
    books, above = batch.accounts, case.of_structure
    sources = {group: case.emissions(group)[-1] for group in batches.EMITTING}
    sources |= {"process": case.process[-1], "undivided": np.broadcast_to(case.undivided, batch.sinks.shape)[-1]}
    energy, location_based = case.energy(books.groups)[-1], case.location_based()[-1]
    captured, heated, powered = np.zeros((3, batch.size))
    for measure, at, taken in case.captures:
        acts = measure.lever.acts
        heat, electricity = acts.heat(taken, at), acts.electricity(taken, at)
        captured = captured - taken[-1]
        heated = heated + (heat * above.heat_factor)[-1]
        powered = powered + (electricity * above.electricity_factor)[-1]
        energy = energy + (heat + electricity)[-1]
        location_based = location_based + (electricity * books.grid_factor())[-1]
    return (
        sources | {"captured": captured, "capture_heat": heated, "capture_electricity": powered},
        energy,
        (location_based),
    )


def cheapest_for_indicator(
    park: Park,
    profile: Profile | str = "zero_carbon_910",
    year: int = 2030,
    probability: float = 0.9,
    *,
    grid: Grid | None = None,
    costs: Costs | None = None,
    members: int = 500,
    seed: int = 20240401,
    until: int = 2060,
    fresh: int = 2000,
    rate: float | None = None,
    correlations: bool = True,
) -> decision.IndicatorDecision:
    """Find the cheapest package that meets the core indicator of a profile in a year with a probability.

    Parameters
    ----------
    park : Park
    profile : Profile or str
    year : int
    probability : float
        Share of members that must meet it in every reading of the rule.
    grid, costs, members, seed, until, fresh, rate, correlations
        As in `decisions.cheapest_package.cheapest_package`.

    Raises
    ------
    PathwayError
        The profile has no core indicator or does not apply in the park's country, the indicator is not known in the
        last observed year, a number is out of range, or the grid has too many packages.
    """
    profile = profile if isinstance(profile, Profile) else read_profile(profile)
    rule, costs = core_of(park, profile), read_costs() if costs is None else costs
    grid = search.default_grid() if grid is None else grid
    grid = grid.without({name: range(1, 99) for name in search.useless_blocks(park, grid)})
    _check(park, grid, year, probability, until)
    drawn = {"until": until, "correlations": correlations}
    draws = sampling.sample(park, [grid.everything()], members=members, seed=seed, **drawn)
    priced = search.PricedGrid(park, grid, costs, draws, until, rate)
    engine = IndicatorEngine(park, grid, profile, rule, draws, year)
    codes = grid.codes()
    cost, steps = priced.costs_of(codes), priced.steps_of(codes)
    cost, order = cost - cost[0], np.lexsort((cost, steps))
    looked, found, best = order[:0], [], None
    while best is None and looked.size < order.size:
        batch = order[looked.size : looked.size + search.TOGETHER]
        found.append(engine.found(codes[batch]))
        fine = found[-1].met >= probability - search.ROUNDING
        best = looked.size + int(fine.argmax()) if fine.any() else None
        looked = order[: looked.size + batch.size]
    whole = _Found(
        *(np.concatenate([getattr(one, name) for one in found]) for name in ("met", "with_class", "medians"))
    )
    # The most probable; where none is possible, the one of the lowest value; of equals the cheapest, which is first.
    shown = best if best is not None else int(np.lexsort((np.round(whole.medians.max(axis=1), 6), -whole.met))[0])

    def candidate(code: np.ndarray, at: int, of: _Found, position: int) -> decision.IndicatorCandidate:
        used = [m.lever.lever_id for option in grid.options_of(code) for m in option.measures]
        return decision.IndicatorCandidate(
            tuple(map(int, code)), grid.label(code), tuple(name for name in used if name in priced.unknown),
            int(steps[position]), float(cost[position]), float(cost[position] / priced.rates.discount.sum()),
            float(of.met[at]), tuple(map(float, of.medians[at])), float(of.with_class[at]),
        )  # fmt: skip

    closest = candidate(codes[order[shown]], shown, whole, order[shown])
    if fresh:
        check = sampling.sample(park, [grid.everything()], members=fresh, seed=seed + 1, **drawn)
        again = IndicatorEngine(park, grid, profile, rule, check, year).found(np.array([closest.code], dtype=np.int8))
        closest = replace(closest, p_fresh=float(again.met[0]))
    off = candidate(codes[0], 0, engine.found(codes[:1]), 0)
    return decision.IndicatorDecision(
        park.identity, profile, rule, year, probability, best is not None, closest, off, grid, grid.size,
        int(looked.size), members, fresh, seed, costs.price_year,
    )  # fmt: skip


def _check(park: Park, grid: Grid, year: int, probability: float, until: int) -> None:
    first = park.last_observed_year + 1
    if not grid.blocks:
        raise PathwayError(f"{park.park_id}: no lever of the grid can change this park")
    if not first <= year <= until:
        raise PathwayError(f"indicator in {year}: expected a year from {first} to {until}")
    if not 0 < probability <= 1:
        raise PathwayError(f"probability = {probability}: expected above 0 and at most 1")
    if grid.size > search.MOST_RANKED:
        raise PathwayError(
            f"the grid has {grid.size:,} packages, at most {search.MOST_RANKED:,} can be ranked: set levers together,"
            " or leave levers, settings or start years out"
        )
