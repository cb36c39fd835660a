"""The headline's event: every worked member of docs/headline.md, ties, windows, and what the split must keep."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peak_rule_tables import table_after

from pathway_models.kernels.event_split import (
    AHEAD,
    NOT_BEFORE,
    OUTCOMES,
    PAST,
    WINDOW,
    peaks_before,
    settled_by,
    split,
    standard_error,
)
from pathway_models.kernels.turning_points import humps

FIRST, ISSUE, BEFORE = 2024, 2026, 2030
MEMBERS = table_after(["member", "without measures", "scenario", "outcome"], page="headline.md")


def series(text):
    return np.array([float(value) for value in text.split()])


def outcome_of(without, path):
    event, settled = peaks_before(path), settled_by(without, ISSUE - FIRST)
    return split(event, settled)[BEFORE - FIRST]


@pytest.mark.parametrize("row", MEMBERS, ids=lambda row: row[0])
def test_worked_member_falls_where_the_page_says(row):
    _, without, path, outcome, _ = row
    without, path = series(without), series(path)
    assert path.size == without.size == 11
    np.testing.assert_array_equal(path[: ISSUE - FIRST + 1], without[: ISSUE - FIRST + 1])
    assert OUTCOMES[outcome_of(without, path)].replace("_", " ") == outcome


def test_the_page_has_every_outcome():
    assert {row[3] for row in MEMBERS} == {name.replace("_", " ") for name in OUTCOMES}


totals = st.lists(st.integers(1, 60), min_size=WINDOW + 2, max_size=20)


@given(totals)
def test_the_event_is_what_its_words_say(values):
    path = np.array(values, dtype=float)
    event = peaks_before(path)
    for at in range(path.size):
        complete = 1 <= at <= path.size - WINDOW
        assert event[at] == (complete and path[at : at + WINDOW].max() <= path[:at].max())


@given(totals, st.integers(0, 19))
def test_settled_is_the_event_with_its_highest_year_at_or_before_the_issue_year(values, issue):
    path = np.array(values, dtype=float)
    issue = min(issue, path.size - 1)
    event, settled = peaks_before(path), settled_by(path, issue)
    for at in range(1, path.size):
        assert settled[at] == (event[at] and path[:at].argmax() <= issue)


@given(totals)
def test_axes_in_front_change_nothing(values):
    path = np.array(values, dtype=float)
    both = np.stack([path, path[::-1]])
    assert (peaks_before(np.stack([both, both]))[1] == np.stack([peaks_before(path), peaks_before(path[::-1])])).all()


def test_ties_do_not_exceed_and_net_sinks_follow_the_same_rule():
    level = np.full(8, 100.0)
    assert peaks_before(level)[1:4].all()
    assert peaks_before(level * (1 + 1e-10 * np.arange(8)))[3]
    assert not peaks_before(level * (1 + 1e-8 * np.arange(8)))[3]
    assert peaks_before([-5, -5, -6, -7, -8, -9.0])[1]
    assert not peaks_before([-5, -4, -6, -7, -8, -9.0])[1]


def test_a_path_too_short_to_be_confirmed_peaks_before_no_year():
    assert not peaks_before([5.0, 4, 3, 2, 1]).any()
    assert not settled_by([5.0, 4, 3, 2, 1, 0, 0], -1).any()


def test_more_action_never_moves_a_member_from_past_to_ahead_or_back():
    """Past is read on the path without measures: with less emitted ahead it stays what it is."""
    rng = np.random.default_rng(3)
    without = rng.uniform(80, 120, (500, 12))
    left = np.where(np.arange(12) <= 2, 1.0, rng.uniform(0.7, 1.0, (500, 1)))
    settled = settled_by(without, 2)
    before, after = (split(peaks_before(path), settled)[:, 6] for path in (without, without * left))
    assert ((before == PAST) == (after == PAST)).all()
    assert {PAST, AHEAD, NOT_BEFORE} == set(after.tolist())


def test_the_error_of_a_share_is_that_of_repeated_draws():
    rng = np.random.default_rng(1)
    shares = (rng.random((4000, 250)) < 0.3).mean(axis=1)
    assert shares.std() == pytest.approx(standard_error(0.3, 250), rel=0.05)
    assert np.isnan(standard_error(0.5, 0))


def test_two_humps_are_told_as_two_and_one_as_one():
    early = list(itertools.chain.from_iterable([year] * 100 for year in range(2012, 2018)))
    first, late = humps(early, 400, 2055)
    assert (first.text(2055), first.share, late.text(2055), late.share) == ("2012-2017", 0.6, ">2055", 0.4)
    assert humps(early, 100, 2055) == ()  # a seventh is no hump of its own
    spread = [year for year in range(2012, 2056) for _ in range(30)]
    assert humps(spread, 400, 2055) == ()  # no gap
    late_years = [*early, *[2050, 2051, 2052, 2053, 2054, 2055] * 60]
    assert [one.text(2055) for one in humps(late_years, 50, 2055)] == ["2012-2017", "≥2050"]
    assert humps([], 500, 2055) == ()
    assert humps(early[:90], 90, 2055) == ()  # too few to tell a gap from chance
