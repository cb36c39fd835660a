"""Figures of gaps and of hindcasts: complete, bilingual, without a missing glyph; nothing runs out of them."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from ensembles import hill, mixture, pathways_of, rising
from figures import overhang, said

from pathway_models import plotting
from pathway_models.baseline.laws.damped_trend import DampedTrend
from pathway_models.baseline.windows import Subject
from pathway_models.figures.style import WITH, WITHOUT
from pathway_models.gaps.analysis import gaps
from pathway_models.gaps.sentences import gap_name
from pathway_models.hindcast import figures as hindcast_plots
from pathway_models.hindcast import sentences as hindcast_sentences
from pathway_models.hindcast.evaluation import hindcast_windows
from pathway_models.intake.assumptions import read_baselines
from pathway_models.intake.panels import read_hindcasts, read_panel
from pathway_models.intake.parks import read_park
from pathway_models.language.words import INVENTED
from pathway_models.peaks.finding import find_peaks

CHINESE = re.compile(r"[\u4e00-\u9fff]")
STEEL = read_park("demo-steel")
TOTALS = {"bau": mixture((60, rising()), (40, hill(2035))), "deep": mixture((70, hill(2018)), (30, hill(2024)))}
TESTED = pd.DataFrame(
    {
        "status": ["peaked", "rising", "unknown", "plateau", "unknown"],
        "p_peaked": [0.01, 1.0, 0.4, 0.3, np.nan],
        "noise": [0.02, 0.04, 0.15, 0.03, np.nan],
        "false_alarm": [0.01, 0.02, 0.05, 0.03, np.nan],
        "miss_2": [0.1, 0.4, 0.97, 0.3, np.nan],
        "miss_3": [0.0, 0.2, 0.9, 0.1, np.nan],
    }
)


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def found():
    pathways = pathways_of(TOTALS, park_id="demo-steel")
    return gaps(STEEL, pathways, find_peaks(pathways))


@pytest.fixture(scope="module")
def cast():
    law = DampedTrend(parameters=read_baselines().trends["emissions"])
    panel = read_panel("provinces")
    return hindcast_windows(Subject(panel), 5, 10, seed=1, law=law, is_fixed=True), panel


RELIABILITY = (read_hindcasts("reliability"), read_hindcasts("event_reliability"))
DRAWN = {
    "gaps": lambda found, cast, lang: plotting.gaps(found, lang=lang),
    "origins": lambda found, cast, lang: hindcast_plots.origins(*cast, "Hebei", lang=lang),
    "skill": lambda found, cast, lang: hindcast_plots.skill(read_hindcasts("summary"), lang=lang),
    "coverage": lambda found, cast, lang: hindcast_plots.coverage(read_hindcasts("summary"), lang=lang),
    "calibration": lambda found, cast, lang: hindcast_plots.calibration(read_hindcasts("deciles"), lang=lang),
    "reliability": lambda found, cast, lang: hindcast_plots.peak_reliability(*RELIABILITY, lang=lang),
    "error_rates": lambda found, cast, lang: hindcast_plots.error_rates(TESTED, lang=lang),
}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", DRAWN)
def test_nothing_runs_out_of_a_figure_and_no_glyph_is_missing(name, lang, found, cast):
    assert overhang(DRAWN[name](found, cast, lang)) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_each_figure_speaks_one_language(name, found, cast):
    english, chinese = (said(DRAWN[name](found, cast, lang)) for lang in ("en", "zh"))
    own = [text for text in english if CHINESE.search(text.replace(INVENTED, ""))]
    assert own == []
    assert any(CHINESE.search(text) for text in chinese)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_invented_park_is_marked_in_its_gaps(lang, found):
    assert any(text.startswith(f"[{INVENTED}]") for text in said(plotting.gaps(found, lang=lang)))


def test_gaps_that_cannot_be_computed_have_no_panel(found):
    computed = [entry for entry in found.entries if entry.values is not None]
    titles = [gap_name(found, entry, "en") for entry in computed]
    shown = [text.replace("\n", " ") for text in said(plotting.gaps(found))]
    assert [title for title in titles if title in shown] == titles
    assert sum(re.fullmatch(r"[<>]?\d+ %", text) is not None for text in shown) == len(computed) * len(TOTALS)


SAID = {
    "skill": lambda lang: hindcast_sentences.skill(read_hindcasts("summary"), lang=lang),
    "coverage": lambda lang: hindcast_sentences.coverage(read_hindcasts("summary"), lang=lang),
    "calibration": lambda lang: hindcast_sentences.calibration(read_hindcasts("deciles"), lang=lang),
    "combination": lambda lang: hindcast_sentences.combination(read_hindcasts("combination"), lang=lang),
    "peaks": lambda lang: hindcast_sentences.peaks(read_hindcasts("peaks"), lang=lang),
    "observed": lambda lang: hindcast_sentences.observed(TESTED, lang=lang),
}


@pytest.mark.parametrize("name", SAID)
def test_each_sentence_says_the_same_numbers_in_both_languages(name):
    numbers = [re.findall(r"\d+\.\d+", SAID[name](lang)) for lang in ("en", "zh")]
    assert numbers[0] == numbers[1]


def test_the_skill_sentence_names_the_panels_that_lose_to_persistence():
    assert "30 provinces from 8 years on" in SAID["skill"]("en")


def test_series_that_cannot_be_tested_are_counted_as_such():
    assert SAID["observed"]("en").startswith("Of 5 series, 4 have eight unbroken years. Peaked: 1, still rising: 1")


def test_the_turn_is_measured_on_both_sides_of_its_year():
    years = np.arange(2001, 2020)
    growth = np.where(years[1:] >= 2012, 0.01, 0.08)
    logs = np.concatenate([[0.0], np.cumsum(growth)])[None]
    said_so = hindcast_sentences.turn(logs, years)
    assert said_so.startswith("The median region grew by 8.0% a year in 2002-2011 and by 1.0% a year in 2012-2019.")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figure_of_reliability_draws_the_law_in_force_and_the_one_before_it_faintly(lang):
    _, now = RELIABILITY
    figure = hindcast_plots.peak_reliability(*RELIABILITY, lang=lang)
    panels = list(dict.fromkeys(now["panel"]))
    assert len(figure.axes) == len(panels)
    for ax, panel in zip(figure.axes, panels, strict=True):
        rows = now[(now["panel"] == panel) & (now["cases"] == "all") & (now["forecasts"] >= 20)]
        (drawn,) = [line for line in ax.lines if line.get_label() == {"en": "the law in force", "zh": "现行模型"}[lang]]
        assert drawn.get_xdata().tolist() == rows["forecast"].tolist()
        assert drawn.get_ydata().tolist() == rows["frequency"].tolist()
        (former,) = [line for line in ax.lines if line.get_linestyle() == "--"]
        assert (former.get_color(), drawn.get_color()) == (WITHOUT, WITH)
    plt.close(figure)
