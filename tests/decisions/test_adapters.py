"""Doors to SALib and EMA Workbench: known answers through ours, and a plain word where they are not installed."""

import sys

import numpy as np
import pytest
import SALib
from builders import mixed_park

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.records import OUTPUTS
from pathway_models.decisions.sensitivity import Ensemble, optional, problem, sobol_indices, to_ema
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.records.levers import lever_grid

#: Ishigami and Homma (1990): y = sin x1 + a sin^2 x2 + b x3^4 sin x1 on [-pi, pi]; indices in closed form.
A, B = 7.0, 0.1
ISHIGAMI = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}


def ishigami(x):
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def analytic():
    """First-order and total indices of the Ishigami function."""
    total = 0.5 + A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18
    own = [0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    return np.array(own) / total, np.array([own[0] + together, own[1], together]) / total


def test_sobol_indices_of_the_ishigami_function_equal_the_analytic_ones():
    found = sobol_indices(ISHIGAMI, ishigami, 2048, seed=1, level=0.99)
    first, total = analytic()
    for key, exact in (("S1", first), ("ST", total)):
        assert (np.abs(found[key][:, 0] - exact) <= found[f"{key}_conf"][:, 0]).all(), key
    assert found["S1"][:, 0] == pytest.approx(first, abs=0.05)


def test_several_outputs_and_constant_ones_come_back_in_columns():
    found = sobol_indices(ISHIGAMI, lambda x: np.stack([ishigami(x), np.full(len(x), 3.0)], axis=1), 64, seed=1)
    assert found["ST"].shape == (3, 2)
    assert (found["ST"][:, 1] == 0).all()


def test_runs_must_be_a_power_of_two():
    with pytest.raises(PathwayError, match="power of two"):
        sobol_indices(ISHIGAMI, ishigami, 100, seed=1)


@pytest.fixture(scope="module")
def ensemble(scenarios):
    return Ensemble(mixed_park(), scenarios["deep"])


@pytest.mark.slow
def test_problem_is_what_salib_reads(ensemble):
    described = problem(ensemble)
    count = len(ensemble.inputs)
    assert described["num_vars"] == len(described["names"]) == len(described["bounds"]) == count
    assert described["outputs"] == list(OUTPUTS)
    spec = SALib.ProblemSpec(described)
    spec.sample_sobol(4, calc_second_order=False, seed=1).evaluate(ensemble.evaluate)
    assert spec.results.shape == (4 * (count + 2), len(OUTPUTS))
    assert np.isfinite(spec.results).all()


def test_groups_have_one_index_each(ensemble):
    groups = dict.fromkeys(one.group for one in ensemble.inputs)
    found = sobol_indices(problem(ensemble, groups=True), ensemble.evaluate, 64, seed=1)
    assert found["ST"].shape == (len(groups), len(OUTPUTS))


def test_missing_package_is_named_with_its_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(PathwayError, match="pip install 'ema_workbench"):
        optional("ema_workbench")


@pytest.mark.slow
@pytest.mark.lowest
def test_park_runs_in_ema_workbench_with_levers_and_uncertainties(levers):
    """Runs against an installed EMA Workbench 2.5 or 3; the lock of tests has the one for this Python."""
    import ema_workbench  # here, because its import takes five seconds under pytest

    grid = lever_grid(levers, {name: (name,) for name in ("green_power", "energy_efficiency")})
    ensemble = Ensemble(mixed_park(), grid.everything())
    model = to_ema(ensemble, grid)
    experiments, outcomes = ema_workbench.perform_experiments(model, 4, 3)
    assert len(experiments) == 12
    assert set(outcomes) == {*OUTPUTS, "censored"}
    for values in outcomes.values():
        assert np.isfinite(values).all()


class Parameter:
    """Stands for the classes of EMA Workbench: keeps what it is given."""

    def __init__(self, name, *given, function=None):
        self.name, self.given, self.function = name, given, function


class Workbench:
    RealParameter = CategoricalParameter = ScalarOutcome = Model = Parameter


def test_one_experiment_equals_the_vectorised_ensemble(levers, monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", Workbench)
    grid = lever_grid(levers, {name: (name,) for name in ("green_power", "energy_efficiency")})
    ensemble = Ensemble(mixed_park(), grid.everything())
    model = to_ema(ensemble, grid)
    ranks = ensemble.random(400, seed=1)
    years = ensemble.evaluate(ranks)[:, 0]
    ranks = ranks[[int(years.argmin()), int(years.argmax())]]
    assert [one.name for one in model.uncertainties] == [one.identifier for one in ensemble.inputs]
    assert [one.given[0] for one in model.levers] == [[option.label for option in b.options] for b in grid.blocks]
    for row, expected in zip(ranks, ensemble.evaluate(ranks), strict=True):
        given = dict(zip((one.identifier for one in ensemble.inputs), row, strict=True))
        found = model.function(**given, green_power="strong", energy_efficiency="strong")
        assert [found[name] for name in OUTPUTS] == pytest.approx(expected.tolist(), rel=1e-12)
        assert found["censored"] == float(expected[0] == ensemble.until + 1 - PeakRule().follow)
    assert years.min() < years.max() == 2056  # a member without a peak is among them
