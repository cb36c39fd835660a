"""The register of peak rules: documented, uniform, and shown on the peak that did not hold."""

import inspect
import re

import numpy as np
import pytest
from data_reading import DATA, rows_of
from hypothesis import given
from hypothesis import strategies as st
from peak_rule_tables import table_after
from peak_series import judged, tent

from pathway_models.kernels.observed_peak import as_record
from pathway_models.kernels.published_rules import COMPANIONS, RULES, VERDICTS, RuleResult

REGISTER = table_after(["rule", "peaked when"])
FALSE_PEAK = table_after(["rule", "as of 2016"])
CONFIDENCE = {"verbatim", "verbatim abstract", "background", "part", "own"}

#: Rules without simulated critical values, and those that neither name years nor count leap days.
EXACT = sorted(set(RULES) - {"observed_peak_test"})
WITHOUT_CALENDAR = sorted(set(EXACT) - {"lequere2019", "hausfather2021", "lamb2022"})
#: The year of a maximum in 2005 by rules that date it otherwise: a trailing five-year mean is highest two years later.
OTHER_YEARS = {"bersalli2023": 2007}

emissions = st.lists(st.integers(1, 1000), min_size=1, max_size=40)


def guan_inventory():
    rows = rows_of(DATA / "raw" / "published" / "guan2018_inputs.csv")
    return [int(row["year"]) for row in rows], [float(row["total_mtco2"]) for row in rows]


def test_the_page_describes_exactly_the_rules_of_the_register():
    assert [row[0].split("`")[1] for row in REGISTER] == list(RULES)


@pytest.mark.parametrize("row", REGISTER, ids=lambda row: row[0])
def test_doi_and_confidence_on_the_page_are_those_of_the_register(row):
    rule = RULES[row[0].split("`")[1]]
    assert row[4] == (f"{rule.doi} ({rule.doi_confidence})" if rule.doi else "none")
    assert row[5] == rule.confidence
    assert rule.confidence in CONFIDENCE
    assert rule.citation


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_the_same_signature_and_says_where_it_is_valid(name):
    parameters = inspect.signature(RULES[name].apply).parameters
    assert list(parameters)[:3] == ["years", "values", "as_of"]
    assert parameters["as_of"].kind is inspect.Parameter.KEYWORD_ONLY
    assert set(RULES[name].companions) <= set(parameters) & set(COMPANIONS)
    assert "Valid for" in RULES[name].apply.__doc__


@pytest.mark.parametrize("row", FALSE_PEAK, ids=lambda row: row[0])
def test_the_peak_of_2013_that_did_not_hold_seen_from_2016_and_2019(row):
    name = row[0].strip("`")
    for as_of, expected in zip((2016, 2019), row[1:], strict=True):
        verdict, _, year = expected.partition(" ")
        result = RULES[name].apply(*guan_inventory(), as_of=as_of)
        assert (result.verdict, result.peak_year) == (verdict, int(year) if year else None), result.detail


def test_the_false_peak_is_shown_under_every_rule():
    assert [row[0].strip("`") for row in FALSE_PEAK] == list(RULES)


def test_the_published_maximum_is_that_of_the_inventory_known_in_2016():
    rows = rows_of(DATA / "raw" / "published" / "guan2018_published.csv")
    published = {row["quantity"]: row["value"] for row in rows}
    record = as_record(*guan_inventory(), 2016)
    assert record.peak_year == int(published["peak_year_1997_2016"])
    assert round(record.values.max() / 1000, 2) == float(published["peak_emissions"])


def test_the_break_of_the_false_peak_comes_out_of_the_recursive_form_only():
    years, values = guan_inventory()
    assert "from 2015" in RULES["guan2018"].apply(years, values, as_of=2016).detail
    least_squares = RULES["guan2018"].apply(years, values, as_of=2016, variant="ols")
    assert least_squares.verdict == "not_peaked"
    assert "p = 0.24" in least_squares.detail


@pytest.mark.parametrize("name", sorted(set(RULES) - {"lequere2019", "hausfather2021", "guan2018"}))
def test_a_clear_old_peak_is_a_peak_by_every_rule_without_a_calendar(name):
    result = judged(name, tent(15, 15))
    assert (result.verdict, result.peak_year) == ("peaked", OTHER_YEARS.get(name, 2005))


@pytest.mark.parametrize("name", RULES)
def test_a_rising_series_is_never_peaked(name):
    assert judged(name, tent(30, 0)).verdict in ("rising", "not_peaked", "unknown")


@pytest.mark.parametrize("name", RULES)
def test_one_year_tells_no_rule_anything(name):
    result = judged(name, [100.0])
    assert result.verdict == "unknown"
    assert result.detail


@pytest.mark.parametrize("name", RULES)
def test_what_comes_after_the_year_of_judgement_is_not_looked_at(name):
    known, later = tent(15, 15), [500.0, 600.0]
    with_later = judged(name, [*known, *later], as_of=1990 + len(known) - 1)
    assert with_later == judged(name, known)


@given(values=emissions, name=st.sampled_from(EXACT))
def test_the_unit_of_emissions_changes_no_verdict(values, name):
    # A power of two scales without rounding, so that not even a threshold moves.
    before, after = judged(name, np.array(values, float)), judged(name, np.array(values, float) * 1024)
    assert (before.verdict, before.peak_year) == (after.verdict, after.peak_year)
    assert before.verdict in VERDICTS


@given(values=emissions, name=st.sampled_from(WITHOUT_CALENDAR), shift=st.integers(1, 99))
def test_rules_without_a_calendar_do_not_care_when_the_series_was_observed(values, name, shift):
    early, late = judged(name, values, 1900), judged(name, values, 1900 + shift)
    assert early.verdict == late.verdict
    assert (early.peak_year is None) == (late.peak_year is None)
    assert early.peak_year is None or late.peak_year - early.peak_year == shift


@pytest.mark.parametrize(
    ("name", "needs_every_year"), [(row[0].split("`")[1], row[0].endswith("*")) for row in REGISTER]
)
def test_rules_that_need_every_year_name_the_missing_one(name, needs_every_year):
    years = np.delete(np.arange(1990, 2021), 12)
    result = RULES[name].apply(years, np.delete(tent(15, 15), 12))
    if needs_every_year:
        assert result.verdict == "unknown"
        assert "no value for 2002" in result.detail
    elif name != "hausfather2021":
        assert result.verdict == "peaked"


@pytest.mark.parametrize(
    ("years", "values", "message"),
    [
        ([2000, 2001], [1.0], "expected one value a year"),
        ([2001, 2000], [1.0, 2.0], "years do not increase"),
        ([2000, 2000], [1.0, 2.0], "years do not increase"),
        ([2000, 2001], [1.0, -2.0], "missing, infinite or negative"),
        ([2000, 2001], [1.0, np.nan], "missing, infinite or negative"),
    ],
)
def test_impossible_series_are_refused(years, values, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        RULES["c40"].apply(years, values)


def test_only_known_verdicts_and_variants_exist():
    with pytest.raises(ValueError, match="verdict = 'perhaps'"):
        RuleResult("perhaps", None, "")
    with pytest.raises(ValueError, match="variant = 'squares'"):
        judged("guan2018", tent(15, 15), variant="squares")
    with pytest.raises(ValueError, match="companion series"):
        judged("lamb2022", tent(15, 15), ghg=[1.0])
