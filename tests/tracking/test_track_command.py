"""``pathways track`` from a new table to the annual account, with past forecasts kept."""

import csv
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.tracking import annual_report as views
from pathway_models.tracking.figures import driver_name, plan_comparison, replayed
from pathway_models.tracking.records import up_to
from pathway_models.tracking.updating import track

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
QUICK = ("--members", "60", "--until", "2040", "--format", "html")


def call(*words):
    return CliRunner().invoke(main, ["track", *words], catch_exceptions=False)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def park():
    return pw.read_park("demo-machinery")


@pytest.fixture(scope="module")
def found(park, scenarios):
    return track(up_to(park, 2018), park, scenarios.pick(["bau", "deep"]).values(), members=80, until=2040)


def test_account_and_book_are_written(tmp_path):
    said = call("demo-machinery", "--year", "2020", "--out", str(tmp_path), *QUICK)
    assert said.exit_code == 0
    folder = tmp_path / "demo-machinery"
    page = (folder / "account_2020_en.html").read_text(encoding="utf-8")
    assert "INVENTED" in page
    assert "Targets and measures for 2021" in page
    book = rows_of(folder / "forecasts.csv")
    assert [row["known"] for row in book] == ["2019", "2019", "2020", "2020"]
    assert all(0 <= float(row["p_before"]) <= 1 for row in book)


@pytest.mark.slow
def test_book_keeps_what_was_promised_and_adds_what_is_new(tmp_path):
    call("demo-machinery", "--year", "2019", "--out", str(tmp_path), *QUICK)
    first = rows_of(tmp_path / "demo-machinery" / "forecasts.csv")
    call("demo-machinery", "--year", "2020", "--out", str(tmp_path), *QUICK)
    call("demo-machinery", "--year", "2020", "--out", str(tmp_path), *QUICK)
    second = rows_of(tmp_path / "demo-machinery" / "forecasts.csv")
    assert second[: len(first)] == first
    assert len(second) == 2 * len(first)


def test_file_that_is_no_book_is_left_alone(tmp_path):
    path = tmp_path / "demo-machinery" / "forecasts.csv"
    path.parent.mkdir()
    path.write_text("name,phone\n", encoding="utf-8")
    said = call("demo-machinery", "--out", str(tmp_path), *QUICK)
    assert said.exit_code == 1
    assert "forecasts.csv" in said.output
    assert path.read_text(encoding="utf-8") == "name,phone\n"


def test_wrong_calls_are_refused_with_the_reason(tmp_path):
    for words, reason in (
        (("no-such-park",), "no-such-park"),
        (("demo-machinery", "--year", "2031"), "2031 is not on record"),
        (("demo-machinery", "--plan", "magic"), "no scenario 'magic'"),
        (("demo-machinery", "demo-steel"), "does not continue"),
    ):
        said = call(*words, "--out", str(tmp_path), *QUICK)
        assert said.exit_code in (1, 2)
        assert reason in said.output
    assert list(tmp_path.iterdir()) == []


@LANGUAGES
def test_account_tells_its_own_numbers(found, park, lang):
    said = views.answer(found, lang=lang)
    assert str(found.known) in said[0]
    assert any(driver_name(name, lang) in said[1] for name in found.deviation)
    assert len(views.targets(found, lang=lang)) == len(found.targets)
    assert len(views.forecasts(found, lang=lang)) == 2 * len(found.made)
    report = views.build_annual_report(found, park, {"account": "abc", "seed": "1"}, lang=lang)
    assert "INVENTED" in report.mark
    assert "abc" in report.footer
    figure = plan_comparison(found, park, lang=lang)
    figure.canvas.draw()
    plt.close(figure)


def test_parts_of_the_deviation_add_up_as_shown(found):
    table = views.deviations(found)
    means = table.iloc[:, 1].str.replace(",", "").astype(float).tolist()
    assert sum(means[:-1]) == pytest.approx(means[-1], abs=0.02)


@LANGUAGES
def test_account_says_when_the_forecast_was_made_anew_and_what_was_restated(found, lang):
    anew = {name: replace(one, state="re-fitted") for name, one in found.updated.items()}
    said = " ".join(views.answer(replace(found, updated=anew, restated={2017: (1.0, 2.0)}), lang=lang))
    assert any(word in said for word in ("re-fitted", "重新拟合"))
    assert "2017" in said


@LANGUAGES
def test_replay_is_drawn(lang):
    from pathway_models.intake.panels import read_panel
    from pathway_models.tracking.replay import replay

    panel = read_panel("provinces").between(2010, 2016)
    figure = replayed(replay(panel.logs(), panel.years, tuple(panel.entities), members=300), lang=lang)
    figure.canvas.draw()
    plt.close(figure)
