"""Effects of a list of projects with their interactions, and the carbon evaluation of each (docs/accounts.md, 6).

A project that implements a lever is evaluated within the package of all levers of the list: the effect stated by its
owner is scaled by the interaction with the others.  A project that brings a committed load is projected with and
without that load, by itself and beside the package.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions import attribution, records
from pathway_models.engine import packages, sampling
from pathway_models.intake.library import read_levers
from pathway_models.intake.plans.reading import with_plans
from pathway_models.inventory.accounts import Ledger, kind_of_carrier, kind_of_process, take_account
from pathway_models.records import NO_MEASURES, Account, Investment, Measure, Park, Project, Ramp, Scenario


def project_effects(
    park: Park,
    investments: Iterable[Investment],
    account: Account,
    *,
    year: int | None = None,
    members: int = 200,
    seed: int = 20240401,
    until: int = 2060,
) -> records.ProjectEffects:
    """Compute the effects of projects on emissions, each by itself and beside the others.

    Parameters
    ----------
    park : Park
        With the committed projects that the list names as loads.
    investments : iterable of Investment
    account : Account
        For the structure of loads.
    year : int, optional
        The first in which all projects run by default.
    members, seed, until
        As in `sample`.

    Raises
    ------
    PathwayError
        A load is none of the park's committed projects, the year lies outside the projection, or the account is
        another country's.

    Notes
    -----
    ASSUME: projects move their lever at its weakest setting, from the year in which the first is finished to that in
    which the last is.
    """
    investments = tuple(investments)
    asked = max((one.first_full_year for one in investments), default=park.last_observed_year + 1)
    year = asked if year is None else year
    _check(park, investments, account, year, until)
    package = _package(investments)
    shares, lever_alone = _lever_shares(park, package, year, members, seed, until)
    effects = []
    for one in investments:
        if one.load:
            effects.append(_of_load(park, one, account, package, year, members, seed, until))
        elif one.lever:
            together = None if one.carbon is None else one.carbon * shares[one.lever]
            effects.append(records.ProjectEffect(one, "lever", one.carbon, together, lever_alone[one.lever]))
        else:
            effects.append(records.ProjectEffect(one, "", one.carbon))
    return records.ProjectEffects(park.identity, year, account, tuple(effects), members, seed)


def _check(park: Park, investments: tuple[Investment, ...], account: Account, year: int, until: int) -> None:
    committed = [project.name for project in park.plans.projects]
    wrong = [
        f"{one.name}: load {one.load!r} is none of the committed projects ({', '.join(committed) or 'none'})"
        for one in investments
        if one.load and one.load not in committed
    ]
    if not park.last_observed_year < year <= until:
        wrong.append(f"year {year}: expected one from {park.last_observed_year + 1} to {until}")
    if not account.holds_in(park.country):
        wrong.append(f"{account.account_id} is a rule of {account.country} and does not hold in {park.country}")
    if wrong:
        raise PathwayError(f"{park.park_id}: " + "; ".join(wrong))


def _package(investments: tuple[Investment, ...]) -> Scenario:
    """Combine the levers of projects in one scenario, each phased in as its projects are finished."""
    levers, measures = read_levers(), []
    for lever_id in dict.fromkeys(one.lever for one in investments if one.lever and not one.load):
        ready = [one.first_full_year for one in investments if one.lever == lever_id]
        lever = levers[lever_id]
        measures.append(Measure(lever, next(iter(lever.settings)), Ramp("linear", min(ready) - 1, max(ready))))
    return Scenario("projects", "projects", "项目", measures=tuple(measures))


def _lever_shares(
    park: Park, package: Scenario, year: int, members: int, seed: int, until: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Compute by lever the Shapley share in the package over the effect alone, and that effect, tCO2/yr."""
    if not package.measures:
        return {}, {}
    draws = sampling.sample(park, [package], members=members, seed=seed, until=until)
    found = attribution.attribute(park, package, draws, by="lever")
    at = found.column(year)
    alone, shared = -found.alone[:, at], -found.shares[:, at]
    # For a lever without effect here there is no share: the effect stated by the owner is kept.
    shares = np.divide(shared, alone, out=np.ones(alone.size), where=np.abs(alone) > 1e-6 * abs(found.without[at]))
    return dict(zip(found.players, shares.tolist(), strict=True)), dict(zip(found.players, alone.tolist(), strict=True))


def _of_load(
    park: Park, one: Investment, account: Account, package: Scenario, year: int, members: int, seed: int, until: int
) -> records.ProjectEffect:
    plans = park.plans
    project = next(each for each in plans.projects if each.name == one.load)
    bare = with_plans(park, replace(plans, projects=tuple(each for each in plans.projects if each is not project)))
    draws = sampling.sample(park, [package], members=members, seed=seed, until=until)
    engines = [packages.PackageEngine(each, package, draws, until=until) for each in (park, bare)]
    at, central = year - int(park.years[0]), engines[1].central()
    with_it, without = (engine.totals([NO_MEASURES, package])[:, :, at] @ central for engine in engines)
    alone, together = with_it - without
    sources, products = evaluate_load(park, project, account)
    return records.ProjectEffect(one, "load", float(alone), float(together), None, sources, products)


def evaluate_load(park: Park, project: Project, account: Account) -> tuple[dict[str, float], dict[str, float]]:
    """Compute the emissions of a committed project at full size, by source and per unit of its product.

    Parameters
    ----------
    park : Park
        With the project among its plans, which bring carriers and processes of their own onto it.
    project : Project
    account : Account

    Returns
    -------
    sources : dict source -> tCO2/yr
    products : dict product -> tCO2 per unit
        Of a project that makes one product only.
    """
    s, rows, amounts, factors = park.sectors.index(project.sector), [], [], []
    for load in project.loads:
        if load.quantity == "energy":
            c = park.carriers.index(load.item)
            rows.append((project.sector, load.item, kind_of_carrier(park.groups[c])))
            factors.append(park.factors[s, c, -1])
        elif load.quantity == "product":
            j = next(j for j, p in enumerate(park.processes) if (p.sector, p.name) == (s, load.item))
            rows.append((project.sector, load.item, kind_of_process(load.item, park.processes[j].is_balance)))
            factors.append(park.process_factors[j, -1])
        else:
            continue
        amounts.append(load.value)
    shape = (len(rows), 1)
    ledger = Ledger(park.identity, park.years[-1:], tuple(rows), np.reshape(amounts, shape),
                    np.reshape(factors, shape), park.sectors)  # fmt: skip
    emissions = take_account(ledger, account).emissions[:, 0]
    sources = {row[1]: float(tonnes) for row, tonnes in zip(rows, emissions, strict=True)}
    made = {load.item: load.value for load in project.loads if load.quantity == "product" and load.value > 0}
    total = sum(sources.values())
    return sources, {name: total / value for name, value in made.items()} if len(made) == 1 else {}
