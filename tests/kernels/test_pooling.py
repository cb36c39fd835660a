"""Pools of forecasts: the score is that of the mixture, and the weights are the best ones."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yardsticks import yardstick

from pathway_models.baseline.windows import Subject, latest_runs
from pathway_models.hindcast.evaluation import hindcast_windows, pooled_with_rate
from pathway_models.hindcast.park_laws import MODELS, combination_table, combine_own
from pathway_models.intake.panels import Panel
from pathway_models.kernels.scores import best_weights, brier, crps_ensemble, ensemble_pit, pool_crps, pool_terms

numbers = st.floats(-5.0, 5.0)
forecasts = st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=2, max_size=4).map(np.array)


@settings(max_examples=60, deadline=None)
@given(forecasts, numbers, st.integers(0, 2**31))
def test_the_score_of_a_pool_is_that_of_its_members_counted_by_weight(models, outcome, seed):
    """Weights in eighths: a mixture is then an ensemble in which members stand several times."""
    shares = np.random.default_rng(seed).multinomial(8, np.full(len(models), 1 / len(models)))
    mixture = np.concatenate([np.repeat(model, share) for model, share in zip(models, shares, strict=True)])
    terms = pool_terms([outcome], models[:, None, :])
    assert pool_crps(shares / 8, terms)[0] == pytest.approx(float(crps_ensemble(outcome, mixture)), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31))
def test_no_other_weights_score_better(seed):
    rng = np.random.default_rng(seed)
    outcome = rng.normal(size=30)
    members = rng.normal(rng.normal(size=(3, 30, 1)), rng.uniform(0.2, 2, (3, 1, 1)), (3, 30, 20))
    terms = pool_terms(outcome, members)
    weights = best_weights(terms)
    assert weights.sum() == pytest.approx(1.0)
    assert (weights >= 0).all()
    for other in rng.dirichlet(np.ones(3), 20):
        assert pool_crps(weights, terms).mean() <= pool_crps(other, terms).mean() + 1e-7


def test_a_model_that_knows_gets_all_and_one_that_guesses_wildly_gets_nothing():
    rng = np.random.default_rng(4)
    outcome = rng.normal(size=200)
    knows = outcome[:, None] + 0.01 * rng.normal(size=(200, 50))
    guesses = 5.0 + rng.normal(size=(200, 50))
    assert best_weights(pool_terms(outcome, np.stack([knows, guesses]))) == pytest.approx([1.0, 0.0], abs=1e-6)


def test_twins_share_any_weights_with_the_same_score():
    rng = np.random.default_rng(2)
    outcome, twin = rng.normal(size=40), rng.normal(size=(40, 30))
    terms = pool_terms(outcome, np.stack([twin, twin]))
    assert pool_crps([1.0, 0.0], terms) == pytest.approx(pool_crps([0.3, 0.7], terms))


def test_a_member_equal_to_the_outcome_lies_half_below_it():
    assert ensemble_pit([1.0, 1.5, 9.0], [[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]) == pytest.approx([0.75, 1.0, 1.0])


def test_weights_cannot_be_learnt_from_nothing():
    with pytest.raises(ValueError, match="no case with a known outcome"):
        best_weights(pool_terms(np.empty(0), np.empty((2, 0, 5))))


# --- pools of hindcasts ----------------------------------------------------------------------------------------


def panel_of(logs, groups=None):
    entities = tuple(f"e{at:02d}" for at in range(logs.shape[0]))
    years = np.arange(2000, 2000 + logs.shape[1])
    return Panel("made", entities, groups or entities, years, MappingProxyType({"emissions_tco2": np.exp(logs)}))


@pytest.fixture(scope="module")
def walk():
    """Random walks without drift, for which persistence with its own errors is the truth."""
    rng = np.random.default_rng(8)
    return panel_of(np.cumsum(rng.normal(0.0, 0.1, (40, 14)), axis=1))


@pytest.fixture(scope="module")
def pooled(walk):
    return combine_own(hindcast_windows(Subject(walk), 5, 4, seed=3, folds=4))


@pytest.mark.slow
def test_a_pool_is_never_much_worse_than_the_best_of_its_models(pooled):
    means = np.nanmean(pooled.crps, axis=(1, 2))
    assert means[-1] <= 1.02 * means[:-1].min()


@pytest.mark.slow
def test_weights_of_a_pool_are_shares_and_the_table_names_them(pooled):
    table = combination_table(pooled, "made", "own", (1, 2, 4))
    shares = table[[f"weight_{name}" for name in MODELS]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(3))
    assert table.coverage_90_pool.between(0.8, 1.0).all()
    assert (table.pool_vs_log_trend > 0).all()


@pytest.mark.slow
def test_a_pool_does_not_know_the_outcome_of_the_region_it_forecasts(walk):
    logs = np.log(walk.values["emissions_tco2"])
    changed = logs.copy()
    changed[:4, 8:] += 1.5
    groups = tuple("abcdefghij"[at // 4] for at in range(40))
    casts = [hindcast_windows(Subject(panel_of(array, groups)), 5, 4, seed=3, folds=5) for array in (logs, changed)]
    first, second = (combine_own(cast).weights for cast in casts)
    own = (casts[0].windows.entity < 4) & (casts[0].windows.origin < 2008)
    known = np.isfinite(first[own])
    np.testing.assert_array_equal(first[own][known], second[own][known])


# --- probabilities, runs, yardstick ----------------------------------------------------------------------------


def test_a_forecaster_who_knows_nothing_is_pooled_down_to_the_frequency():
    rng = np.random.default_rng(5)
    happened = rng.random(4000) < 0.3
    fold = np.arange(4000) % 4
    rate, pooled = pooled_with_rate(rng.random(4000), happened, fold)
    assert brier(pooled, happened) == pytest.approx(brier(rate, happened), rel=0.01)


def test_a_forecaster_who_knows_keeps_the_weight():
    happened = np.arange(400) % 3 == 0
    _, pooled = pooled_with_rate(happened.astype(float), happened, np.arange(400) % 4)
    np.testing.assert_allclose(pooled, happened)


def test_the_last_unbroken_run_of_a_region_is_taken():
    logs = np.log([[1.0, 2.0, np.nan, 4.0, 5.0], [np.nan, 1.0, 2.0, 3.0, np.nan]])
    assert latest_runs(panel_of(logs)) == {"e00": {2003: pytest.approx(4), 2004: pytest.approx(5)},
                                           "e01": {2001: pytest.approx(1), 2002: pytest.approx(2), 2003: pytest.approx(3)}}  # fmt: skip # noqa: E501


def test_the_law_scores_at_least_like_the_first_yardstick_against_the_log_trend():
    from pathway_models.intake.panels import read_hindcasts

    card = read_hindcasts("summary").query("law == 'own' and holdout == 'region' and record == 5")
    for panel in ("provinces", "cities", "countries"):
        simple = yardstick(panel, (3, 5), seed=1).set_index("horizon")
        ours = card[card.panel == panel].set_index("horizon")
        assert (ours.skill_log_trend[[3, 5]] > simple.skill_log_trend - 0.02).all()
