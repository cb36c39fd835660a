"""Pictures carry their values: under the pointer on pages, and as a table; no script, nothing of a stranger runs."""

import base64
import csv
import io
from urllib.parse import unquote

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from ensembles import hill, mixture, pathways_of, rising
from markupsafe import Markup

from pathway_models import plotting
from pathway_models.batch.notebook_page import to_html
from pathway_models.documents.markup import told_picture, values_of
from pathway_models.figures.canvas import sheet, tell
from pathway_models.peaks.finding import find_peaks

TOTALS = {"bau": mixture((60, rising()), (40, hill(2035))), "deep": hill(2020)}


@pytest.fixture(autouse=True)
def figures():
    with mpl.rc_context():
        yield
        plt.close("all")


def png(figure):
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=50)
    return out.getvalue()


@pytest.mark.parametrize(("lang", "middle"), [("en", "median"), ("zh", "模拟结果中位数")])
def test_a_fan_tells_its_band_year_by_year_and_its_peak_years(lang, middle):
    pathways = pathways_of(TOTALS)
    peaks, bands = values_of(png(plotting.fan(pathways, "bau", lang=lang)))
    at = bands["head"].index(middle)
    told = {row[0]: float(row[at].replace(",", "")) for row in bands["rows"]}
    expected = np.median(pathways.total()[0], axis=0) / (1e6 if lang == "en" else 1e4)
    assert list(told.values()) == pytest.approx(expected, rel=5e-3)
    assert peaks["rows"][-1][1].replace(" ", "") == "60%"


def test_places_of_years_follow_one_another_over_the_axes():
    figure = plotting.fans(pathways_of(TOTALS), ["bau", "deep"])
    tables = values_of(png(figure))
    for table, ax in zip(tables[-2:], figure.axes[:2], strict=True):
        left, top, width, height = np.array(table["places"]).T
        box = ax.get_position()
        assert np.all(width > 0)
        assert np.all(np.abs(np.diff(left) - width[:-1]) <= 1.5)
        assert left[0] >= 1000 * box.x0 - 1
        assert (left + width)[-1] <= 1000 * box.x1 + 1
        np.testing.assert_allclose(top, 1000 * (1 - box.y1), atol=1)
        np.testing.assert_allclose(height, 1000 * box.height, atol=1)


def test_a_picture_without_values_stays_as_it_is_and_what_is_no_picture_tells_nothing():
    figure, _ = sheet("en")
    image = Markup("<img>")
    assert values_of(png(figure)) == []
    assert told_picture(image, png(figure), "en") == image
    assert values_of(b"no picture") == []


def test_names_of_strangers_are_shown_and_never_run():
    figure, (ax,) = sheet("en")
    evil = '"><script>alert(1)</script>'
    tell(ax, np.array([[0, 0, 1, 1]]), [evil, "=1+1"], [[evil, "=2+2"]], evil)
    told = BeautifulSoup(told_picture(Markup("<img>"), png(figure), "en"), "html.parser")
    assert told.script is None
    assert evil in told.i["data-say"]
    table = unquote(told.a["href"].partition(",")[2]).lstrip("\ufeff")
    assert list(csv.reader(io.StringIO(table))) == [[evil, evil, "'=1+1"], [evil, evil, "'=2+2"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_of_a_notebook_tells_values_and_offers_them(lang):
    pathways = pathways_of(TOTALS)
    picture = base64.b64encode(png(plotting.peak_years(find_peaks(pathways), lang=lang))).decode()
    shown = nbformat.v4.new_output("display_data", {"image/png": picture})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("plot", outputs=[shown])])
    page = BeautifulSoup(to_html(notebook, lang=lang), "html.parser")
    parts = page.select(".pw-told > i")
    assert len(page.select(".pw-told > img")) == 1
    assert any(part["data-say"].endswith("60 %" if lang == "en" else "60%") for part in parts)
    (link,) = page.select("a.pw-values")
    assert link["download"].endswith(".csv")
    assert "pw-told" in page.style.parent.decode()
    assert page.select("script") == []
