"""The baseline of a batch of members, and its sums over the sectors and carriers on which all measures act alike.

Arrays are (year, member) with members as neighbours in memory, so that every operation on a block is one pass over
memory that fits the processor's cache.  Inputs shared by all members are in `Frame`.  A measure acts on a whole class
of sectors, or on the energy of one kind of sectors and one use (`Pool`): sums over these are made once (`Accounts`),
and no package goes through carriers again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np

from pathway_models.engine.ramps import acting_ramp
from pathway_models.kernels.emissions import add_carrier, ramp
from pathway_models.kernels.quantiles import triangular
from pathway_models.levers.action import Values
from pathway_models.records import Assumptions, Carrier, Lever, Measure, pathways
from pathway_models.records.park import ACTIVITY_KINDS, FUELS, UNDIVIDED, Park


@dataclass(frozen=True, eq=False)
class Frame:
    """Inputs that all members of a projection share.

    Parameters
    ----------
    park : Park
    years : (Y,) int
        Observed years first.
    carriers, groups : (C,) str
        The park's carriers, then those that levers bring in.
    factors : (sector, carrier, year), tCO2/TJ
        Scaled by carbon balances; without the decline of power and heat.
    grid_factors : (sector, year), tCO2/TJ
        Of purchased electricity, without balances.
    process_factors : (process, year), tCO2 per unit of output
    is_technical : (process,) bool
        False for book-keeping balances, which no measure changes.
    undivided : (process,) str
        One of `UNDIVIDED` where a process represents emissions not known by carrier; else empty.
    sinks : (Y,), tCO2/yr
    assumptions : Assumptions
    """

    park: Park
    years: np.ndarray
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    factors: np.ndarray
    grid_factors: np.ndarray
    process_factors: np.ndarray
    is_technical: np.ndarray
    undivided: tuple[str, ...]
    sinks: np.ndarray
    assumptions: Assumptions

    @property
    def known(self) -> int:
        """Number of observed years."""
        return self.park.years.size


@dataclass(frozen=True, eq=False)
class Batch:
    """The baseline of some members; arrays end in (year, member).

    Parameters
    ----------
    frame : Frame
    draws : Draws
    members : slice
    activity : (sector, year, member)
    use : (sector, year, member), TJ
        Energy of all carriers.
    shares : (sector, carrier, year, member)
        Of the park's own carriers.
    grid : (year, member)
        Grid factor relative to the last observed year.
    heat : (year, member)
        Factor of purchased heat, likewise.
    output : (process, year, member)
    errors : mapping group -> (1, member)
        Constant factor errors.
    carbon : (year, member) or None
        Emission factors of energy relative to their baseline, where a scenario changes them.
    ceiling : (year, member) or None
        Upper limit of capture in projected years, tCO2/yr; None without a limit.
    """

    frame: Frame
    draws: pathways.Draws
    members: slice
    activity: np.ndarray
    use: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    heat: np.ndarray
    output: np.ndarray
    errors: Mapping[str, np.ndarray]
    carbon: np.ndarray | None = None
    ceiling: np.ndarray | None = None
    _values: dict[tuple, Values] = field(default_factory=dict, repr=False)

    def values(self, measure: Measure) -> Values:
        """Draw the parameters of a measure, each (1, member), and its ``phase`` in projected years, (year, 1)."""
        key = (id(measure.lever), measure.setting, measure.ramp)
        if key not in self._values:
            frame = self.frame
            given, years = acting_ramp(measure, frame.park, frame.assumptions.issue_year), frame.years[frame.known :]
            drawn = {}
            for name, corners in measure.lever.triangles(measure.setting).items():
                uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
                drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
            drawn["phase"] = ramp(years, given.shape, given.start, given.complete, given.delay_years)[:, None]
            self._values[key] = drawn
        return self._values[key]

    def redrawn(self, levers: pathways.Draws) -> Self:
        """Return the same baseline with other draws of the levers."""
        most = ceiling_of(self.frame, levers, self.members, self.frame.years[self.frame.known :])
        return replace(self, draws=levers, ceiling=most, _values={})

    def drawn(self, measures: Iterable[Measure]) -> list[tuple[Measure, Values]]:
        """Pair measures with their `values`."""
        return [(measure, self.values(measure)) for measure in measures]


def ceiling_of(frame: Frame, draws: pathways.Draws, members: slice, years: np.ndarray) -> np.ndarray | None:
    """Compute the upper limit of capture in some years: (year, member), tCO2/yr; None without a limit."""
    assumed = frame.assumptions
    if assumed.capture is None:
        return None
    place = draws.uniforms[f"{pathways.SHARED}:capture_ceiling"][members]
    return assumed.capture.ceiling(frame.park, assumed.sectors, years, place)


# sums over sectors ---------------------------------------------------------------------------------------------------

#: Classes of sectors: economic ones, which structure and capture reach, and residents.
ECONOMIC, RESIDENT = 0, 1

#: ASSUME: a capture plant of a park whose carriers are not known burns natural gas, 56.1 tCO2/TJ: default of the 2006
#: IPCC Guidelines, volume 2, table 2.2 (ipcc_2006).  Coal would emit 1.7 times as much.
NATURAL_GAS = 56.1

#: Fuels that a lever must all replace to act on fuel emissions not known by carrier.
MAIN_FUELS = ("coal", "oil", "gas")
#: Groups whose emissions are counted, those that are burnt in the park, and those that are electricity.
EMITTING = (*FUELS, "electricity", "heat")
BURNT = (*FUELS, "biomass", "hydrogen")
POWER = ("electricity", "green_electricity")

#: Arrays (year, member) by class and group.
Parts = dict[tuple[int, str], np.ndarray]


class Pool(NamedTuple):
    """Energy that a substitution replaces as a whole or not at all: class, kind of sectors, use."""

    k: int
    kind: str
    use: str


#: Share left by measures: an array, or 1 without measures.
Left = np.ndarray | float


@dataclass
class Mix:
    """Energy left of each group and added in each target carrier by substitutions, by pool, per TJ of a group.

    Parameters
    ----------
    left : dict (pool, group) -> (year, member)
        Share left; only entries that a measure changed.
    added : dict (pool, carrier, group) -> (year, member)
        TJ of the carrier per TJ of the group before all substitutions.
    taken : dict lever -> dict (pool, group) -> (year, member)
        TJ replaced by a lever per TJ of the group before all substitutions.
    fuel_left : dict pool -> (year, member)
        Share left of fuel emissions not known by carrier.
    """

    left: dict[tuple[Pool, str], np.ndarray] = field(default_factory=dict)
    added: dict[tuple[Pool, str, str], np.ndarray] = field(default_factory=dict)
    taken: dict[str, dict[tuple[Pool, str], np.ndarray]] = field(default_factory=dict)
    fuel_left: dict[Pool, np.ndarray] = field(default_factory=dict)


def times(left: Left, values: np.ndarray) -> np.ndarray:
    """Multiply values by the share left; return the values themselves, not copied, where it is 1."""
    return values if isinstance(left, float) and left == 1.0 else left * values


def replaces_all_fuel(lever: Lever, carriers: Mapping[str, Carrier]) -> bool:
    """Tell whether a substitution can act on fuel emissions not known by carrier.

    It can if it replaces all main fuels by carriers that are not burnt to CO2 inside: then it leaves ``1 - share`` of
    them.  Electricity and heat that it brings lie outside scope 1, the only account of such a table.

    Parameters
    ----------
    lever : Lever
    carriers : mapping carrier id -> Carrier
    """
    given = {carriers[name].group for name in lever.gives_to}
    return set(MAIN_FUELS) <= set(lever.takes_from) and not given & set(FUELS)


class Once:
    """Cache of a function of arrays, by the identity of the arrays.

    Parameters
    ----------
    function : callable
        Of arrays, which it does not change, and numbers.
    """

    def __init__(self, function: Callable[..., np.ndarray]) -> None:
        self.function = function
        #: The arrays are kept with the result, so that no other array is given their id.
        self._found: dict[tuple[object, ...], tuple[tuple[Left, ...], np.ndarray]] = {}

    def __call__(self, *given: Left) -> np.ndarray:
        """Return the result for these arrays and numbers."""
        key = tuple(one if isinstance(one, float) else id(one) for one in given)
        if key not in self._found:
            self._found[key] = given, self.function(*given)
        return self._found[key][1]


class Accounts:
    """Sums over sectors of a batch's baseline in some years.

    Parameters
    ----------
    batch : Batch
    years : slice
    members : slice
        Members of the batch whose energy is summed; factor errors are of all members.

    Attributes
    ----------
    energy : dict (class, group) -> (year, member), TJ
        Of every group of every class; those without any use share one zero array.
    emissions : dict (class, group) -> (year, member), tCO2/yr
        Of the groups in use that emit, factor errors included.
    process : dict (class, is technical) -> (year, member), tCO2/yr
        Without `undivided`.
    undivided : dict item of `UNDIVIDED` -> (year, member), tCO2/yr
    pools : dict (class, group) -> list of Pool
        Pools in which a class uses a group; ``pool_energy`` and ``pool_emissions`` are by (pool, group).
    technical : dict (class, (kind of sectors, use)) -> (year, member), tCO2/yr
        Of processes that measures can reach, by the pairs of ``made_by``.
    made_by : tuple of (kind of sectors, use)
        Of each process.
    fuel : dict pool -> (year, member), tCO2/yr
        Of fuel not known by carrier.
    """

    def __init__(self, batch: Batch, years: slice, members: slice = slice(None)) -> None:
        self.batch, self.years, self.members = batch, years, members
        frame = batch.frame
        self.groups = tuple(dict.fromkeys(frame.groups))
        self.group_of = dict(zip(frame.carriers, frame.groups, strict=True))
        movable = np.array([kind != "population" for kind in frame.park.activity_kinds])
        self.sectors = (np.flatnonzero(movable), np.flatnonzero(~movable))
        self.classes = tuple(at for at in (ECONOMIC, RESIDENT) if self.sectors[at].size)
        self.grid = batch.grid[years, members]
        self.course = {"electricity": self.grid, "heat": batch.heat[years, members]}
        self.carbon = None if batch.carbon is None else batch.carbon[years, members]
        self.zero = np.zeros(self.grid.shape)
        self.zero.setflags(write=False)
        self._room = np.empty(self.grid.shape)
        self.kinds = frame.assumptions.sectors.of(frame.park)
        self.emissions: Parts = {}
        self.pools: dict[tuple[int, str], list[Pool]] = {}
        self.pool_energy: dict[tuple[Pool, str], np.ndarray] = {}
        self.pool_emissions: dict[tuple[Pool, str], np.ndarray] = {}
        self._cells: dict[tuple[Pool, str], list[tuple[int, int, float]]] = {}
        self.energy = {(k, group): self._carriers(k, group) for k in self.classes for group in self.groups}
        self.present = frozenset(group for (_, group), use in self.energy.items() if use is not self.zero)
        self.made_by = frame.assumptions.sectors.processes_of(frame.park)
        here = dict.fromkeys(self.made_by)
        self.technical = {(k, one): self._process(k, True, one) for k in (ECONOMIC, RESIDENT) for one in here}
        self.process = {
            (k, t): self.sum(self.technical[k, one] for one in here) if t else self._process(k, t)
            for k in (ECONOMIC, RESIDENT)
            for t in (True, False)
        }
        self.undivided = {name: self._undivided(name) for name in UNDIVIDED}
        self.has_undivided = any(values is not self.zero for values in self.undivided.values())
        self.fuel = self._fuel()
        self._given: dict[tuple[Pool, str, str], np.ndarray] = {}

    def _block(self, values: np.ndarray) -> np.ndarray:
        return values[..., self.years, self.members]

    def _carriers(self, k: int, group: str) -> np.ndarray:
        """Sum the energy of a group in a class, by pool and as a whole; store its emissions too."""
        frame, kinds = self.batch.frame, self.batch.frame.assumptions.sectors
        for c, name in enumerate(frame.park.carriers):
            for s in self.sectors[k] if self.group_of[name] == group else ():
                if self._block(self.batch.shares[s, c]).any():
                    for use, part in kinds.uses_in(frame.park, s, name, group).items():
                        pool = Pool(k, self.kinds[s], use)
                        self._cells.setdefault((pool, group), []).append((int(s), c, part))
        pools = self.pools[k, group] = [pool for pool, held in self._cells if pool.k == k and held == group]
        for pool in pools:
            energy, emissions = np.zeros(self.zero.shape), np.zeros(self.zero.shape)
            for s, c, part in self._cells[pool, group]:
                share = times(part, self._block(self.batch.shares[s, c]))
                factors = self._factor(s, frame.park.carriers[c])
                add_carrier(energy, emissions, self._block(self.batch.use[s]), share, factors, self._room)
            self.pool_energy[pool, group] = energy
            if group in EMITTING:
                self.pool_emissions[pool, group] = emissions * self.error(group)
        if group in EMITTING and pools:
            self.emissions[k, group] = self.sum(self.pool_emissions[pool, group] for pool in pools)
        return self.sum(self.pool_energy[pool, group] for pool in pools)

    def _factor(self, sector: int, carrier: str) -> np.ndarray:
        """Compute the factor of a carrier in a sector without its error: (year, 1), of purchases (year, member)."""
        frame = self.batch.frame
        factor = frame.factors[sector, frame.carriers.index(carrier), self.years, None]
        factor = factor * self.course[carrier] if carrier in self.course else factor
        return self._moved(factor)

    def _moved(self, factor: np.ndarray) -> np.ndarray:
        """Multiply factors or emissions by the CO2 per energy of a scenario, relative to the baseline."""
        return factor if self.carbon is None else factor * self.carbon

    def _process(self, k: int, technical: bool, made_by: tuple[str, str] | None = None) -> np.ndarray:
        """Sum process emissions of a class, or of one kind of sectors and use in it."""
        frame, total = self.batch.frame, self.zero
        for j, process in enumerate(frame.park.processes):
            is_here = process.sector in self.sectors[k] and not frame.undivided[j]
            is_here = is_here and made_by in (None, self.made_by[j])
            if is_here and frame.is_technical[j] == technical:
                emitted = self._block(self.batch.output[j]) * frame.process_factors[j, self.years, None]
                total = emitted if total is self.zero else total + emitted
        return total if total is self.zero else self._moved(total) * self.error("process")

    def _undivided(self, name: str) -> np.ndarray:
        """Sum emissions not known by carrier, by item; verified as a whole, they have no factor error."""
        frame = self.batch.frame
        picked = [j for j, item in enumerate(frame.undivided) if item == name]
        emitted = (self._block(self.batch.output[j]) * frame.process_factors[j, self.years, None] for j in picked)
        return self._moved(self.sum(emitted)) if picked else self.zero

    def _fuel(self) -> dict[Pool, np.ndarray]:
        """Sum fuel emissions not known by carrier, by pool."""
        frame, kinds, found = self.batch.frame, self.batch.frame.assumptions.sectors, {}
        for j, item in enumerate(frame.undivided):
            if item == UNDIVIDED[0]:
                emitted = self._block(self.batch.output[j]) * frame.process_factors[j, self.years, None]
                s = frame.park.processes[j].sector
                kind = self.kinds[s]
                for use, part in kinds.uses_in(frame.park, s, item, item).items():
                    pool = Pool(ECONOMIC, kind, use)
                    found[pool] = found.get(pool, 0.0) + times(part, self._moved(emitted))
        return found

    def fuel_of(self, mix: Mix) -> np.ndarray:
        """Compute fuel emissions not known by carrier after substitutions: (year, member), tCO2/yr."""
        if not mix.fuel_left:
            return self.undivided[UNDIVIDED[0]]
        return self.sum(times(mix.fuel_left.get(pool, 1.0), emitted) for pool, emitted in self.fuel.items())

    def error(self, group: str) -> np.ndarray:
        """Compute the constant factor error of a group: (1, member)."""
        return self.batch.errors[group]

    def fuel_factor(self) -> float | None:
        """Return the factor of a capture plant's fuel where carriers are not known, tCO2/TJ; None where they are."""
        return NATURAL_GAS if self.has_undivided else None

    def grid_factor(self) -> np.ndarray:
        """Compute the factor of electricity from the grid, its error included: (year, member), tCO2/TJ."""
        return self._moved(self.batch.frame.grid_factors[0, self.years, None] * self.grid * self.error("electricity"))

    def activity(self, kinds: Iterable[str] = ACTIVITY_KINDS) -> np.ndarray:
        """Sum the activity of the sectors of some kinds: (year, member)."""
        picked = np.isin(self.batch.frame.park.activity_kinds, tuple(kinds))
        return self._block(self.batch.activity[picked]).sum(axis=0)

    def cells(self, pool: Pool, group: str) -> Iterator[tuple[int, int, np.ndarray]]:
        """Yield sector, carrier and energy (year, member) of every use of a group in a pool."""
        for s, c, part in self._cells[pool, group]:
            yield s, c, self._block(self.batch.use[s]) * times(part, self._block(self.batch.shares[s, c]))

    def _by_sector(self, pool: Pool, group: str, factors: np.ndarray) -> np.ndarray:
        """Sum the energy of a group in a pool, each sector times its own factors (sector, year): (year, member)."""
        factors, cells = factors[:, self.years, None], self._cells[pool, group]
        first = factors[cells[0][0]]
        if all((factors[s] == first).all() for s, _, _ in cells):
            return self.pool_energy[pool, group] * first
        return self.sum(energy * factors[s] for s, _, energy in self.cells(pool, group))

    def given(self, pool: Pool, carrier: str, group: str) -> np.ndarray:
        """Compute emissions of a target carrier if each TJ of a pool's group became one TJ of it: (year, member)."""
        key = (pool, carrier, group)
        if key not in self._given:
            frame = self.batch.frame
            given = self._by_sector(pool, group, frame.factors[:, frame.carriers.index(carrier)])
            given = given * self.course[carrier] if carrier in self.course else given
            self._given[key] = self._moved(given) * self.error(self.group_of[carrier])
        return self._given[key]

    def bought(self, pool: Pool, group: str) -> np.ndarray:
        """Compute location-based emissions if a group in a pool were all purchased electricity: (year, member)."""
        key = (pool, "", group)
        if key not in self._given:
            self._given[key] = self._moved(self._by_sector(pool, group, self.batch.frame.grid_factors) * self.grid)
        return self._given[key]

    def location_based(self, mix: Mix, structure: Left) -> np.ndarray:
        """Compute all purchased electricity at the grid's factor, before intensity: (year, member), tCO2/yr."""
        total = times(structure, self._located(mix, ECONOMIC))
        return total + self._located(mix, RESIDENT) if RESIDENT in self.classes else total

    def _located(self, mix: Mix, k: int) -> np.ndarray:
        """Sum purchased electricity of a class at the grid's factor: (year, member), tCO2/yr before structure."""
        terms = [times(mix.left.get((p, g), 1.0), self.bought(p, g)) for g in POWER for p in self.pools.get((k, g), ())]
        terms += [
            share * self.bought(pool, origin)
            for (pool, carrier, origin), share in mix.added.items()
            if carrier in POWER and pool.k == k
        ]
        return self.sum(terms) * self.error("electricity")

    def use_of(self, mix: Mix, k: int, group: str) -> np.ndarray:
        """Compute energy of a group after substitutions: (year, member), TJ before structure and intensity."""
        return self.sum(
            [
                *self._left_of(mix, k, group, self.energy, self.pool_energy),
                *(
                    share * self.pool_energy[pool, origin]
                    for (pool, carrier, origin), share in mix.added.items()
                    if pool.k == k and self.group_of[carrier] == group
                ),
            ]
        )

    def emissions_of(self, mix: Mix, k: int, group: str) -> np.ndarray:
        """Compute the emissions of a group in a class after the substitutions: (year, member), tCO2/yr."""
        return self.sum(
            [
                *self._left_of(mix, k, group, self.emissions, self.pool_emissions),
                *(
                    share * self.given(pool, carrier, origin)
                    for (pool, carrier, origin), share in mix.added.items()
                    if pool.k == k and self.group_of[carrier] == group
                ),
            ]
        )

    def _left_of(
        self, mix: Mix, k: int, group: str, whole: Parts, by_pool: Mapping[tuple[Pool, str], np.ndarray]
    ) -> list[np.ndarray]:
        """List the parts of a group in a class that substitutions leave; their sum is the energy left."""
        pools = self.pools.get((k, group), ())
        if any((pool, group) in mix.left for pool in pools):
            return [times(mix.left.get((pool, group), 1.0), by_pool[pool, group]) for pool in pools]
        return [whole[k, group]] if pools else []

    def replaced(self, taken: Mapping[tuple[Pool, str], np.ndarray], k: int) -> np.ndarray:
        """Compute the energy of a class that a substitution replaces: (year, member), TJ before structure."""
        return self.sum(share * self.pool_energy[pool, g] for (pool, g), share in taken.items() if pool.k == k)

    def sum(self, terms: Iterable[np.ndarray]) -> np.ndarray:
        """Sum some blocks; zero where there is none."""
        total, is_own = self.zero, False
        for at, term in enumerate(terms):
            if is_own and total.shape == term.shape:
                total += term  # in place: the sum has no other reader
            else:
                total, is_own = (total + term, True) if at else (term, False)
        return total

    def both(self, parts: Parts, groups: Iterable[str], left: Left) -> np.ndarray:
        """Sum over both classes, the economic one scaled by structure: (year, member)."""
        groups = tuple(groups)
        economic = times(left, self.sum_of(parts, ECONOMIC, groups))
        return economic + self.sum_of(parts, RESIDENT, groups) if RESIDENT in self.classes else economic

    def sum_of(self, parts: Parts, k: int, groups: Iterable[str]) -> np.ndarray:
        """Sum the entries of ``parts`` for some groups of a class: (year, member)."""
        return self.sum(parts[k, group] for group in groups if (k, group) in parts)

    def substitute(self, mix: Mix, lever: Lever, share: np.ndarray, ratio: np.ndarray) -> Mix:
        """Apply one more substitution to what earlier ones left.

        Parameters
        ----------
        mix : Mix
            Not changed.
        lever : Lever
            Defines which groups are replaced by which carriers.
        share : (year, member)
            Share replaced.
        ratio : (1, member)
            TJ of the new carriers for one TJ of the old.
        """
        takes = [key for key in self.pool_energy if key[1] in lever.takes_from and lever.reaches(*key[0][1:])]
        kept = 1.0 - share
        # Pools with one history share one array: the result of measures on it is computed once.
        taking, keeping = Once(lambda there: share * there), Once(lambda there: there * kept)
        giving, adding = Once(lambda part, amount: part * ratio * amount), Once(lambda one, other: one + other)
        # All that the lever takes is computed before anything is given: it takes nothing of what it gives.
        taken = {key: taking(mix.left.get(key, 1.0)) for key in takes}
        left = mix.left | {key: keeping(mix.left.get(key, 1.0)) for key in takes}
        added = {}
        for (pool, carrier, origin), there in mix.added.items():
            of_taken = self.group_of[carrier] in lever.takes_from and lever.reaches(*pool[1:])
            if of_taken:
                taken[pool, origin] = adding(taken.get((pool, origin), 0.0), taking(there))
            added[pool, carrier, origin] = keeping(there) if of_taken else there
        for carrier, part in lever.gives_to.items():
            for (pool, origin), amount in taken.items():
                key = (pool, carrier, origin)
                added[key] = adding(added.get(key, 0.0), giving(part, amount))
        fuel_left = mix.fuel_left
        if self.fuel and replaces_all_fuel(lever, self.batch.frame.assumptions.carriers):
            reached = [pool for pool in self.fuel if lever.reaches(*pool[1:])]
            fuel_left = fuel_left | {pool: times(mix.fuel_left.get(pool, 1.0), kept) for pool in reached}
        return Mix(left, added, mix.taken | {lever.lever_id: taken}, fuel_left)
