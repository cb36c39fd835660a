"""The drivers of a park by its growth law: activity, intensity, mix and process output to the horizon, by member.

Each driver follows the growth law of the assumptions (``baseline.laws``, ``docs/law_in_levels.md``).  Observed years
are kept; years set aside do not count for growth.  Plans come on top (``baseline.plans``).  Carbon balances, and
carbon of own fuel that is sold, captured or kept in products, are included in the factors of their sector.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pathway_models.baseline.bridges import factor_errors, sector_shares, tilted_sum
from pathway_models.baseline.laws import levels, register
from pathway_models.core import PathwayError, units
from pathway_models.intake.factors.ids import OFF_OWN_FUEL
from pathway_models.kernels.emissions import normalised_shares
from pathway_models.records import Assumptions, Draws, History, Park, Process, growth_laws, pathways
from pathway_models.records.park import FUELS, INDICES, LEAST_YEARS, OUTPUT_KINDS

#: Drivers with shocks of their own, beside ``mix:<carrier>``.
DRIVERS = ("activity", "intensity")
#: Kinds of activity whose energy per unit has no trend of its own.  ASSUME: the law of emissions, which an energy index
#: follows, holds for output too, and the energy of a product changes by levers only.
WITHOUT_TREND = (*INDICES, *OUTPUT_KINDS)


class Reading(NamedTuple):
    """Uncertain parts of the drivers: their growth, and the park's own noise from year to year."""

    growth: bool
    noise: bool


#: Growth with the errors of the past; or growth as given, with the park's own noise alone.
AS_PLANS_TURN_OUT, IF_DRIVERS_HOLD = Reading(True, True), Reading(False, True)


@dataclass(frozen=True)
class OwnNoise:
    """Normals at their median, except the park's own draw of each year and the scale of the errors.

    Parameters
    ----------
    normals : DriverNormals
    noise : bool
        False for the median path, with all draws at their median.
    """

    normals: pathways.DriverNormals
    noise: bool = True

    def once(self, name: str) -> np.ndarray:
        """Return the draw of the scale; every other draw at its median: (member,)."""
        drawn = self.normals.once(name)
        return drawn if name == "scale" and self.noise else np.zeros_like(drawn)

    def yearly(self, name: str) -> np.ndarray:
        """Return the park's own yearly draws; those of levels above it at their median: (member, year)."""
        drawn = self.normals.yearly(name)
        return drawn if self.noise and self.normals.is_own(name) else np.broadcast_to(0.0, drawn.shape)


@dataclass(frozen=True)
class BaselinePaths:
    """Drivers over observed and projected years.

    Parameters
    ----------
    activity : (member, sector, year)
    intensity : (member, sector, year), TJ per unit of activity
    shares : (member, sector, carrier, year)
    grid : (member, year)
        Grid factor relative to the last observed year; one in observed years.
    heat : (member, year)
        Factor of purchased heat, likewise.
    output : (member, process, year)
        Process output in each process's unit.
    carbon : (member, year) or None
        Emission factors of energy relative to their baseline; None where a scenario does not change them.
    """

    activity: np.ndarray
    intensity: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    heat: np.ndarray
    output: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0)))
    carbon: np.ndarray | None = None


def mixed_carriers(park: Park) -> tuple[str, ...]:
    """List carriers whose share can drift: those in use in all kept years in a sector with more than one carrier."""
    used = drifting(park)
    several = used.sum(axis=1) > 1
    return tuple(name for c, name in enumerate(park.carriers) if used[several, c].any())


def drifting(park: Park) -> np.ndarray:
    """Mark carriers in use in all kept years and in the last observed one: (sector, carrier)."""
    return (park.energy[..., park.kept] > 0).all(axis=-1) & (park.energy[..., -1] > 0)


def free_paths(
    park: Park,
    draws: Draws,
    members: slice,
    assumptions: Assumptions,
    bought: tuple[np.ndarray, np.ndarray],
    reading: Reading = AS_PLANS_TURN_OUT,
) -> BaselinePaths:
    """Simulate the drivers by the law, with given factors of power and heat; without plans and process output."""
    if park.years.size < LEAST_YEARS:
        raise PathwayError(
            f"{park.park_id}: {park.years.size} observed years, expected at least {LEAST_YEARS};"
            " add years to the table, no trend can be read from fewer"
        )
    sample = (_Led if is_led(assumptions) else _Sample)(park, draws, members, assumptions, reading)
    use = park.energy.sum(axis=1)
    activity, intensity = [], []
    count = park.years.size + draws.years.size
    # Members are neighbours in memory; carriers that a sector does not use stay zero and are never written.
    shares = np.zeros((len(park.sectors), len(park.carriers), count, sample.size))
    for s, kind in enumerate(park.activity_kinds):
        activity.append(sample.extended(park.activity[s], sample.activity(s, kind)))
        per_activity = use[s] / park.activity[s]
        if kind in WITHOUT_TREND or (per_activity <= 0).any():
            # Energy is the activity itself, follows a product, or has no logarithm: intensity stays constant.
            intensity.append(sample.extended(per_activity, np.zeros((sample.size, draws.years.size))))
        else:
            intensity.append(sample.extended(per_activity, sample.intensity(s, kind, activity[-1])))
        _write_shares(park, s, sample, shares[s])
    return BaselinePaths(_by_sector(activity), _by_sector(intensity), np.moveaxis(shares, -1, 0), *bought)


class _Sample:
    """Draws of some members, with the correlations between drivers, and the laws that use them."""

    def __init__(self, park: Park, draws: Draws, members: slice, assumptions: Assumptions, reading: Reading) -> None:
        self.park, self.draws, self.members, self.laws = park, draws, members, register.laws_of(assumptions)
        self.reading = reading
        correlation = assumptions.baselines.correlation
        self.size, self.moves_mix = len(range(*members.indices(draws.members))), True
        shared = correlation["shared_activity"]
        own, common = np.sqrt(1.0 - shared), np.sqrt(shared)
        slope = {name: draws.normals[f"slope:{name}"][members] for name in DRIVERS}
        shock = {name: draws.shocks[name][members] for name in DRIVERS}
        # ASSUME: the sectors of a park share its shocks, so that the park's total keeps the spread that
        # was measured on whole regions instead of averaging it away.
        slope["activity"] = own * slope["activity"] + common * draws.normals["shared:slope"][members]
        shock["activity"] = own * shock["activity"] + common * draws.shocks["shared:activity"][members]
        for drawn, rho in ((slope, correlation["slope"]), (shock, correlation["innovation"])):
            drawn["intensity"] = rho * drawn["activity"] + np.sqrt(1.0 - rho**2) * drawn["intensity"]
        self.slope, self.shock = slope, shock
        self.bridged = _bridged(park, draws, members, assumptions)

    def activity(self, s: int, kind: str) -> np.ndarray:
        """Simulate the log change of the activity of one sector: (member, step)."""
        # ASSUME: a bridge moves energy; value added and population of its years follow the law, intensity is the
        # residual.
        use = _use(kind)
        return self.change("activity", self.park.activity[s], use, self.bridged[s] if use == "emissions" else None)

    def intensity(self, s: int, kind: str, activity: np.ndarray) -> np.ndarray:
        """Simulate the log change of the intensity of one sector, whose activity is given: (member, step)."""
        park, known = self.park, self.park.years.size
        economy = np.log(activity[:, known : known + self.draws.bridged] / activity[:, known - 1 : known])
        middle = self.middle(park.activity[s], _use(kind))
        bridged = self.bridged[s].less(economy, middle[: self.draws.bridged])
        return self.change("intensity", park.energy[s].sum(axis=0) / park.activity[s], "intensity", bridged)

    def change(self, driver: str, history: np.ndarray, use: str, bridged: "_Bridged | None" = None) -> np.ndarray:
        """Simulate log changes of a driver from its last observed value, by the law of its use: (member, step).

        Parameters
        ----------
        driver, use : str
        history : (H,)
        bridged : _Bridged, optional
            The first years, which the law then reads as part of the record.
        """
        record, kept, skip = _logs(history), self.park.kept, 0 if bridged is None else bridged.middle.size
        if skip:
            # ASSUME: the law reads the centre of a bridge as years of the record, then goes on from each member's end.
            record = np.concatenate([record, record[-1] + bridged.middle])
            kept = np.concatenate([kept, np.ones(skip, bool)])
        told = History(record, self.park.last_observed_year + skip, kept, self.park.province)
        correlated = (self.slope.get(driver), self.shock.get(driver))
        law, steps = self.laws[use], self.draws.years.size - skip
        if skip and steps == 0:
            return bridged.members
        normals = pathways.DriverNormals(self.draws, self.members, driver, *correlated, skip=skip)
        later = self.read(lambda drawn: law.simulate(told, steps, drawn), normals)
        return bridged.before(later) if skip else later

    def read(self, draw: Callable[[growth_laws.Normals], np.ndarray], normals: pathways.DriverNormals) -> np.ndarray:
        """Draw paths of log changes in the reading of the sample: (member, step)."""
        if self.reading == AS_PLANS_TURN_OUT:
            return draw(normals)
        # ASSUME: where growth holds, a year's noise is the park's innovation of that year and does not persist; only
        # growth accumulates.
        middle = draw(OwnNoise(normals, noise=False))
        if not any(self.reading):
            return middle
        noise = np.diff(draw(OwnNoise(normals)) - middle, axis=-1, prepend=0.0)
        return draw(normals) - noise if self.reading.growth else middle + noise

    def middle(self, history: np.ndarray, use: str) -> np.ndarray:
        """Return the log change of a driver with every draw at its median: (step,)."""
        told = History(_logs(history), self.park.last_observed_year, self.park.kept, self.park.province)
        return self.laws[use].simulate(told, self.draws.years.size, _NoDraws(self.draws.years.size))[0]

    def drift(self, driver: str, history: np.ndarray) -> np.ndarray:
        """Simulate log changes of a share, none in bridged years: (member, step)."""
        # ASSUME: the mix of carriers stays as it was in bridged years, then drifts as the law says.
        skip, change = self.draws.bridged, self.change(driver, history, "mix")
        return np.concatenate([np.zeros((self.size, skip)), change[:, : change.shape[1] - skip]], axis=1)

    def extended(self, history: np.ndarray, change: np.ndarray) -> np.ndarray:
        """Continue observed values by the last one times exp(change): (member, year)."""
        # Years are contiguous in memory, as the engine steps through them.
        paths = np.empty((history.size + change.shape[1], change.shape[0])).T
        paths[:, : history.size] = history
        np.exp(change, out=paths[:, history.size :])
        paths[:, history.size :] *= history[-1]
        return paths


class _Led(_Sample):
    """Sample under a law in which emissions lead: intensity is emissions over activity.

    ASSUME: the sectors of a park share its growth and its deviation, which were measured on whole parks; changes of a
    sector in bridged years persist.
    """

    def __init__(self, park: Park, draws: Draws, members: slice, assumptions: Assumptions, reading: Reading) -> None:
        self.park, self.draws, self.members, self.laws = park, draws, members, register.laws_of(assumptions)
        self.reading = reading
        self.size, self.moves_mix = len(range(*members.indices(draws.members))), register.moves_mix(assumptions)
        self.slope, self.shock = {}, {}
        self.record = self._history(np.log(_emitted(park)), park.kept, 0)
        self.emissions, self.tilts = self._emissions(assumptions)

    def _history(self, logs: np.ndarray, kept: np.ndarray, skip: int) -> History:
        park = self.park
        return History(
            logs, park.last_observed_year + skip, kept, park.province, {levels.SIZE: logs}, park.kind, park.country
        )

    def _emissions(self, assumptions: Assumptions) -> tuple[np.ndarray, np.ndarray]:
        """Draw the log change of emissions, (member, step), and of sectors beyond it, (sector, member or one, step)."""
        # The draws of intensity are those of emissions: intensity has none of its own.
        law, steps, bridge = self.laws["emissions"], self.draws.years.size, self.draws.bridge
        sectors = len(self.park.sectors)
        if bridge is None:
            change = self.read(lambda drawn: law.simulate(self.record, steps, drawn), self.normals("intensity"))
            return change, self._demanded(np.zeros((sectors, 1, steps)), assumptions, self.record)
        skip, logs = len(bridge), self.record.log_history
        beyond = bridge.tilts[:, None] - _added(self.park, self.draws, self.members, assumptions)
        tilts = np.concatenate([beyond, np.repeat(beyond[..., -1:], steps - skip, axis=-1)], axis=-1)
        bridged = _Bridged(bridge.log_change[self.members], bridge.middle)
        if steps == skip:
            return bridged.members, tilts
        kept = np.concatenate([self.park.kept, np.ones(skip, bool)])
        told = self._history(np.concatenate([logs, logs[-1] + bridge.middle]), kept, skip)
        normals = pathways.DriverNormals(self.draws, self.members, "intensity", skip=skip)
        tilts = self._demanded(tilts, assumptions, told)
        return bridged.before(self.read(lambda drawn: law.simulate(told, steps - skip, drawn), normals)), tilts

    def _demanded(self, tilts: np.ndarray, assumptions: Assumptions, told: History) -> np.ndarray:
        """Let the median of sectors measured by a product follow the nation's demand for it (docs/baseline.md, 12).

        ASSUME: each province keeps its share of the nation's output; other sectors do not compensate; errors are those
        of the law.
        """
        years, begins = self.draws.years, int(told.origin)
        kinds = [s for s, kind in enumerate(self.park.activity_kinds) if kind in assumptions.demand]
        later = years[years > begins]
        if not kinds or not later.size or self.park.country != units.HOME:
            return tilts
        middle = self.laws["emissions"].simulate(told, later.size, _NoDraws(later.size))[0]
        tilts = tilts.copy()
        for s in kinds:
            knots = assumptions.demand[self.park.activity_kinds[s]]
            first = max(begins, min(knots))
            wanted = np.interp([first, *later], list(knots), np.log(list(knots.values())))
            expected = np.interp([first, *later], [begins, *later], [0.0, *middle])
            beyond = (wanted - wanted[0]) - (expected - expected[0])
            tilts[s, :, -later.size :] += np.where(later > first, beyond[1:], 0.0)
        return tilts

    def normals(self, driver: str) -> pathways.DriverNormals:
        """Return the draws of a driver."""
        return pathways.DriverNormals(self.draws, self.members, driver)

    @cached_property
    def economy(self) -> np.ndarray:
        """Compute the log change of the park's activity: (member, step)."""
        law, steps = self.laws["emissions"], self.draws.years.size
        return self.read(
            lambda drawn: law.activity(self.record, steps, drawn, self.emissions), self.normals("activity")
        )

    def activity(self, s: int, kind: str) -> np.ndarray:
        """Return the log change of the activity of one sector: (member, step)."""
        if kind == "population":
            return self.change("activity", self.park.activity[s], "population")
        return self.emissions + self.tilts[s] if kind in WITHOUT_TREND else self.economy

    def intensity(self, s: int, kind: str, activity: np.ndarray) -> np.ndarray:
        """Return the log change of the intensity of one sector: (member, step)."""
        del kind
        known = self.park.years.size
        return self.emissions + self.tilts[s] - np.log(activity[:, known:] / activity[:, known - 1 : known])


def is_led(assumptions: Assumptions) -> bool:
    """Tell whether emissions lead under the law of parks, and intensity follows from them and activity."""
    return getattr(register.laws_of(assumptions)["emissions"], "leads", False)


def growth_streams(park: Park, draws: Draws, assumptions: Assumptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the yearly draws that make the growth of a park's emissions, its own first, and that of its activity.

    Empty under a law that draws growth once a member.
    """
    named = getattr(register.laws_of(assumptions)["emissions"], "growth_streams", None)
    if named is None or not is_led(assumptions):
        return (), ()
    # The draws of intensity are those of emissions (`_Led`).
    emissions, activity = (pathways.DriverNormals(draws, slice(None), driver) for driver in ("intensity", "activity"))
    names = named(park.kind, park.country, park.province)
    return tuple(map(emissions.yearly_key, names)), tuple(map(activity.yearly_key, ("shock", "economy")))


def _emitted(park: Park) -> np.ndarray:
    """Compute the emissions of a park by observed year, energy where there are none in some year: (H,)."""
    burnt = (park.energy * park.factors).sum(axis=(0, 1))
    emitted = burnt + (park.outputs * park.process_factors).sum(axis=0)
    energy = park.energy.sum(axis=(0, 1))
    found = next((total for total in (emitted, burnt, energy) if (total > 0).all()), None)
    return np.ones(park.years.size) if found is None else found


def _logs(history: np.ndarray) -> np.ndarray:
    return np.log(history, out=np.full(history.shape, -np.inf), where=history > 0)


@dataclass(frozen=True)
class _NoDraws:
    """Normals of one member with every draw at its median."""

    steps: int

    def once(self, name: str) -> np.ndarray:
        """Return zero: (1,)."""
        del name
        return np.zeros(1)

    def yearly(self, name: str) -> np.ndarray:
        """Return zeros: (1, step)."""
        del name
        return np.zeros((1, self.steps))


@dataclass(frozen=True)
class _Bridged:
    """Log change of a driver in bridged years, (member, bridged year), and its centre, (bridged year,)."""

    members: np.ndarray
    middle: np.ndarray

    def less(self, members: np.ndarray, middle: np.ndarray) -> "_Bridged":
        """Subtract the change of another driver."""
        return _Bridged(self.members - members, self.middle - middle)

    def before(self, later: np.ndarray) -> np.ndarray:
        """Prepend the bridge to the changes that follow from each member's end: (member, step)."""
        return np.concatenate([self.members, self.members[:, -1:] + later], axis=1)


def _bridged(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> list[_Bridged]:
    """Return the log change of the energy of each sector in bridged years, so that they add up to the bridge."""
    if draws.bridge is None:
        return [_Bridged(np.zeros((len(range(*members.indices(draws.members))), 0)), np.zeros(0))] * len(park.sectors)
    tilts = draws.bridge.tilts
    added = _added(park, draws, members, assumptions)
    middle = tilted_sum(tilts, sector_shares(park))
    whole = _Bridged(draws.bridge.log_change[members], draws.bridge.middle)
    return [whole.less(added - tilt, middle - tilt) for tilt in tilts]


def _added(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> np.ndarray:
    """Compute the log change of the sum of sectors by their own activity in bridged years: (member, bridged year).

    Shares of sectors are those of each member, since they depend on its errors of factors: a high coal factor raises
    the share of sectors that burn coal.  So the total of each member follows the bridge.
    """
    errors = factor_errors(park, draws.normals, members, assumptions.uncertainties.factor_errors)
    return tilted_sum(draws.bridge.tilts, sector_shares(park, errors))


def _use(kind: str) -> str:
    """Return the use of the law for a kind of activity: indices and output of a product have the law of emissions."""
    return "emissions" if kind in WITHOUT_TREND else "population" if kind == "population" else "activity"


def _by_sector(paths: list[np.ndarray]) -> np.ndarray:
    """Stack paths of sectors as (member, sector, ..., year), with members as neighbours in memory."""
    return np.moveaxis(np.stack([np.moveaxis(path, 0, -1) for path in paths]), -1, 0)


def _write_shares(park: Park, s: int, sample: _Sample, shares: np.ndarray) -> None:
    """Simulate the shares of a sector's carriers and write those it uses: (carrier, year, member)."""
    energy, known = park.energy[s], park.years.size
    total = energy.sum(axis=0)
    observed = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0)
    throughout = drifting(park)[s] & sample.moves_mix
    for c in np.flatnonzero(observed.any(axis=1)):
        shares[c, :known] = observed[c, :, None]
    present = np.flatnonzero(energy[:, -1] > 0)
    log_shares = np.zeros((present.size, sample.draws.years.size, sample.size)).transpose(2, 0, 1)
    for at, c in enumerate(present):
        log_shares[:, at] = np.log(observed[c, -1])
        # A carrier that appeared or vanished during the record has no trend.
        if throughout[c] and throughout.sum() > 1:
            log_shares[:, at] += sample.drift(f"mix:{park.carriers[c]}", observed[c])
    shares[present, known:] = normalised_shares(log_shares, np.ones(present.size, dtype=bool)).transpose(1, 2, 0)


def balance_shares(park: Park) -> np.ndarray:
    """Compute the share of energy emissions that carbon balances leave: (sector, year), one without balances.

    ASSUME: a balance of transformation stays the same share of the energy emissions it corrects. Followed on
    its own it would stay while the emissions it belongs to are cut, and totals could fall below zero. A balance
    that outweighs them is followed like a process instead.
    """
    is_fuel = np.isin(park.groups, FUELS)[:, None]
    emitted = (park.energy * park.factors * np.where(is_fuel, fuel_shares(park)[:, None], 1.0)).sum(axis=1)
    return _left(park, [p.is_balance and not _is_off_own_fuel(p) for p in park.processes], emitted)


def fuel_shares(park: Park) -> np.ndarray:
    """Compute the share of own fuel that sales, captured CO2 and carbon in products leave: (sector, year).

    They stand in scope 1, in the inventory and here: what is sold, captured or kept came from fuel inside.
    ASSUME: they stay the same share of the fuel's emissions, for the reason given at `balance_shares`.
    """
    emitted = (park.energy * park.factors)[:, np.isin(park.groups, FUELS)].sum(axis=1)
    return _left(park, [_is_off_own_fuel(p) for p in park.processes], emitted)


def _is_off_own_fuel(process: Process) -> bool:
    return process.name.startswith(OFF_OWN_FUEL)


def _left(park: Park, picked: Sequence[bool], emitted: np.ndarray) -> np.ndarray:
    """Compute the share that some balances leave of emissions (sector, year): (sector, year)."""
    left = np.ones(emitted.shape)
    for s in range(len(park.sectors)):
        own = [j for j, process in enumerate(park.processes) if picked[j] and process.sector == s]
        balance = (park.outputs[own] * park.process_factors[own]).sum(axis=0)
        if own and (emitted[s] > 0).all() and (balance > -emitted[s]).all():
            left[s] += balance / emitted[s]
    return left


def _is_carried(park: Park) -> list[bool]:
    """Mark the processes that factors carry (`balance_shares`, `fuel_shares`)."""
    shares = {True: fuel_shares(park), False: balance_shares(park)}
    return [p.is_balance and bool((shares[_is_off_own_fuel(p)][p.sector] != 1.0).any()) for p in park.processes]


def process_output(park: Park, activity: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Compute the process output by member: (member, process, year), from activity and energy (member, sector, year).

    ASSUME: output follows the baseline energy of its sector, as kilns and furnaces do; efficiency
    measures save energy at the same output. Where the sector used no energy in the last observed year,
    output follows its activity. Balances that factors carry (`balance_shares`, `fuel_shares`) stand at zero here.
    """
    carried = _is_carried(park)
    output = np.zeros((len(park.processes), energy.shape[-1], energy.shape[0])).transpose(2, 0, 1)
    known = park.years.size
    for j, process in enumerate(park.processes):
        if carried[j]:
            continue
        leader = (energy if park.energy[process.sector, :, -1].any() else activity)[:, process.sector]
        output[:, j, :known] = park.outputs[j]
        output[:, j, known:] = park.outputs[j, -1] * (leader[:, known:] / leader[:, known - 1 : known])
    return output
