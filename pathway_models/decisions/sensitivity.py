"""Sensitivity of the peak year, of peaking in time and of the peak level to each uncertain input.

Sobol indices (by SALib) need independent inputs; indices from an ensemble as it is also hold for correlated ones.
Peaking in time is 0 or 1 in a member and the peak year is discrete and censored; that is why all three outputs are
looked at, each with its interval.

What an input is worth knowing is the share of the doubt about peaking in time that knowing it would remove.  Inputs
that nobody can learn beforehand, such as the shocks of single years, are listed apart: their share is the doubt that
stays.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.inputs import SETS_OF_SHOCKS, Ensemble, SensitivityStudy, optional, problem
from pathway_models.decisions.records import OUTPUTS, DiscoveredRule, Sensitivity, Worth
from pathway_models.kernels.sensitivity import (
    LEAST_IN_BIN,
    MOST_BINS,
    Box,
    bins_of,
    explained,
    given_data_indices,
    prim,
)

#: Bootstrap resamples of given-data indices.
RESAMPLES = 100
#: Shuffles that give the doubt a meaningless input removes by chance.
SHUFFLES = 20
#: How an input could be known better, by group.
LEARNING = {
    "factors": ("measure carbon content, calorific value and oxidation of the fuels", "实测燃料含碳量、热值与氧化率"),
    "growth": ("more years of record and the plans of the park's enterprises", "延长数据年份并收集企业投产计划"),
    "intensity": ("more years of record; energy audits", "延长数据年份；开展能源审计"),
    "mix": ("fuel contracts and plans of boilers and furnaces", "核实燃料合同与锅炉窑炉改造计划"),
    "levers": ("a feasibility study of the measure", "开展措施可行性研究"),
    "grid": ("national; follow the published factors", "全国性因素；跟踪公布的排放因子"),
    "noise": ("cannot be known beforehand", "事先无法获知"),
}


GROUP_LABELS = {
    "levers": ("size of the levers", "措施力度"),
    "growth": ("growth of activity", "活动水平增长"),
    "intensity": ("trend of energy intensity", "能源强度趋势"),
    "mix": ("trends of the energy mix", "能源结构趋势"),
    "factors": ("emission factors", "排放因子"),
    "grid": ("decline of the grid factor", "电网排放因子下降"),
    "noise": ("year-to-year noise", "年际波动"),
}


def sobol_indices(
    described: Mapping[str, Any], function: Callable[[np.ndarray], np.ndarray], runs: int, seed: int, level: float = 0.9
) -> dict[str, np.ndarray]:
    """Estimate first-order and total Sobol indices by SALib, with bootstrap intervals.

    Parameters
    ----------
    described : mapping
        A SALib problem, e.g. from `problem`.
    function : callable
        Vectorised: (run, input) to (run,) or (run, output).
    runs : int
        A power of two; ``runs * (inputs + 2)`` rows are evaluated.
    seed : int
    level : float
        Of the intervals.

    Returns
    -------
    dict
        ``S1``, ``ST`` and the half-widths ``S1_conf``, ``ST_conf``, each (input or group, output); zero for an output
        that does not vary.

    Raises
    ------
    PathwayError
        SALib is missing, or ``runs`` is not a power of two.
    """
    if runs < 2 or runs & (runs - 1):
        raise PathwayError(f"runs = {runs}: expected a power of two, from 2 on")
    sampler, analyser = optional("SALib.sample.sobol"), optional("SALib.analyze.sobol")
    # SALib writes its own notes into the problem it is given.
    rows = sampler.sample(dict(described), runs, calc_second_order=False, seed=seed)
    values = np.asarray(function(rows), dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    count = len(dict.fromkeys(described["groups"])) if "groups" in described else described["num_vars"]
    found = {key: np.zeros((count, values.shape[1])) for key in ("S1", "S1_conf", "ST", "ST_conf")}
    for at, column in enumerate(values.T):
        if np.ptp(column) > 0:
            indices = analyser.analyze(
                dict(described), column, calc_second_order=False, conf_level=level, num_resamples=200, seed=seed
            )
            for key, kept in found.items():
                kept[:, at] = indices[key]
    return found


def sobol(ensemble: Ensemble, *, runs: int = 256, by: str = "group", seed: int = 1) -> Sensitivity:
    """Estimate Sobol indices by SALib, which must be installed.

    Parameters
    ----------
    ensemble : Ensemble
        With independent inputs.
    runs : int
        A power of two; members evaluated are ``runs * (n + 2)``.
    by : {"group", "input"}
    seed : int

    Raises
    ------
    PathwayError
        SALib is missing, ``runs`` is not a power of two, or the inputs are correlated: Sobol indices would mislead.
    """
    if ensemble.correlations:
        raise PathwayError("Sobol indices need independent inputs: use given_data")
    if by not in ("group", "input"):
        raise PathwayError(f"by = {by!r}: expected 'group' or 'input'")
    seen: list[np.ndarray] = []

    def evaluate(ranks: np.ndarray) -> np.ndarray:
        seen.append(ensemble.evaluate(ranks))
        return seen[-1]

    found = sobol_indices(problem(ensemble, groups=by == "group"), evaluate, runs, seed)
    values, names = seen[-1], tuple(dict.fromkeys(one.group for one in ensemble.inputs))
    labels = [GROUP_LABELS[name] for name in names]
    if by == "input":
        names = tuple(one.name for one in ensemble.inputs)
        labels = [(one.label_en, one.label_zh) for one in ensemble.inputs]
    return Sensitivity(
        method="sobol",
        names=names,
        labels_en=tuple(en for en, _ in labels),
        labels_zh=tuple(zh for _, zh in labels),
        first=found["S1"],
        first_low=found["S1"] - found["S1_conf"],
        first_high=found["S1"] + found["S1_conf"],
        total=found["ST"],
        total_low=found["ST"] - found["ST_conf"],
        total_high=found["ST"] + found["ST_conf"],
        runs=len(values),
        p_before=float(values[:, OUTPUTS.index("peaked_before")].mean()),
    )


def given_data(evaluated: SensitivityStudy) -> Sensitivity:
    """Estimate first-order indices from an ensemble as it is; holds for correlated inputs.

    An index then includes the effect of the inputs that the input is correlated with.
    """
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 1))
    members = len(evaluated.outputs)
    picks = rng.integers(0, members, size=(RESAMPLES, members))
    found = given_data_indices(evaluated.ranks, evaluated.outputs, picks)
    return Sensitivity(
        method="given_data",
        names=tuple(one.name for one in evaluated.inputs),
        labels_en=tuple(one.label_en for one in evaluated.inputs),
        labels_zh=tuple(one.label_zh for one in evaluated.inputs),
        first=found.first,
        first_low=found.low,
        first_high=found.high,
        total=None,
        total_low=None,
        total_high=None,
        runs=members,
        p_before=float(evaluated.outputs[:, OUTPUTS.index("peaked_before")].mean()),
    )


def discover(evaluated: SensitivityStudy, *, most_bounds: int = 3) -> DiscoveredRule:
    """Find the readable rule that tells best when the park does *not* peak in time.

    The rank of a set of yearly shocks is its number and nothing more: no rule can bound it.
    """
    fails = evaluated.outputs[:, OUTPUTS.index("peaked_before")] == 0
    ordered = [at for at, one in enumerate(evaluated.inputs) if one.name != SETS_OF_SHOCKS]
    box: Box = prim(evaluated.ranks[:, ordered], fails, most_bounds)
    bounds = tuple((evaluated.inputs[ordered[i]], float(box.low[i]), float(box.high[i])) for i in box.bounded)
    return DiscoveredRule(bounds, box.coverage, box.density, float(fails.mean()))


def worth_knowing(evaluated: SensitivityStudy) -> list[Worth]:
    """Order the inputs by the doubt they would remove, those that can be learnt first.

    Raises
    ------
    PathwayError
        Too few members for two bins.
    """
    reached = evaluated.outputs[:, [OUTPUTS.index("peaked_before")]]
    members = len(reached)
    bins = min(MOST_BINS, members // LEAST_IN_BIN)
    if bins < 2:
        raise PathwayError(f"{members} members: at least {2 * LEAST_IN_BIN} are needed")
    where = bins_of(evaluated.ranks, bins)
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 2))
    chance = [explained(rng.permutation(where[:, 0]), reached, bins)[0] for _ in range(SHUFFLES)]
    spread = float(np.quantile(chance, 0.95))
    found = []
    for at, one in enumerate(evaluated.inputs):
        doubt = float(max(explained(where[:, at], reached, bins)[0], 0.0))
        found.append(Worth(one, doubt, spread, *LEARNING[one.group]))
    return sorted(found, key=lambda worth: (not worth.input.can_be_learnt, -worth.doubt))
