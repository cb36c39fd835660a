"""Independent, slow evaluation of one package at a time: total, peak and cost.

Shares no code with the fast evaluator beyond the baseline paths and the drawn money per unit: energy is kept by
sector and carrier in a dictionary, every measure is written out, peaks are found member by member in plain Python.
"""

import math
from functools import cache

import numpy as np

from pathway_models.baseline.plans import baseline_paths
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.factors.tables import default_factor, read_carriers

EMITTING = ("coal", "oil", "gas", "other_fuel", "electricity", "heat")


def corner(triangle, u):
    """Inverse of the triangular distribution for one draw."""
    low, mode, high = triangle.low, triangle.mode, triangle.high
    if high == low:
        return mode
    if u < (mode - low) / (high - low):
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1 - u) * (high - low) * (high - mode))


def phase_of(ramp, year, last_observed):
    """Degree of implementation of a ramp in one year."""
    if year <= last_observed:
        return 0.0
    if ramp.shape == "step":
        return 1.0 if year >= ramp.complete else 0.0
    start = ramp.start + (ramp.delay_years if ramp.shape == "delay" else 0)
    x = min(max((year - start) / (ramp.complete - start), 0.0), 1.0)
    return x * x * (3 - 2 * x) if ramp.shape == "s_curve" else x


class SlowPark:
    """A park and an ensemble, for packages one at a time."""

    def __init__(self, park, draws, rates=None):
        self.park, self.draws, self.rates = park, draws, rates
        self.years = range(int(park.years[0]), int(draws.years[-1]) + 1)
        self.ahead = np.array([year > park.last_observed_year for year in self.years])
        self.library = read_carriers()
        self.kinds = draws.assumptions.sectors.of(park)
        paths = baseline_paths(park, draws, slice(None), draws.assumptions)
        self.activity = {s: paths.activity[:, s] for s in range(len(park.sectors))}
        use = {s: paths.activity[:, s] * paths.intensity[:, s] for s in self.activity}
        self.energy = {
            (s, name, of): use[s] * paths.shares[:, s, c] * part
            for s in self.activity
            for c, name in enumerate(park.carriers)
            for of, part in draws.assumptions.sectors.uses_in(park, s, name, park.groups[c]).items()
        }
        self.grid, self.heat, self.use = paths.grid, paths.heat, use
        spread = {
            g: math.hypot(park.factor_errors.get(g, sd), park.activity_errors.get(g, 0))
            for g, sd in read_assumptions().uncertainties.factor_errors.items()
        }
        self.error = {g: np.exp(sd * draws.normals[f"factor:{g}"])[:, None] for g, sd in spread.items()}
        self.balance = {s: self.balance_of(s) for s in self.activity}
        # Computed once for all packages; the rest is computed for each.
        self.factor, self.value, self.process = cache(self.factor), cache(self._value), cache(self.process)
        self.phase = cache(self._phase)
        self.economic = [s for s, kind in enumerate(park.activity_kinds) if kind != "population"]

    def _phase(self, ramp):
        return np.array([[phase_of(ramp, year, self.park.last_observed_year) for year in self.years]])

    def factor(self, sector, carrier):
        """tCO2/TJ by member and year, with the group's error."""
        park = self.park
        if carrier in park.carriers:
            known = park.factors[sector, park.carriers.index(carrier)]
        else:
            known = np.full(park.years.size, default_factor(park.factor_set, self.library[carrier]))
        if self.balance[sector] is not None and carrier in park.carriers:
            known = known * self.balance[sector]
        path = np.concatenate([known, np.full(len(self.years) - known.size, known[-1])])[None]
        if carrier == "electricity":
            path = path * self.grid
        if carrier == "heat":
            path = path * self.heat
        return path * self.error[self.library[carrier].group]

    def process(self):
        """Process emissions without levers: list of (sector, technical, member by year)."""
        found = []
        for j, process in enumerate(self.park.processes):
            if process.is_balance and self.balance[process.sector] is not None:
                continue
            known = self.park.years.size
            leader = self.use[process.sector] if self.park.energy[process.sector, :, -1].any() else None
            leader = self.activity[process.sector] if leader is None else leader
            output = np.empty(leader.shape)
            output[:, :known] = self.park.outputs[j]
            output[:, known:] = self.park.outputs[j, -1] * leader[:, known:] / leader[:, known - 1 : known]
            factor = self.park.process_factors[j]
            factor = np.concatenate([factor, np.full(len(self.years) - known, factor[-1])])
            found.append((process.sector, not process.is_balance, output * factor * self.error["process"]))
        return found

    def balance_of(self, sector):
        """Share that a sector's carbon balances leave of its energy emissions, by observed year; None without any."""
        park = self.park
        own = [j for j, process in enumerate(park.processes) if process.is_balance and process.sector == sector]
        shares = []
        for at in range(park.years.size):
            burnt = sum(park.energy[sector, c, at] * park.factors[sector, c, at] for c in range(len(park.carriers)))
            balance = sum(park.outputs[j, at] * park.process_factors[j, at] for j in own)
            if not own or burnt <= 0 or balance <= -burnt:
                return None
            shares.append(1 + balance / burnt)
        return np.array(shares)

    def _value(self, triangle, name):
        return np.array([[corner(triangle, u)] for u in self.draws.uniforms[name]])

    def parameter(self, measure, name):
        """One parameter of a measure: (member, 1)."""
        return self.value(measure.lever.triangles(measure.setting)[name], f"{measure.lever.lever_id}:{name}")

    def run(self, package):
        """Total emissions (member, year) and mean known cost of a package."""
        energy, process = self.energy, self.process()
        activity = dict(self.activity)
        self.cost = np.zeros(self.draws.members)
        captures = []
        for measure in package.measures:
            lever, action = measure.lever, measure.lever.action
            phase = self.phase(measure.ramp)
            if action in ("replace_activity", "retire_activity"):
                share = self.parameter(measure, "share") * phase
                self.pay(lever, sum(activity[s] for s in self.economic) * share)
                kept = 1 - share * (1 - (self.parameter(measure, "intensity_ratio") if action[2] == "p" else 0.0))
                energy = {key: e * kept if key[0] in self.economic else e for key, e in energy.items()}
                process = [(s, t, p * kept if s in self.economic else p) for s, t, p in process]
                if action == "retire_activity":
                    activity = {s: a * kept if s in self.economic else a for s, a in activity.items()}
            elif action == "reduce_intensity":
                share = self.parameter(measure, "reduction") * phase
                self.pay(lever, sum(energy.values()) * share)
                energy = {key: e * (1 - share) for key, e in energy.items()}
            elif action == "substitute":
                energy = self.substituted(energy, measure, self.parameter(measure, "share") * phase)
            elif action == "reduce_process":
                share = self.parameter(measure, "reduction") * phase
                here = [t and lever.reaches(self.kinds[s]) for s, t, _ in process]
                self.pay(lever, sum((p * share for (_, _, p), t in zip(process, here, strict=True) if t), 0.0 * share))
                process = [
                    (s, t, p * (1 - share) if reached else p) for (s, t, p), reached in zip(process, here, strict=True)
                ]
            elif action == "capture":
                captures.append((measure, phase))
            elif action == "grow_sinks":
                sinks = np.full(len(self.years), self.park.sinks[-1])
                self.pay(lever, sinks * self.parameter(measure, "area_growth") * phase)
        return self.account(energy, process, captures)

    def substituted(self, energy, measure, share):
        after, lever = dict(energy), measure.lever
        ratio = self.parameter(measure, "energy_ratio")
        replaced = 0.0 * share
        for s, use in {(s, use) for s, _, use in energy}:
            taken = np.zeros(self.grid.shape)
            if not lever.reaches(self.kinds[s], use):
                continue
            for key, e in energy.items():
                if (key[0], key[2]) == (s, use) and self.library[key[1]].group in lever.takes_from:
                    taken = taken + e * share
                    after[key] = e * (1 - share)
            for carrier, part in lever.gives_to.items():
                after[s, carrier, use] = after.get((s, carrier, use), 0.0) + taken * ratio * part
            replaced = replaced + taken
        self.pay(lever, replaced)
        return after

    def account(self, energy, process, captures):
        total = sum(p for _, _, p in process)
        technical = sum((p for _, t, p in process if t), np.zeros(self.grid.shape))
        emitted = {}
        for (s, carrier, use), e in energy.items():
            group = self.library[carrier].group
            if group in EMITTING:
                emitted[s, carrier, use] = e * self.factor(s, carrier)
                total = total + emitted[s, carrier, use]
        self.bill(energy)
        for measure, phase in captures:
            total = total - self.captured(measure, phase, energy, emitted, technical)
        return total, self.cost

    def captured(self, measure, phase, energy, emitted, technical):
        group = {key: self.library[key[1]].group for key in energy}
        within = sum(
            (e for key, e in emitted.items() if key[0] in self.economic and group[key] in measure.lever.takes_from),
            np.zeros(self.grid.shape),
        )
        values = {
            n: self.parameter(measure, n)
            for n in ("equipped_share", "capture_rate", "heat_penalty", "electricity_penalty")
        }
        taken = np.maximum(within + technical, 0) * values["equipped_share"] * phase * values["capture_rate"]
        assumed, place = self.draws.assumptions, self.draws.uniforms["shared:capture_ceiling"]
        if assumed.capture is not None:
            most = assumed.capture.ceiling(self.park, assumed.sectors, np.array(self.years), place)
            taken = taken if most is None else np.minimum(taken, most.T)
        self.pay(measure.lever, taken)
        fossil = ("coal", "oil", "gas", "other_fuel")
        direct = sum(e for key, e in emitted.items() if group[key] in fossil) + np.zeros(self.grid.shape)
        burnt = sum(e for key, e in energy.items() if group[key] in (*fossil, "biomass", "hydrogen"))
        billed = sum(e for key, e in emitted.items() if group[key] == "electricity")
        bought = sum(e for key, e in energy.items() if group[key] in ("electricity", "green_electricity"))
        heat, power = direct / burnt, billed / bought
        return taken * (1 - values["heat_penalty"] * heat / 1000 - values["electricity_penalty"] * power / 1000)

    def pay(self, lever, quantity):
        if self.rates and lever.lever_id in self.rates.levers:
            self.cost = self.cost + self.discounted(self.rates.levers[lever.lever_id] * quantity[:, self.ahead])

    def bill(self, energy):
        if self.rates:
            for (s, carrier, use), e in energy.items():
                price = self.rates.prices.get(self.library[carrier].group)
                if price is not None:
                    change = e - self.energy.get((s, carrier, use), 0.0)
                    self.cost = self.cost + self.discounted(price * change[:, self.ahead])

    def discounted(self, money):
        return (money * self.rates.discount).sum(axis=1)


def peaks_before(path, year_index):
    """The event of docs/headline.md for one member: no total of five years from the index on exceeds an earlier one."""
    high = max(path[:year_index])
    return max(path[year_index : year_index + 5]) <= high + 1e-9 * abs(high)
