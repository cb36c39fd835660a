"""Tiny parks, levers and draws made in code: every number a test needs stands in the test."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

import pathway_models as pw
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, Triangle
from pathway_models.records.park import Park, Process

#: Round factors, tCO2/TJ, so that answers can be worked out by hand.
FACTORS = {"bituminous": 90.0, "diesel_oil": 70.0, "natural_gas": 50.0, "electricity": 160.0, "heat": 110.0}
FIRST_YEAR = 2015
SEED = 20240401


def park(energy, *, activity=None, factors=None, processes=(), sinks=None, kind="value_added", park_id="tiny"):
    """A park from energy by sector and carrier.

    Parameters
    ----------
    energy : dict sector -> dict carrier -> sequence over years, TJ
    activity : dict sector -> sequence over years; 100 in every year where not given
    factors : dict carrier -> tCO2/TJ, over `FACTORS`
    processes : sequence of (name, sector, outputs, factor)
    """
    used = [carrier for uses in energy.values() for carrier in uses]
    carriers = tuple(dict.fromkeys([*used, "electricity", "green_electricity"]))
    sectors = tuple(energy)
    count = len(next(iter(next(iter(energy.values())).values())))
    by_carrier = {**FACTORS, **(factors or {})}
    table, groups = np.zeros((len(sectors), len(carriers), count)), read_carriers()
    for s, uses in enumerate(energy.values()):
        for carrier, values in uses.items():
            table[s, carriers.index(carrier)] = values
    level = np.array([by_carrier.get(carrier, 0.0) for carrier in carriers])
    return Park(
        park_id=park_id,
        name_zh="",
        name_en="a park made for a test",
        kind="park",
        archetype="",
        province="",
        invented=True,
        years=FIRST_YEAR + np.arange(count),
        sectors=sectors,
        carriers=carriers,
        groups=tuple(groups[carrier].group for carrier in carriers),
        activity=np.array([(activity or {}).get(sector, np.full(count, 100.0)) for sector in sectors]),
        activity_kinds=(kind,) * len(sectors),
        energy=table,
        factors=np.broadcast_to(level[:, None], table.shape),
        processes=tuple(Process(name, sectors.index(sector), "t") for name, sector, _, _ in processes),
        outputs=np.array([outputs for _, _, outputs, _ in processes]),
        process_factors=np.array([np.full(count, factor) for _, _, _, factor in processes]),
        sinks=sinks,
        factor_set="GBT32151_2024",
    )


def coal_park(count=6, use=1000.0, **more):
    """One sector that burns coal only: 90,000 tCO2 a year."""
    return park({"park": {"bituminous": np.full(count, use)}}, **more)


def mixed_park(**more):
    """Two sectors, four carriers, one process, some movement: the smallest park with all parts of the model."""
    rise = 1.03 ** np.arange(6)
    return park(
        {
            "works": {"bituminous": 1000 * rise, "natural_gas": 300 * rise**2, "electricity": 400 * rise},
            "offices": {"natural_gas": 50 * rise, "electricity": 100 / rise, "heat": 80 * rise},
        },
        activity={"works": 100 * rise**1.5, "offices": 60 * rise**2},
        processes=[("clinker", "works", 5e4 * rise, 0.5)],
        sinks=np.full(6, 500.0),
        **more,
    )


def constant(value):
    return Triangle(value, value, value)


def triangle(corners):
    """A number, or three corners, as a triangle."""
    return constant(corners) if np.isscalar(corners) else Triangle(*corners)


def lever(action, values, *, family="efficiency", ramp=("step", 2021, 2022), **more):
    """A lever with one setting, ``on``; values are numbers or three corners."""
    settings = {"on": {name: triangle(corners) for name, corners in values.items()}}
    return Lever("tried", family, "", "", action, settings, Ramp(*ramp), **more)


def scenario(*measures, scenario_id="tried"):
    """A scenario of levers at ``on``, or of (lever, setting) pairs."""
    pairs = [measure if isinstance(measure, tuple) else (measure, "on") for measure in measures]
    return Scenario(scenario_id, "", "", "", tuple(Measure(lever, setting, lever.ramp) for lever, setting in pairs))


BAU = Scenario("nothing", "", "")


def quiet(draws):
    """The same draws with every shock, slope and factor error at its median, and the bridge at its centre."""
    bridge = draws.bridge and replace(draws.bridge, log_change=np.tile(draws.bridge.middle, (draws.members, 1)))
    return replace(
        draws,
        bridge=bridge,
        uniforms={name: np.full(draws.members, 0.5) for name in draws.uniforms},
        normals={name: np.zeros(draws.members) for name in draws.normals},
        shocks={name: np.zeros(shock.shape) for name, shock in draws.shocks.items()},
    )


def without_factor_errors(draws):
    """The same draws with all factor errors at their median, one."""
    normals = {name: np.zeros(draws.members) if name.startswith("factor:") else a for name, a in draws.normals.items()}
    return replace(draws, normals=normals)


def projected(a_park, chosen, *, members=50, seed=SEED, until=2060, change=None, assumptions=None):
    """Pathways of a park, its draws changed by a function where one is given; ramps are as stated."""
    assumptions = assumptions or as_stated()
    draws = pw.sample(a_park, chosen, members=members, seed=seed, until=until, assumptions=assumptions)
    return pw.project(a_park, chosen, change(draws) if change else draws)


def as_stated():
    """The shipped assumptions, issued before every record: a ramp begins as stated, if need be inside the record.

    Nothing limits what plants capture: the share of a tiny park in what the nation can is tiny.
    """
    return replace(read_assumptions(as_of=1990), capture=None)


@cache
def undamped():
    """The assumptions of the law ``parks_0_2`` without memory of the record: long-run growth from the first year on.

    The law shipped reads the level of a park, so that no growth given by year comes out of it exactly.
    """
    shipped = as_stated()
    trends = {name: replace(trend, damping=0.0) for name, trend in shipped.baselines.trends.items()}
    knots = {name: {2000: 0.0} for name in shipped.baselines.knots}
    baselines = replace(shipped.baselines, trends=trends, knots=knots)
    return replace(shipped, law="parks_0_2", fits={}, baselines=baselines)


def growing(activity, intensity=None):
    """Assumptions whose growth is given by year, log per year, linear between the years."""
    baselines = undamped().baselines
    knots = {**baselines.knots, "activity": activity, "intensity": intensity or {2000: 0.0}}
    return replace(undamped(), baselines=replace(baselines, knots=knots))


@cache
def with_data():
    """Ids of the parks and regions of the register that have a table."""
    return tuple(entry.park_id for entry in pw.read_register() if entry.has_data)


class ShippedParks(Mapping):
    """Every park and region with a table, by id; a process reads each once, where it is first asked for."""

    def __init__(self):
        self._read = cache(pw.read_park)

    def __getitem__(self, park_id):
        if park_id not in with_data():
            raise KeyError(park_id)
        return self._read(park_id)

    def __iter__(self):
        return iter(with_data())

    def __len__(self):
        return len(with_data())
