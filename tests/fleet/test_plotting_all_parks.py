"""The figure of all parks: everyone on one sheet, open ends shown, invented parks apart."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from ensembles import hill, mixture, pathways_of, rising
from figures import overhang, said

from pathway_models import plotting, tables
from pathway_models.intake.parks import read_park
from pathway_models.language.words import INVENTED
from pathway_models.peaks.finding import find_peaks

TOTALS = {
    "bau": mixture((60, rising()), (40, hill(2035))),
    "efficiency": mixture((50, hill(2031)), (50, hill(2027))),
    "deep": mixture((70, hill(2018)), (20, hill(2024)), (10, hill(2016))),
}


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


def summary_of(park_ids, totals=TOTALS, read=read_park):
    rows = []
    for park_id in park_ids:
        pathways = pathways_of(totals, park_id=park_id)
        rows += tables.summary_rows(read(park_id), find_peaks(pathways), pathways)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def everywhere(shipped_parks):
    return summary_of(shipped_parks, read=shipped_parks.get)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_parks_fit_on_one_sheet(everywhere, lang):
    figure = plotting.all_parks(everywhere, lang=lang)
    assert overhang(figure) < 0.02
    assert len(figure.axes[0].get_yticks()) == everywhere["park_id"].nunique()
    assert INVENTED in said(figure)


@pytest.mark.slow
def test_ranges_without_an_end_have_an_arrow_behind_the_horizon(everywhere):
    (ax,) = plotting.all_parks(everywhere, scenarios=("bau", "deep")).axes
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    parks = everywhere["park_id"].nunique()
    assert [len(line.get_xdata()) for line in arrows] == [parks, 0]


@pytest.mark.slow
def test_invented_parks_have_a_marker_of_their_own(everywhere):
    (ax,) = plotting.all_parks(everywhere).axes
    invented = everywhere.loc[everywhere["invented"], "park_id"].nunique()
    hollow = [line for line in ax.lines if line.get_marker() == "D"]
    assert [len(line.get_xdata()) for line in hollow] == [invented, invented]
    assert {line.get_markerfacecolor() for line in hollow} == {"white"}


@pytest.mark.slow
def test_a_summary_of_texts_is_drawn_alike(everywhere):
    (ax,) = plotting.all_parks(everywhere.astype(str)).axes
    assert sum(line.get_marker() == "D" for line in ax.lines) == 2


def test_years_in_separate_parts_have_neither_a_median_nor_a_middle_half():
    parts = {"bau": mixture((120, hill(2018)), (80, rising())), "deep": hill(2025)}
    summary = summary_of(["region-d", "region-hebei"], parts)
    (ax,) = plotting.all_parks(summary, scenarios=("bau", "deep")).axes
    assert [len(line.get_xdata()) for line in ax.lines if line.get_marker() in ("o", "s")] == [0, 2]
    assert [len(one.get_segments()) for one in ax.collections if one.get_label() == "halves"] == [0, 2]


def test_real_parks_alone_need_no_mark():
    figure = plotting.all_parks(summary_of(["region-d"]))
    assert not any(INVENTED in text or "invented" in text for text in said(figure))
    assert overhang(figure) < 0.02


def test_invented_parks_alone_are_marked():
    assert INVENTED in said(plotting.all_parks(summary_of(["demo-steel"])))


@pytest.mark.slow
def test_a_scenario_that_was_not_run_is_refused(everywhere):
    with pytest.raises(ValueError, match=re.escape("no scenario 'sinks'; it has bau, efficiency, deep")):
        plotting.all_parks(everywhere, scenarios=("bau", "sinks"))


def test_the_horizon_of_an_older_summary_is_read_from_its_years():
    figure = plotting.all_parks(summary_of(["region-d"]).drop(columns="until"))
    assert ">2055" in said(figure)


@pytest.mark.slow
def test_the_figure_of_all_parks_is_described_in_words(everywhere):
    alt = plotting.describe_all_parks(everywhere.astype(str))
    invented = everywhere.loc[everywhere["invented"], "park_id"].nunique()
    assert f"of {everywhere['park_id'].nunique()} parks and regions, {invented} of them invented" in alt
