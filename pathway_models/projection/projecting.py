"""From park, scenarios and draws to pathways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.forecasting.baseline import BaselinePaths, baseline_paths
from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.trend_parameters import read_baselines
from pathway_models.intake.uncertainties import read_uncertainties
from pathway_models.kernels.emissions import energy_by_carrier
from pathway_models.kernels.levers import capture
from pathway_models.projection.chain import Chain
from pathway_models.projection.sampling import lever_streams
from pathway_models.projection.starting import balance_shares, factor_errors, process_output, with_added
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import SOURCES, Pathways

#: Members computed at a time: the arrays of a batch stay in the processor's cache.
BATCH = 250


def project(
    park: Park, scenarios: Mapping[str, Scenario] | Iterable[Scenario], draws: Draws, *, until: int | None = None
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

    Returns
    -------
    Pathways
        tCO2/yr, observed years first.

    Raises
    ------
    PathwayError
        The draws are another park's, do not reach ``until``, or lack a lever of these scenarios.
    """
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    if draws.park_id != park.park_id:
        raise PathwayError(f"the draws were made for {draws.park_id!r}, not for {park.park_id!r}; sample this park")
    last = int(draws.years[-1]) if until is None else until
    if not park.last_observed_year < last <= draws.years[-1]:
        raise PathwayError(f"until = {last}: the draws reach from {draws.years[0]} to {draws.years[-1]}")
    lacking = sorted(set(lever_streams(chosen)) - set(draws.uniforms))
    if lacking:
        raise PathwayError(f"{', '.join(lacking)} were not drawn; sample the park with these scenarios")
    years = np.arange(park.years[0], last + 1)
    # Stored year-major, so that each batch writes whole cache lines; seen as (..., source, year).
    emissions = np.zeros((len(chosen), len(SOURCES), years.size, draws.members)).transpose(0, 3, 1, 2)
    beside = {
        name: np.zeros((len(chosen), years.size, draws.members)).transpose(0, 2, 1)
        for name in ("sinks", "stored", "location_based", "energy", "activity")
    }
    baselines, uncertainties = read_baselines(), read_uncertainties()
    for start in range(0, draws.members, BATCH):
        members = slice(start, min(start + BATCH, draws.members))
        paths = baseline_paths(park, draws, members, baselines, uncertainties)
        batch = _Batch.start(park, chosen, draws, members, paths, years)
        for at, scenario in enumerate(chosen):
            chain = batch.chain(park)
            for measure in scenario.measures:
                chain.apply(measure, draws, members)
            batch.account(chain, emissions[at, members], {name: array[at, members] for name, array in beside.items()})
    return Pathways(
        park_id=park.park_id,
        scenarios=tuple(scenario.scenario_id for scenario in chosen),
        sources=tuple(SOURCES),
        years=years,
        last_observed_year=park.last_observed_year,
        emissions=emissions,
        beside=beside,
        seed=draws.seed,
    )


@dataclass(frozen=True)
class _Batch:
    """What all scenarios of a batch of members share."""

    years: np.ndarray
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    activity: np.ndarray
    energy: np.ndarray
    factors: np.ndarray
    grid: np.ndarray
    output: np.ndarray
    process_factors: np.ndarray
    is_technical: np.ndarray
    errors: dict[str, np.ndarray]

    @classmethod
    def start(
        cls, park: Park, chosen: list[Scenario], draws: Draws, members: slice, paths: BaselinePaths, years: np.ndarray
    ) -> _Batch:
        """Lay out baseline energy, factors and process output of a batch, cut at the last year."""
        count = years.size
        carriers, groups, factors = with_added(park, chosen)
        size = paths.activity.shape[0]
        activity = paths.activity[..., :count]
        energy = np.zeros((size, len(park.sectors), len(carriers), count))
        energy[:, :, : len(park.carriers)] = energy_by_carrier(
            activity, paths.intensity[..., :count], paths.shares[..., :count]
        )
        last = np.minimum(np.arange(count), park.years.size - 1)
        # ASSUME: factors stay at their last observed value; only the grid goes on declining.
        by_year = np.repeat(factors[None, ..., last], size, axis=0)
        by_year[:, :, carriers.index("electricity")] *= paths.grid[:, None, :count]
        grid = by_year[:, :, carriers.index("electricity")].copy()
        by_year[:, :, : len(park.carriers)] *= balance_shares(park)[:, None, last]
        return cls(
            years=years,
            carriers=carriers,
            groups=groups,
            activity=activity,
            energy=energy,
            factors=by_year,
            grid=grid,
            output=process_output(park, activity, activity * paths.intensity[..., :count]),
            process_factors=park.process_factors[:, last],
            is_technical=np.array([not process.is_balance for process in park.processes], dtype=bool),
            errors=factor_errors(park, draws, members),
        )

    def chain(self, park: Park) -> Chain:
        """A fresh chain for one scenario."""
        size, count = self.activity.shape[0], self.years.size
        # ASSUME: sinks stay at their last observed value without a lever.
        sinks = np.concatenate([park.sinks, np.full(count - park.years.size, park.sinks[-1])])
        return Chain(
            years=self.years,
            last_observed_year=park.last_observed_year,
            carriers=self.carriers,
            groups=self.groups,
            movable=np.array([kind != "population" for kind in park.activity_kinds]),
            activity=self.activity,
            energy=self.energy,
            output=self.output,
            process_sectors=np.array([process.sector for process in park.processes], dtype=int),
            process_left=np.ones((size, count)),
            sinks=np.broadcast_to(sinks, (size, count)),
        )

    def account(self, chain: Chain, emissions: np.ndarray, beside: dict[str, np.ndarray]) -> None:
        """Write a scenario's emissions by source and what stands beside them: (member, source, year)."""
        sources = list(SOURCES)
        by_carrier = (chain.energy * self.factors).sum(axis=1)
        for source in ("coal", "oil", "gas", "other_fuel", "electricity", "heat"):
            of_group = by_carrier[:, np.isin(self.groups, source)].sum(axis=1)
            emissions[:, sources.index(source)] = of_group * self.errors[source]
        left = np.where(self.is_technical[:, None], chain.process_left[:, None], 1.0)
        by_process = chain.output * self.process_factors * left * self.errors["process"][:, None]
        emissions[:, sources.index("process")] = by_process.sum(axis=1)
        use = chain.energy.sum(axis=1)
        beside["sinks"][:] = chain.sinks
        beside["energy"][:] = use.sum(axis=1)
        beside["activity"][:] = chain.activity.sum(axis=1)
        self._location_based(chain, beside["location_based"])
        technical = by_process[:, self.is_technical].sum(axis=1)
        for groups, values in chain.captures:
            self._capture(chain, groups, values, technical, emissions, beside, use)

    def _capture(
        self,
        chain: Chain,
        groups: tuple[str, ...],
        values: dict,
        process: np.ndarray,
        emissions: np.ndarray,
        beside: dict[str, np.ndarray],
        use: np.ndarray,
    ) -> None:
        sources = list(SOURCES)
        within = self._eligible(chain, groups)
        fuel = np.isin(self.groups, ("coal", "oil", "gas", "other_fuel", "biomass", "hydrogen"))
        direct = emissions[:, [sources.index(name) for name in ("coal", "oil", "gas", "other_fuel")]].sum(axis=1)
        power = np.isin(self.groups, ("electricity", "green_electricity"))
        bought = use[:, power].sum(axis=1)
        grid = self.grid[:, 0] * self.errors["electricity"]
        billed = emissions[:, sources.index("electricity")]
        electricity_factor = _per(billed, bought, grid)
        taken = capture(
            # A second plant finds only what the first has left.
            capturable=np.maximum(within + process + emissions[:, sources.index("captured")], 0.0),
            # ASSUME: a scenario that burns nothing heats its capture plant with electricity.
            heat_factor=_per(direct, use[:, fuel].sum(axis=1), electricity_factor),
            electricity_factor=electricity_factor,
            **values,
        )
        emissions[:, sources.index("captured")] -= taken.captured
        emissions[:, sources.index("capture_heat")] += taken.heat_emissions
        emissions[:, sources.index("capture_electricity")] += taken.electricity_emissions
        beside["stored"] += taken.stored
        beside["energy"] += taken.heat + taken.electricity
        beside["location_based"] += taken.electricity * grid

    def _eligible(self, chain: Chain, groups: tuple[str, ...]) -> np.ndarray:
        """Emissions of some groups in the sectors whose stacks can be fitted with capture: (member, year)."""
        total = np.zeros(chain.sinks.shape)
        for group in groups:
            picked = np.isin(self.groups, group)
            part = chain.energy[:, chain.movable][:, :, picked] * self.factors[:, chain.movable][:, :, picked]
            total += part.sum(axis=(1, 2)) * self.errors[group]
        return total

    def _location_based(self, chain: Chain, out: np.ndarray) -> None:
        grid, green = self.carriers.index("electricity"), self.carriers.index("green_electricity")
        bought = chain.energy[:, :, grid] + chain.energy[:, :, green]
        out[:] = (bought * self.grid).sum(axis=1) * self.errors["electricity"]


def _per(emissions: np.ndarray, energy: np.ndarray, otherwise: np.ndarray | float) -> np.ndarray:
    """Mean factor, tCO2/TJ; ``otherwise`` where no such energy is used."""
    used = energy > 0
    return np.where(used, emissions / np.where(used, energy, 1.0), otherwise)
