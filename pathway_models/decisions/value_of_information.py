"""What it would be worth to know an input better before deciding, so that a report can say: measure this first.

Two measures.  *Doubt*: by how much the uncertainty about peaking in time would shrink if the input were known; it needs
no money.  *Saving*: what the decision would gain if the input were known before one of several packages is chosen,
given what missing the target costs.  Inputs that nobody can learn beforehand, such as the shocks of single years, are
listed apart: their share is the doubt that stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.costs import draw_rates
from pathway_models.decisions.decision import Decision
from pathway_models.decisions.inputs import OUTPUTS, Ensemble, Input
from pathway_models.decisions.sensitivity import SensitivityStudy, learning
from pathway_models.engine.packages import PackageEngine
from pathway_models.kernels.sensitivity import LEAST_IN_BIN, MOST_BINS, bins_of, explained, gain_of_knowing
from pathway_models.records.levers import Scenario

#: Shuffles that show what chance alone would make an input look worth.
SHUFFLES = 20


@dataclass(frozen=True)
class Worth:
    """What one input is worth knowing.

    Parameters
    ----------
    input : Input
    doubt : float
        Share of the variance of peaking in time that knowing the input removes.
    spread : float
        95th percentile of what a meaningless input would show by chance: less than this is nothing.
    saving : float or None
        Expected gain, million CNY; None where no cost of missing was given.
    how_en, how_zh : str
        How it could be learnt.
    """

    input: Input
    doubt: float
    spread: float
    saving: float | None
    how_en: str
    how_zh: str


def worth_knowing(evaluated: SensitivityStudy) -> list[Worth]:
    """Order the inputs by the doubt they would remove, those that can be learnt first.

    Parameters
    ----------
    evaluated : SensitivityStudy

    Returns
    -------
    list of Worth
        Without savings.
    """
    reached = evaluated.outputs[:, [OUTPUTS.index("peaked_before")]]
    bins = _bins(len(reached))
    where = bins_of(evaluated.ranks, bins)
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 2))
    chance = [explained(rng.permutation(where[:, 0]), reached, bins)[0] for _ in range(SHUFFLES)]
    spread = float(np.quantile(chance, 0.95))
    found = []
    for at, one in enumerate(evaluated.inputs):
        doubt = float(max(explained(where[:, at], reached, bins)[0], 0.0))
        found.append(Worth(one, doubt, spread, None, *learning(one)))
    return sorted(found, key=lambda worth: (not worth.input.can_be_learnt, -worth.doubt))


def _bins(members: int) -> int:
    bins = min(MOST_BINS, members // LEAST_IN_BIN)
    if bins < 2:
        raise PathwayError(f"{members} members: at least {2 * LEAST_IN_BIN} are needed")
    return bins


def saving_by_knowing(
    ensemble: Ensemble, decision: Decision, miss_cost: float, *, members: int = 2000, seed: int = 1
) -> list[Worth]:
    """Order the inputs by what the choice among a decision's packages would gain from knowing them.

    A package is worth minus its known cost, and minus ``miss_cost`` in every member that does not peak in time.

    Parameters
    ----------
    ensemble : Ensemble
        Of the decision's park, with a scenario that holds every lever of its grid.
    decision : Decision
        Its front gives the packages to choose from, as far as their whole cost is known.
    miss_cost : float
        What not peaking in time costs, million CNY of present value; only the decision-maker can say.
    members, seed
        Of the ensemble.

    Raises
    ------
    PathwayError
        ``miss_cost`` is not above zero, or fewer than two packages of known cost are there to choose from.
    """
    if miss_cost <= 0:
        raise PathwayError(f"miss_cost = {miss_cost}: expected above 0, in million CNY")
    packages = [decision.grid.scenario(one.code) for one in (decision.off, *decision.front) if not one.unknown]
    if len(packages) < 2:
        raise PathwayError("fewer than two packages of known cost: there is no choice that knowledge could change")
    ranks = ensemble.random(members, seed)
    value = _values(ensemble, decision, packages, ranks, miss_cost)
    where = bins_of(ensemble.tied(ranks), bins := _bins(members))
    rng = np.random.Generator(np.random.Philox(seed + 2))
    chance = float(
        np.quantile([gain_of_knowing(rng.permutation(where[:, 0]), value, bins) for _ in range(SHUFFLES)], 0.95)
    )
    found = []
    for at, one in enumerate(ensemble.inputs):
        gain = gain_of_knowing(where[:, at], value, bins)
        found.append(Worth(one, float("nan"), chance, gain if gain > chance else 0.0, *learning(one)))
    return sorted(found, key=lambda worth: (not worth.input.can_be_learnt, -float(worth.saving or 0.0)))


def _values(
    ensemble: Ensemble, decision: Decision, packages: Sequence[Scenario], ranks: np.ndarray, miss_cost: float
) -> np.ndarray:
    """What each package is worth in each member: (member, package), million CNY."""
    draws = ensemble.draws(ranks)
    levers = {m.lever.lever_id: m.lever for m in ensemble.scenario.measures}
    rates = draw_rates(decision.costs, levers, draws, until=ensemble.until)
    engine = PackageEngine(ensemble.park, ensemble.scenario, draws, until=ensemble.until, rates=rates)
    cost, _ = engine.by_member(packages)
    column = OUTPUTS.index("peaked_before")
    missed = np.stack([1.0 - ensemble.outputs(draws, package)[:, column] for package in packages])
    return (-cost - miss_cost * missed).T
