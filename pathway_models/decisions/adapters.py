"""Doors to other packages: SALib for sensitivity indices, EMA Workbench for exploration.  Both are optional.

They are imported when a function needs them; without them everything else works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.inputs import OUTPUTS, Ensemble
from pathway_models.records.levers import Grid

#: What a user installs to have the doors.
EXTRAS = {"SALib": "SALib>=1.6", "ema_workbench": "ema_workbench>=2.5"}


def optional(module: str) -> Any:
    """Import a module of an optional package.

    Raises
    ------
    PathwayError
        The package is not installed; says how to install it.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.split(".")[0]
        raise PathwayError(f"this needs {package}: pip install '{EXTRAS[package]}'") from None


def problem(ensemble: Ensemble, *, groups: bool = False) -> dict[str, Any]:
    """The inputs of an ensemble as SALib describes them.

    Parameters
    ----------
    ensemble : Ensemble
    groups : bool
        Study the groups of inputs instead of each input.

    Returns
    -------
    dict
        ``num_vars``, ``names`` (Python identifiers), ``bounds``, ``dists`` and ``outputs``; ``groups`` where asked.
        Every input is the rank within its distribution, hence uniform on [0, 1].
    """
    inputs = ensemble.inputs
    found: dict[str, Any] = {
        "num_vars": len(inputs),
        "names": [one.identifier for one in inputs],
        "bounds": [[0.0, 1.0]] * len(inputs),
        "dists": ["unif"] * len(inputs),
        "outputs": list(OUTPUTS),
    }
    return found | ({"groups": [one.group for one in inputs]} if groups else {})


def sobol_indices(
    described: Mapping[str, Any], function: Callable[[np.ndarray], np.ndarray], runs: int, seed: int, level: float = 0.9
) -> dict[str, np.ndarray]:
    """First-order and total Sobol indices by SALib, with bootstrap intervals.

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


def to_ema(ensemble: Ensemble, grid: Grid | None = None, name: str = "park") -> Any:
    """An EMA Workbench model of a park: uncertain inputs as ranks, levers as categories, peaks as outcomes.

    Parameters
    ----------
    ensemble : Ensemble
        Made with a scenario that holds every lever of the grid.
    grid : Grid, optional
        Packages to choose from; without it the ensemble's scenario is the only one.
    name : str
        Name of the model, letters and digits only.

    Returns
    -------
    ema_workbench.Model
        Its outcomes are `OUTPUTS` and ``censored`` (0 or 1), scalars that are always numbers.

    Raises
    ------
    PathwayError
        EMA Workbench is missing.
    """
    workbench = optional("ema_workbench")
    model = workbench.Model(name, function=_single(ensemble, grid))
    model.uncertainties = [workbench.RealParameter(one.identifier, 0.0, 1.0) for one in ensemble.inputs]
    if grid is not None:
        model.levers = [
            workbench.CategoricalParameter(block.block_id, [option.label for option in block.options])
            for block in grid.blocks
        ]
    model.outcomes = [workbench.ScalarOutcome(outcome) for outcome in (*OUTPUTS, "censored")]
    return model


def _single(ensemble: Ensemble, grid: Grid | None) -> Callable[..., dict[str, float]]:
    """One experiment as a function of keyword arguments."""

    def evaluate(**given: Any) -> dict[str, float]:
        draws = ensemble.draws(np.array([[given[one.identifier] for one in ensemble.inputs]]))
        package = ensemble.scenario
        if grid is not None:
            labels = [[option.label for option in block.options] for block in grid.blocks]
            package = grid.scenario(
                [names.index(given[b.block_id]) for b, names in zip(grid.blocks, labels, strict=True)]
            )
        found = dict(zip(OUTPUTS, ensemble.outputs(draws, package)[0].tolist(), strict=True))
        return found | {"censored": float(found["peak_year"] > ensemble.until)}

    return evaluate
