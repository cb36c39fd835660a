"""Reports of small ensembles, made once for all tests that look at them."""

from functools import cache

import pathway_models as pw
from pathway_models.decisions.cheapest_package import cost_range
from pathway_models.report.content import build_report
from pathway_models.report.inputs import Manifest, gather

SEED = 20240401
#: Members of a test's ensemble.
MEMBERS = 60
PARKS = ("demo-steel", "demo-electronics", "demo-waste-recycling", "region-d")
#: A few scenarios of the shipped file: the first has no lever, the last has all.
SCENARIOS = ("bau", "moderate", "deep")


def manifest(scenarios, *, members=MEMBERS, until=2060, before=2030):
    """The record of a run that a report shows."""
    return Manifest(
        run_id="0123456789ab",
        seed=SEED,
        members=members,
        until=until,
        before=before,
        scenarios=tuple(scenarios),
        inputs={"levers.yml": "a" * 64},
        versions={"numpy": "2.4.0"},
        commit="abcdef",
    )


@cache
def decision(park_id):
    """The best package of whole families: a small grid, so that a test is quick."""
    grid = pw.lever_grid(pw.read_levers(), by="family")
    return pw.cheapest_package(pw.read_park(park_id), 2030, 0.9, grid=grid, members=30, fresh=30, seed=SEED)


@cache
def report_inputs(park_id, lang="en", *, scenarios=SCENARIOS, search=True, until=2060):
    """Build the inputs of a report on a shipped park."""
    found = decision(park_id) if search else None
    return inputs_of(pw.read_park(park_id), lang, scenarios=scenarios, found=found, until=until)


def inputs_of(park, lang="en", *, scenarios=SCENARIOS, found=None, until=2060, assumptions=None):
    """Build the inputs of a report on any park, under the shipped assumptions where none are given."""
    chosen = pw.read_scenarios().pick(list(scenarios))
    draws = pw.sample(park, chosen, members=MEMBERS, seed=SEED, until=until, assumptions=assumptions)
    pathways = pw.project(park, chosen, draws)
    cost = cost_range(found, park, pw.sample(park, [found.scenario()], members=MEMBERS, seed=SEED)) if found else None
    given = {"decision": found, "cost_range": cost}
    return gather(park, chosen, pathways, manifest(chosen, until=until), lang=lang, **given)


@cache
def report(park_id, lang="en", **chosen):
    """Report of a shipped park."""
    return build_report(report_inputs(park_id, lang, **chosen))
