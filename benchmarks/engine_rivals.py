"""Rivals of the engine: the same model year by year in place, and one member at a time in pandas.

Both are written for speed or for ease without this package's engine, with the same draws, fitted parameters and
levers, and both are checked against the engine's totals before they are timed.
They know parks without residents, balances and plans, in which a carrier has one factor in all sectors.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathway_models.engine.ramps import acting_ramp
from pathway_models.intake.assumptions import read_baselines
from pathway_models.intake.factors.spread import read_uncertainties
from pathway_models.intake.factors.tables import default_factor, read_carriers
from pathway_models.kernels.emissions import ramp
from pathway_models.kernels.growth import expected_change, member_scale, record_growth, slope_loading
from pathway_models.kernels.quantiles import triangular

FOSSIL = ("coal", "oil", "gas", "other_fuel")
COUNTED = (*FOSSIL, "electricity", "heat")
BURNT = (*FOSSIL, "biomass", "hydrogen")
POWER = ("electricity", "green_electricity")


class Model:
    """Everything that does not depend on the year: parameters of the drivers, of the levers, of the factors."""

    def __init__(self, park, scenarios, draws):
        self.park, self.scenarios, self.draws = park, list(scenarios.values()), draws
        self.fitted, self.assumed, library = read_baselines(), read_uncertainties(), read_carriers()
        self.years, steps = draws.years, draws.years.size
        given = [name for one in self.scenarios for m in one.measures for name in m.lever.gives_to]
        self.carriers = tuple(dict.fromkeys([*park.carriers, *given]))
        self.group = {name: library[name].group for name in self.carriers}
        self.factor = {
            name: park.factors[0, park.carriers.index(name), -1]
            if name in park.carriers
            else default_factor(park.factor_set, library[name])
            for name in self.carriers
        }
        sd = {g: np.hypot(park.factor_errors.get(g, s), park.activity_errors.get(g, 0.0))
              for g, s in self.assumed.factor_errors.items()}  # fmt: skip
        self.error = {g: np.exp(s * draws.normals[f"factor:{g}"]) for g, s in sd.items()}
        pace = self.assumed.grid_decline
        self.decline = triangular(draws.uniforms["shared:grid_decline"], pace.low, pace.mode, pace.high)
        self.slope, self.shock = self.tied()
        self.nothing = np.zeros((steps, draws.members))
        self.drivers = [self.sector(s, steps) for s in range(len(park.sectors))]
        self.levers = [[(m, self.drawn(m), self.phase(m)) for m in one.measures] for one in self.scenarios]

    def tied(self):
        """Slopes and shocks of activity and intensity, correlated."""
        draws, rho = self.draws, self.fitted.correlation
        own, common = np.sqrt(1 - rho["shared_activity"]), np.sqrt(rho["shared_activity"])
        slope = {name: draws.normals[f"slope:{name}"] for name in ("activity", "intensity")}
        shock = {name: draws.shocks[name].T for name in ("activity", "intensity")}
        slope["activity"] = own * slope["activity"] + common * draws.normals["shared:slope"]
        shock["activity"] = own * shock["activity"] + common * draws.shocks["shared:activity"].T
        for drawn, r in ((slope, rho["slope"]), (shock, rho["innovation"])):
            drawn["intensity"] = r * drawn["activity"] + np.sqrt(1 - r**2) * drawn["intensity"]
        return slope, shock

    def driver(self, name, history, slope, shock, steps):
        """Level, mean, noise, slope error, scale and shocks of one driver."""
        law = self.fitted.trends[name]
        prior = self.fitted.prior_path(name, self.years)
        _, noise, _ = record_growth(np.log(history), law)
        scale = member_scale(self.draws.normals["scale"], law.tail)
        mean = expected_change(np.log(history), steps, law, prior)
        return history[-1], mean, noise * scale, slope_loading(noise, steps, law), slope * scale, shock

    def sector(self, s, steps):
        """Drivers of one sector: activity, intensity, and the share of each carrier in use."""
        park, use = self.park, self.park.energy[s].sum(axis=0)
        found = {
            name: self.driver(name, history, self.slope[name], self.shock[name], steps)
            for name, history in (("activity", park.activity[s]), ("intensity", use / park.activity[s]))
        }
        for c, carrier in enumerate(park.carriers):
            if park.energy[s, c].all():
                drawn = self.draws.normals[f"slope:mix:{carrier}"], self.draws.shocks[f"mix:{carrier}"].T
                found[carrier] = self.driver("mix", park.energy[s, c] / use, *drawn, steps)
            elif park.energy[s, c, -1] > 0:  # came during the record: no trend, its share before norming stays
                none, still = np.zeros(steps), np.zeros(self.draws.members)
                found[carrier] = park.energy[s, c, -1] / use[-1], none, still, none, still, self.nothing
        return found

    def drawn(self, measure):
        """Parameters of a measure by member."""
        return {
            name: triangular(self.draws.uniforms[f"{measure.lever.lever_id}:{name}"], t.low, t.mode, t.high)
            for name, t in measure.lever.triangles(measure.setting).items()
        }

    def phase(self, measure):
        """Phase of a measure by year."""
        r = acting_ramp(measure, self.park, self.draws.assumptions.issue_year)
        return ramp(self.years, r.shape, r.start, r.complete, r.delay_years)


def levers(model, measures, energy, process, grid):
    """Return the total of a scenario from energy by carrier and process emissions: (member,) of a year, or a Series."""
    energy, captures = dict(energy), []
    for measure, drawn, phase in measures:
        lever = measure.lever
        if lever.action in ("replace_activity", "retire_activity", "reduce_intensity"):
            left = 1 - drawn["reduction" if lever.action == "reduce_intensity" else "share"] * phase * (
                1 - drawn.get("intensity_ratio", 0.0)
            )
            energy = {name: amount * left for name, amount in energy.items()}
            process = process if lever.action == "reduce_intensity" else process * left
        elif lever.action == "substitute":
            share = drawn["share"] * phase
            takes = [name for name in energy if model.group[name] in lever.takes_from]
            taken = sum((energy[name] for name in takes), 0.0) * share
            for name in takes:
                energy[name] = energy[name] * (1 - share)
            for name, part in lever.gives_to.items():
                energy[name] = energy.get(name, 0.0) + taken * (drawn["energy_ratio"] * part)
        elif lever.action == "reduce_process":
            process = process * (1 - drawn["reduction"] * phase)
        elif lever.action == "capture":
            captures.append((lever, drawn, phase))
    return account(model, energy, process, captures, grid)


def account(model, energy, process, captures, grid):
    """Return the total after capture."""
    group, emitted = model.group, {}
    for name, amount in energy.items():
        if group[name] in COUNTED:
            course = {"electricity": grid, "heat": grid**model.assumed.grid_futures.heat}.get(name, 1.0)
            factor = model.factor[name] * course
            emitted[name] = amount * (factor * model.error[group[name]])
    total = sum(emitted.values()) + process
    for lever, drawn, phase in captures:
        within = sum((e for name, e in emitted.items() if group[name] in lever.takes_from), 0.0) + process
        heat = sum(e for n, e in emitted.items() if group[n] in FOSSIL)
        heat = heat / sum(e for n, e in energy.items() if group[n] in BURNT)
        power = emitted["electricity"] / sum(energy[n] for n in POWER if n in energy)
        captured = within * (drawn["equipped_share"] * phase * drawn["capture_rate"])
        total = total - captured * (
            1 - drawn["heat_penalty"] * 1e-3 * heat - drawn["electricity_penalty"] * 1e-3 * power
        )
    return total


def year_by_year(model, totals):
    """Return totals of all scenarios, (scenario, year, member), stepping through the years with vectors over members.

    Returns peak index, peak value and cumulative emissions, found on the way.
    """
    park, members = model.park, model.draws.members
    walks = [{name: np.zeros(members) for name in found} for found in model.drivers]
    room, grid = np.empty(members), np.ones(members)
    value = np.full((len(model.scenarios), members), observed_peak(model))
    index, cumulative = np.zeros(value.shape, dtype=np.int16), np.zeros(value.shape)
    for y in range(model.years.size):
        grid *= 1 - model.decline
        energy, process = {}, np.zeros(members)
        for s, found in enumerate(model.drivers):
            now, weight = {}, 0.0
            for name, (level, mean, noise, loading, slope, shock) in found.items():
                walk = walks[s][name]
                walk += shock[y]
                path = np.multiply(walk, noise)
                path += np.multiply(slope, loading[y], out=room)
                path += mean[y]
                np.exp(path, out=path)
                path *= level
                now[name] = path
                weight = weight if name in ("activity", "intensity") else weight + path
            use = now.pop("activity") * now.pop("intensity")
            for name, path in now.items():
                path *= use
                path /= weight
                energy[name] = energy[name] + path if name in energy else path
            base = park.energy[s, :, -1].sum()
            for j, made in enumerate(park.processes):
                if made.sector == s:
                    process += use * (park.outputs[j, -1] / base * park.process_factors[j, -1])
        process *= model.error["process"]
        for at in range(len(model.scenarios)):
            running = [(measure, drawn, phase[y]) for measure, drawn, phase in model.levers[at] if phase[y] > 0]
            total = levers(model, running, energy, process, grid)
            totals[at, y] = total
            cumulative[at] += total
            higher = total > value[at] * (1 + 1e-9)
            index[at][higher] = y + 1
            np.maximum(value[at], total, out=value[at])
    return index, value, cumulative


def observed_peak(model):
    """Return the largest total of the observed years by member."""
    park = model.park
    total = (park.outputs * park.process_factors).sum(axis=0)[:, None] * model.error["process"]
    for c, name in enumerate(park.carriers):
        if model.group[name] in COUNTED:
            total = total + (park.energy * park.factors)[:, c].sum(axis=0)[:, None] * model.error[model.group[name]]
    return total.max(axis=0)


def one_member_in_pandas(model, member, at):
    """Totals of one scenario for one member as a Series over years: a column a quantity, as scripts have it."""
    park, years = model.park, model.years
    one = lambda value: value[member] if isinstance(value, np.ndarray) and value.ndim else value  # noqa: E731
    energy, process = pd.DataFrame(index=years), pd.Series(0.0, index=years)
    grid = pd.Series((1 - model.decline[member]) ** np.arange(1, years.size + 1), index=years)
    for s, found in enumerate(model.drivers):
        paths = pd.DataFrame(index=years)
        for name, (level, mean, noise, loading, slope, shock) in found.items():
            walk = pd.Series(shock[:, member], index=years).cumsum() * noise[member]
            paths[name] = level * np.exp(walk + slope[member] * loading + mean)
        use = paths["activity"] * paths["intensity"]
        shares = paths.drop(columns=["activity", "intensity"])
        shares = shares.div(shares.sum(axis=1), axis=0)
        energy = energy.add(shares.mul(use, axis=0), fill_value=0.0)
        for j, p in enumerate(park.processes):
            if p.sector == s:
                process += use * park.outputs[j, -1] / park.energy[s, :, -1].sum() * park.process_factors[j, -1]
    process *= model.error["process"][member]
    single = Single(model, one)
    measures = [
        (measure, {name: one(v) for name, v in drawn.items()}, pd.Series(phase, index=years))
        for measure, drawn, phase in model.levers[at]
    ]
    return levers(single, measures, {name: energy[name] for name in energy}, process, grid)


class Single:
    """Model of one member, as the levers need it."""

    def __init__(self, model, one):
        self.group, self.factor, self.assumed = model.group, model.factor, model.assumed
        self.error = {group: one(error) for group, error in model.error.items()}
