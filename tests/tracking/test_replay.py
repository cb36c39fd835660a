"""On real history, a forecast that is fed each new year gives more probability to what then happens."""

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.intake.panels import read_panel
from pathway_models.tracking.replay import PARTS, replay
from pathway_models.tracking.updating import collapsed


@pytest.fixture(scope="module")
def provinces():
    panel = read_panel("provinces").between(2010, 2019)
    return replay(panel.logs(), panel.years, tuple(panel.entities), members=1000)


def test_first_forecast_gives_every_part_the_same_probability(provinces):
    first = provinces[provinces["known"] == 2014]
    assert first["probability"].to_numpy() == pytest.approx(1 / PARTS, abs=0.002)
    assert set(first["state"]) == {"made"}


def test_probability_of_what_happened_rises_with_every_year(provinces):
    score = provinces.groupby("known")["log_score"].mean()
    assert score.loc[2014] == pytest.approx(np.log(0.1), abs=0.02)
    assert (np.diff(score.to_numpy()) > 0).all()
    assert score.loc[2018] > score.loc[2014] + 0.5


def test_collapsed_weights_make_the_forecast_anew(provinces):
    assert set(provinces["state"]) == {"made", "re-weighted", "re-fitted"}
    assert (provinces["effective"] >= 100).all()
    assert collapsed(np.full(1000, 1e-3)) == np.False_
    assert collapsed(np.eye(1, 1000)[0])


def test_same_seed_gives_the_same_numbers(provinces):
    panel = read_panel("provinces").between(2010, 2019)
    again = replay(panel.logs(), panel.years, tuple(panel.entities), members=1000)
    assert again.equals(provinces)


def test_a_law_that_knows_later_years_of_the_nation_is_refused():
    """Its forecasts from 2014 would take the nation's years to 2019 as they happened."""
    panel = read_panel("provinces").between(2010, 2019)
    with pytest.raises(PathwayError, match="'levels' knows the nation's years after 2014"):
        replay(panel.logs(), panel.years, tuple(panel.entities), members=2, assumptions=pw.read_assumptions())
