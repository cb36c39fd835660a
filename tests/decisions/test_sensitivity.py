"""Which uncertainty matters: known answers for indices and boxes, and a park's own."""

from dataclasses import replace

import numpy as np
import pytest
from builders import mixed_park
from scipy import stats

import pathway_models as pw
from pathway_models.core.errors import InputError, PathwayError, RecordError
from pathway_models.decisions.records import OUTPUTS
from pathway_models.decisions.sensitivity import Ensemble, discover, given_data, sobol, study, worth_knowing
from pathway_models.engine.sampling import correlate
from pathway_models.intake.assumptions import read_correlations
from pathway_models.kernels.sensitivity import bins_of, explained, given_data_indices, prim
from pathway_models.records.assumptions import Correlation
from pathway_models.records.plans import Load, Plans, Project

RNG = np.random.default_rng(20240401)


def picks(members, count=60):
    return np.random.default_rng(1).integers(0, members, size=(count, members))


def test_given_data_indices_of_a_sum_are_the_shares_of_its_variance():
    """y = 3 a + 2 b + c with equal variances: 9/14, 4/14, 1/14."""
    inputs = RNG.random((8000, 4))
    output = inputs @ np.array([3.0, 2.0, 1.0, 0.0])
    found = given_data_indices(inputs, output[:, None], picks(8000))
    assert found.first[:, 0] == pytest.approx([9 / 14, 4 / 14, 1 / 14, 0.0], abs=0.02)
    assert ((found.low <= found.first) & (found.first <= found.high)).all()


def test_correlated_input_without_effect_tells_what_its_partner_does():
    """b has no effect of its own but follows a: its given-data index is the squared correlation."""
    a = RNG.normal(size=20000)
    b = 0.8 * a + 0.6 * RNG.normal(size=20000)
    found = given_data_indices(np.stack([a, b], axis=1), a[:, None], picks(20000, 20))
    assert found.first[1, 0] == pytest.approx(0.64, abs=0.03)


def test_output_that_never_varies_has_no_drivers():
    where = bins_of(RNG.random((400, 1)), 10)[:, 0]
    assert explained(where, np.full((400, 1), 7.0), 10) == [0.0]


def test_inputs_without_effect_have_indices_around_zero():
    """Uncorrected, ten bins of twenty members would claim 4.5 % of the variance for pure noise."""
    found = [explained(bins_of(RNG.random((200, 1)), 10)[:, 0], RNG.random((200, 1)), 10)[0] for _ in range(400)]
    assert np.mean(found) == pytest.approx(0.0, abs=0.01)


def test_too_few_members_are_refused():
    with pytest.raises(ValueError, match="39 members"):
        given_data_indices(RNG.random((39, 1)), RNG.random((39, 1)), picks(39))


def test_box_finds_the_corner_where_everything_fails():
    inputs = RNG.random((4000, 6))
    cases = (inputs[:, 2] > 0.6) & (inputs[:, 4] < 0.5)
    box = prim(inputs, cases)
    assert box.bounded == (2, 4)
    assert box.low[2] == pytest.approx(0.6, abs=0.03)
    assert box.high[4] == pytest.approx(0.5, abs=0.03)
    assert min(box.coverage, box.density) > 0.95


def test_box_stays_whole_where_there_is_nothing_to_find():
    inputs = RNG.random((500, 3))
    for cases in (np.zeros(500, dtype=bool), np.ones(500, dtype=bool)):
        assert prim(inputs, cases).bounded == ()


@pytest.fixture(scope="module")
def ensemble(scenarios):
    return Ensemble(mixed_park(), scenarios["moderate"], before=2035)


def test_ensemble_at_random_ranks_is_the_ensemble_of_the_projection(ensemble, scenarios):
    """The same chance of peaking in time, up to sampling, as drawing and projecting directly."""
    evaluated = study(ensemble, members=2000, seed=5)
    draws = pw.sample(ensemble.park, scenarios, members=2000, seed=6)
    peaks = pw.find_peaks(pw.project(ensemble.park, scenarios.pick(["moderate"]), draws))
    chance = evaluated.outputs[:, OUTPUTS.index("peaked_before")].mean()
    assert chance == pytest.approx(float(peaks.p_before(2035)[0]), abs=4 * np.sqrt(0.25 / 1000))


def test_outputs_count_years_between_the_record_and_the_year_after_the_horizon(ensemble):
    outputs = study(ensemble, members=500, seed=5).outputs
    year = outputs[:, 0]
    assert year.min() >= ensemble.park.last_observed_year
    assert year.max() <= 2056
    assert set(np.unique(outputs[:, 1])) <= {0.0, 1.0}
    # A peak before the year whose maximum is exceeded again later has a later highest year.
    assert ((year < 2035) <= (outputs[:, 1] == 1)).all()


def test_inputs_are_identifiers_with_names_in_both_languages(ensemble):
    assert len({one.identifier for one in ensemble.inputs}) == len(ensemble.inputs)
    for one in ensemble.inputs:
        assert one.identifier.isidentifier()
        assert one.label_en
        assert one.label_zh


def test_ranks_that_do_not_fit_are_refused(ensemble):
    with pytest.raises(PathwayError, match="expected one column for each"):
        ensemble.evaluate(np.full((3, 2), 0.5))
    with pytest.raises(PathwayError, match="between 0 and 1"):
        ensemble.evaluate(np.full((3, len(ensemble.inputs)), 1.5))
    with pytest.raises(PathwayError, match="before = 2015"):
        Ensemble(ensemble.park, ensemble.scenario, before=2015)


@pytest.mark.slow
def test_sobol_and_given_data_agree_on_what_matters_most(ensemble):
    by_group = sobol(ensemble, runs=128)
    assert by_group.runs == 128 * (len(by_group.names) + 2)
    single = given_data(study(ensemble, members=3000, seed=2))
    strongest = single.table("log_peak_level")[0]["input"]
    group = next(one.group for one in ensemble.inputs if one.name == strongest)
    assert group in [row["input"] for row in by_group.table("log_peak_level")[:3]]
    assert {row["input"] for row in by_group.table()} == {one.group for one in ensemble.inputs}
    with pytest.raises(PathwayError, match="no output 'cost'"):
        single.table("cost")


@pytest.mark.slow
def test_rule_of_failure_is_denser_than_failure_itself(scenarios):
    """Under the law of 0.2, whose growth is drawn once a member: that is what a rule can bound."""
    assumed = pw.with_law(pw.read_assumptions(), "parks_0_2")
    growing = Ensemble(mixed_park(), scenarios["moderate"], before=2035, assumptions=assumed)
    rule = discover(study(growing, members=3000, seed=2))
    assert 0 < rule.base < 1
    assert 1 <= len(rule.bounds) <= 3
    assert rule.density > 1.5 * rule.base
    assert 0 < rule.coverage <= 1


@pytest.mark.slow
def test_growth_drawn_year_by_year_is_what_failure_hangs_on(ensemble):
    """Under the law in levels, whose growth is the sum of its yearly normals up to the target year."""
    evaluated = study(ensemble, members=3000, seed=2)
    rule = discover(evaluated)
    assert "growth:intensity" in {one.name for one, _, _ in rule.bounds}
    assert rule.density > 1.5 * rule.base
    shares = {row["input"]: row["first"] for row in given_data(evaluated).table("peaked_before")}
    assert next(iter(shares)) == "growth:intensity"
    assert shares["growth:intensity"] > 0.1
    assert worth_knowing(evaluated)[0].input.name == "growth:intensity"


@pytest.mark.parametrize("law", ["levels", "parks_0_2"])
def test_growth_is_an_input_in_the_form_its_law_draws_it(scenarios, law):
    assumed = pw.with_law(pw.read_assumptions(), law)
    names = {one.name for one in Ensemble(mixed_park(), scenarios["bau"], before=2035, assumptions=assumed).inputs}
    by_year = {"growth:intensity", "growth:shared:nation", "growth:province:region"}
    once = {"scale", "slope:activity", "slope:intensity", "shared:slope"}
    assert (names & by_year, names & once) == ((by_year, set()) if law == "levels" else (set(), once))


def test_a_region_has_its_own_stream_and_a_park_elsewhere_its_continents(scenarios):
    hebei, antwerp = (Ensemble(pw.read_park(name), scenarios["bau"]) for name in ("region-hebei", "eu-antwerp-basf"))
    grown = [[one.name for one in each.inputs if one.name.startswith("growth:")] for each in (hebei, antwerp)]
    assert grown[0] == ["growth:province:region:河北", "growth:shared:nation"]
    assert grown[1] == ["growth:intensity", "growth:continent:industry", "growth:province:region"]


def test_inputs_of_plans_are_named_in_words():
    given = Ensemble(pw.read_park("demo-steel"), pw.read_scenarios("drivers")["low_growth"]).inputs
    (one,) = (each for each in given if each.name.startswith("override:"))
    assert (one.label_en, one.label_zh) == ("given path: activity", "给定路径：活动规模")
    assert {"growth:activity", "growth:shared:economy"} <= {each.name for each in given}
    kiln = Project("new kiln", "rolling", 2027, (Load("energy", "coke", 50.0),), probability=0.8, delay_longest=3.0)
    park = pw.with_plans(pw.read_park("demo-steel"), Plans(projects=(kiln,)))
    labels = {each.label_en: each.label_zh for each in Ensemble(park, pw.read_scenarios()["bau"]).inputs}
    assert labels["project new kiln: whether it goes ahead"] == "拟建项目new kiln：是否实施"
    assert labels["project new kiln: delay"] == "拟建项目new kiln：延期"


def test_growth_given_by_rank_leaves_yearly_normals_what_they_are():
    """Their sum up to the target year is the normal of the rank, and each year stays an independent standard normal."""
    park = pw.read_park("demo-steel")
    ensemble = Ensemble(park, pw.read_scenarios()["bau"], before=2030)
    names = [one.name for one in ensemble.inputs]
    ranks = ensemble.random(4000, seed=3)
    drawn = ensemble.draws(ranks)
    shocks = drawn.shocks["intensity"]
    span = (drawn.years > 2024) & (drawn.years <= 2030)
    wanted = stats.norm.ppf(ranks[:, names.index("growth:intensity")])
    assert np.allclose(shocks[:, span].sum(axis=1) / np.sqrt(span.sum()), wanted)
    # Of 1,024 sets a correlation has a standard error of .031; four of them.
    assert np.corrcoef(shocks, rowvar=False) == pytest.approx(np.eye(drawn.years.size), abs=0.125)
    assert stats.kstest(shocks[:, span].ravel(), "norm").pvalue > 0.001
    # The nowcast of a higher rank is higher in its last year.
    order = np.argsort(ranks[:, names.index("nowcast")])
    assert (np.diff(drawn.bridge.log_change[order, -1]) >= 0).all()


def test_inputs_that_can_be_learnt_come_first_and_say_how(ensemble):
    worth = worth_knowing(study(ensemble, members=3000, seed=2))
    learnt = [one.input.can_be_learnt for one in worth]
    assert learnt == sorted(learnt, reverse=True)
    doubts = [one.doubt for one in worth if one.input.can_be_learnt]
    assert doubts == sorted(doubts, reverse=True)
    assert all(one.how_en and one.how_zh for one in worth)
    assert worth[0].doubt > worth[0].spread


PAIR = Correlation("energy_efficiency:reduction", "ccus:capture_rate", 0.7, "ASSUME: for a test")


def test_correlated_draws_have_the_rank_correlation_asked_for_and_their_own_distribution(scenarios):
    park = mixed_park()
    draws = correlate(pw.sample(park, scenarios, members=4000, seed=1), [PAIR])
    first, second = draws.uniforms[PAIR.first], draws.uniforms[PAIR.second]
    assert stats.spearmanr(first, second).statistic == pytest.approx(0.7, abs=0.03)
    for one in (first, second):
        assert stats.kstest(one, "uniform").pvalue > 0.001


def test_first_members_of_a_correlated_ensemble_do_not_depend_on_its_size(scenarios):
    park = mixed_park()
    few, many = (correlate(pw.sample(park, scenarios, members=n, seed=1), [PAIR]) for n in (50, 200))
    for name, values in few.uniforms.items():
        assert np.array_equal(values, many.uniforms[name][:50])


def test_correlations_that_cannot_be_are_refused(scenarios):
    draws = pw.sample(mixed_park(), scenarios, members=5, seed=1)
    triple = [
        Correlation("ccus:capture_rate", "energy_efficiency:reduction", 0.9, "t"),
        Correlation("energy_efficiency:reduction", "factor:coal", 0.9, "t"),
        Correlation("ccus:capture_rate", "factor:coal", -0.9, "t"),
    ]
    with pytest.raises(PathwayError, match="contradict one another"):
        correlate(draws, triple)
    with pytest.raises(PathwayError, match="more than once"):
        correlate(draws, [PAIR, replace(PAIR, first=PAIR.second, second=PAIR.first)])
    with pytest.raises(PathwayError, match="drawn once for all parks"):
        correlate(draws, [Correlation("shared:slope", "factor:coal", 0.5, "t")])
    with pytest.raises(RecordError, match="not between -1 and 1"):
        Correlation("a", "b", 1.0, "t")
    with pytest.raises(RecordError, match="not correlated with itself"):
        Correlation("a", "a", 0.5, "t")


def test_shipped_correlations_name_draws_that_exist_and_are_assumed(scenarios):
    draws = pw.sample(mixed_park(), scenarios, members=2, seed=1)
    names = {*draws.uniforms, *draws.normals}
    for pair in read_correlations():
        assert {pair.first, pair.second} <= names
        assert pair.source.startswith("ASSUME: ")
    assert correlate(draws, []) is draws


def test_faulty_correlations_are_told_by_line(tmp_path):
    path = tmp_path / "pairs.yml"
    path.write_text("correlations:\n  - {first: a, second: b, rank: 2.0, source: t}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_correlations(path)


def test_sobol_refuses_correlated_inputs(scenarios):
    tied = Ensemble(mixed_park(), scenarios["deep"], correlations=(PAIR,))
    with pytest.raises(PathwayError, match="independent inputs"):
        sobol(tied)
    evaluated = study(tied, members=800, seed=1)
    columns = [one.name for one in tied.inputs]
    first, second = (evaluated.ranks[:, columns.index(name)] for name in (PAIR.first, PAIR.second))
    assert stats.spearmanr(first, second).statistic == pytest.approx(0.7, abs=0.07)
