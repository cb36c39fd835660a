"""The explorer's numbers are those of the model itself, whatever the sliders say."""

from functools import partial

import numpy as np
import pytest
from builders import mixed_park
from matplotlib.text import Text

import pathway_models as pw
from pathway_models.baseline.scenario_drivers import driven
from pathway_models.cobenefits.scenarios import cobenefits, prepare_basis
from pathway_models.core.errors import RecordError, ScenarioError
from pathway_models.decisions.package_cost import package_cost
from pathway_models.explorer.evaluation import BAND, Exploration
from pathway_models.explorer.figures import Picture
from pathway_models.intake.costs import read_costs
from pathway_models.records.levers import Choice


@pytest.fixture(scope="module")
def exploration(levers):
    return Exploration(mixed_park(), levers, read_costs(), members=40, seed=3, until=2050)


@pytest.fixture(scope="module")
def chosen(exploration):
    choices = {
        "energy_efficiency": Choice("strong", 2024, 2035),
        "green_power": Choice("moderate", 2026, 2040),
        "ccus": Choice("strong", 2030, 2045),
    }
    return exploration.scenario("mine", choices)


def test_view_equals_the_projection_with_the_same_draws(exploration, chosen):
    view = exploration.view(chosen)
    pathways = pw.project(exploration.park, [chosen], exploration.draws)
    peaks = pw.find_peaks(pathways)
    assert view.band == pytest.approx(np.quantile(pathways.total()[0], BAND, axis=0), rel=1e-9)
    assert view.peaks.year.tolist() == peaks.year.tolist()
    assert view.peaks.status.tolist() == peaks.status.tolist()
    assert view.p_before(2030) == peaks.summary(before=2030)[0]["p_peak_before_2030"]


def test_view_under_given_growth_equals_the_projection_of_that_scenario(levers):
    low = pw.read_scenarios("drivers")["low_growth"]
    given = {"members": 40, "seed": 3, "until": 2050, "assumptions": pw.read_assumptions(as_of=2026)}
    park = pw.read_park("demo-steel")
    plain = Exploration(park, levers, read_costs(), **given)
    under = Exploration(driven(park, low, 2026), levers, read_costs(), beside=plain, **given)
    pathways = pw.project(park, [low], pw.sample(park, [low], **given))
    view = under.view(under.scenario("low_growth", {}))
    assert view.band == pytest.approx(np.quantile(pathways.total()[0], BAND, axis=0), rel=1e-9)
    (row,) = pw.find_peaks(pathways).headline(2030)
    split = view.split(2030)
    assert [split.past, split.ahead, split.not_before] == [row[f"p_{part}"] for part in ("past", "ahead", "not_before")]
    assert (view.band[2] < plain.without.band[2])[-1]


@pytest.mark.parametrize(("lang", "unit"), [("en", "Mt CO₂ per year"), ("zh", "万tCO₂/年")])
def test_the_unit_of_emissions_stands_whole_inside_the_picture(levers, lang, unit):
    exploration = Exploration(pw.read_park("region-d"), levers, read_costs(), members=10)
    picture = Picture(exploration, lang)
    renderer = picture.figure.canvas.get_renderer()
    (text,) = (text for text in picture.figure.findobj(Text) if text.get_text().replace("$_2$", "₂") == unit)
    place, whole = text.get_window_extent(renderer), picture.figure.bbox
    assert whole.x0 <= place.x0 < place.x1 <= whole.x1
    assert whole.y0 <= place.y0 < place.y1 <= whole.y1


def test_cost_is_that_of_the_package(exploration, chosen):
    cost = package_cost(exploration.park, chosen, exploration.draws, read_costs())
    view = exploration.view(chosen)
    assert view.cost == pytest.approx(cost.mean() / cost.discount.sum(), rel=1e-9)
    assert set(view.unknown) == set(cost.unknown)


consenting = partial(prepare_basis, given=None, wanted=None, allow_background=True)


@pytest.mark.slow
def test_energy_and_pollutants_are_means_of_the_model(levers):
    park = pw.read_park("demo-steel")
    exploration = Exploration(park, levers, read_costs(), members=40, seed=3, prepare=consenting)
    deep = pw.read_scenarios()["deep"]
    view, year = exploration.view(deep), exploration.looked_at
    found = cobenefits(park, [deep], exploration.draws, allow_background=True)
    means = found.emissions[found.index("deep"), :, :, found.at(year)] @ found.weights
    assert list(view.pollutants.values()) == pytest.approx(means.tolist(), rel=1e-9)
    assert 0 < sum(view.energy.values()) < sum(exploration.without.energy.values())
    assert view.energy["green_electricity"] > exploration.without.energy.get("green_electricity", 0.0)


@pytest.mark.slow
def test_pollutants_without_consent_and_energy_that_is_not_known_are_left_out(levers):
    asking = partial(prepare_basis, given=None, wanted=None, allow_background=False)
    without = Exploration(pw.read_park("demo-steel"), levers, read_costs(), members=10, prepare=asking).without
    assert without.pollutants == {}
    without = Exploration(pw.read_park("eu-ludwigshafen"), levers, read_costs(), members=10, prepare=consenting).without
    assert (without.pollutants == {}) == (not without.energy)


def test_no_lever_costs_nothing_and_views_do_not_write_over_one_another(exploration, chosen):
    before = exploration.without.band.copy()
    exploration.view(chosen)
    assert (exploration.without.band == before).all()
    assert exploration.without.cost == 0
    assert exploration.without.unknown == ()


def test_levers_and_ramps_that_cannot_be_are_refused(exploration):
    with pytest.raises(ScenarioError, match="no lever 'wind', 'tide'"):
        exploration.scenario("mine", {"wind": Choice("strong", 2024, 2030), "tide": Choice("strong", 2024, 2030)})
    with pytest.raises(ScenarioError, match="has no setting 'huge'"):
        exploration.scenario("mine", {"ccus": Choice("huge", 2024, 2030)})
    with pytest.raises(RecordError, match="complete after it starts"):
        exploration.scenario("mine", {"ccus": Choice("strong", 2034, 2030)})
