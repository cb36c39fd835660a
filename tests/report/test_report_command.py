"""``pathways report``: documents of a finished run, refused where the run's numbers do not come out again."""

import json
import re

import openpyxl
import pandas as pd
import pytest
import reports
from click.testing import CliRunner
from docx import Document

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.decisions.cheapest_package import Search
from pathway_models.report.command import manifest_of, report_command, run_id_of
from pathway_models.runs import provenance
from pathway_models.runs.store import SEARCH

PARKS = ("demo-steel", "demo-electronics", "eu-leuna")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a finished run, as far as a report reads it."""
    folder = tmp_path_factory.mktemp("results") / "small"
    scenarios = pw.read_scenarios().pick(list(reports.SCENARIOS))
    for park_id in PARKS:
        park = pw.read_park(park_id)
        draws = pw.sample(park, scenarios, members=20, seed=7, until=2050)
        pathways = pw.project(park, scenarios, draws)
        pw.write_results(folder / park_id, park, scenarios, pathways, pw.find_peaks(pathways))
    parameters = {"parks": [*PARKS, "region-d"], "scenarios": list(reports.SCENARIOS), "members": 20, "seed": 7,
                  "until": 2050, "before": 2030, "lang": "en"}  # fmt: skip
    record = {"parameters": parameters, "inputs_sha256": {"levers.yml": "b" * 64}, "versions": {"numpy": "2"}}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    rows = [f"{park_id},done,1.00," for park_id in PARKS] + ["region-d,failed,1.00,a cause"]
    (folder / "status.csv").write_text("\n".join(["park_id,status,seconds,cause", *rows]) + "\n", encoding="utf-8-sig")
    return folder


def call(*arguments):
    return CliRunner().invoke(report_command, [str(one) for one in arguments], catch_exceptions=True)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["docx", "pdf", "html", "xlsx"])
def test_every_format_comes_out_of_a_run(run, tmp_path, form):
    done = call(
        run, "demo-electronics", "--format", form, "--out", tmp_path / "deep" / "er", "--no-package", "--lang", "en"
    )
    assert done.exit_code == 0, done.output
    path = tmp_path / "deep" / "er" / f"demo-electronics_en.{form}"
    assert done.output.strip() == str(path)
    starts = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF", "html": b"<!doctype html>"}
    assert path.read_bytes().startswith(starts[form])
    assert not list(path.parent.glob("*.partial"))


@pytest.mark.slow
def test_what_a_search_has_looked_at_is_kept_until_something_it_depends_on_differs(run, tmp_path, monkeypatch):
    looked = []
    work = Search._look
    monkeypatch.setattr(Search, "_look", lambda self, codes: looked.append(len(codes)) or work(self, codes))
    kept = run / "demo-electronics" / SEARCH

    def write(name, *words):
        looked.clear()
        done = call(run, "demo-electronics", "--format", "html", "--search", 4, "--out", tmp_path / name, *words)
        assert done.exit_code == 0, done.output
        return (tmp_path / name / "demo-electronics_zh.html").read_bytes()

    first = write("first")
    assert len(looked) == 1
    assert write("second") == first
    assert looked == []
    kept.write_bytes(kept.read_bytes()[:-40])
    assert write("third") == first
    assert len(looked) == 1
    write("more", "--search", 5)
    assert len(looked) == 1
    monkeypatch.setattr(provenance, "code_hash", lambda: "another")
    assert write("code") == first
    assert len(looked) == 1


@pytest.mark.slow
def test_a_document_of_another_country_is_refused_in_one_line(run, tmp_path):
    words = (run, "eu-leuna", "--no-package", "--format", "html", "--lang", "en", "--out", tmp_path)
    for kind in ("zero_carbon", "annual", "special_report"):
        refused = call(*words, "--outline", kind)
        assert (refused.exit_code, refused.stdout) == (1, "")
        (line,) = refused.stderr.splitlines()
        assert line.startswith("eu-leuna is in Germany; the ")
    assert not list(tmp_path.iterdir())
    written = call(*words, "--outline", "all")
    assert written.exit_code == 0, written.output
    assert [path.name for path in tmp_path.iterdir()] == ["eu-leuna_en.html"]


@pytest.mark.slow
def test_all_parks_that_came_out_get_a_report(run, tmp_path):
    done = call(run, "--all", "--out", tmp_path, "--no-package", "--format", "html")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{park_id}_zh.html" for park_id in sorted(PARKS)]


@pytest.mark.slow
def test_a_report_goes_into_the_run_by_default_and_carries_its_id(run):
    done = call(run, "demo-electronics", "--no-package")
    assert done.exit_code == 0, done.output
    footer = Document(run / "reports" / "demo-electronics_zh.docx").sections[0].footer
    assert manifest_of(run).run_id in "".join(line.text for line in footer.paragraphs)


def test_a_run_is_told_apart_by_its_content():
    record = {"parameters": {"seed": 1}}
    assert run_id_of(record) == run_id_of({**record, "run_id": "whatever"})
    assert run_id_of(record) != run_id_of({"parameters": {"seed": 2}})
    assert re.fullmatch("[0-9a-f]{12}", run_id_of(record))


def test_the_audit_workbook_begins_with_the_table_of_the_run(run, tmp_path):
    call(run, "demo-electronics", "--format", "xlsx", "--no-package", "--lang", "en", "--out", tmp_path / "audit.xlsx")
    assert "base data" in openpyxl.load_workbook(tmp_path / "audit.xlsx").sheetnames


def test_numbers_that_do_not_come_out_again_are_refused(run, tmp_path):
    path = run / "demo-electronics" / "pathways.csv"
    kept = path.read_text(encoding="utf-8-sig")
    lines = kept.splitlines()
    cells = dict(zip(lines[0].split(","), lines[-1].split(","), strict=True)) | {"p95_tco2": "1.0"}
    path.write_text("\n".join([*lines[:-1], ",".join(cells.values())]) + "\n", encoding="utf-8-sig")
    try:
        done = call(run, "demo-electronics", "--out", tmp_path, "--no-package")
    finally:
        path.write_text(kept, encoding="utf-8-sig")
    assert done.exit_code != 0
    assert "data or program have changed" in str(done.exception)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name parks, or give --all"),
        (["demo-steel", "--all"], "name parks, or give --all"),
        (["demo-steel", "--format", "pdf", "--template", "x.docx"], "--template is for --format docx"),
        (["demo-steel", "--search", "0"], "at least 1 member"),
        (["demo-steel", "demo-electronics", "--out", "one.docx"], "give a folder for 2 documents"),
    ],
)
def test_a_call_that_is_wrong_is_told_so(run, arguments, said):
    done = call(run, *arguments)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("park_id", ["demo-cement", "region-d"])
def test_a_park_that_did_not_come_out_has_no_report(run, park_id):
    done = call(run, park_id)
    assert done.exit_code != 0
    assert "demo-steel, demo-electronics" in str(done.exception)


def test_a_folder_without_a_run_has_no_report(tmp_path):
    done = call(tmp_path, "--all")
    assert "run.json" in str(done.exception)


def test_a_run_is_exported_by_account_each_under_its_name(run, tmp_path):
    """The stored run of 20 members, read by two accounts; without a split the carbon market is not said."""
    words = ["export", str(run), "demo-electronics", "--format", "accounts", "--out", str(tmp_path)]
    names = ("location", "zero_carbon_910", "ets")
    done = CliRunner().invoke(main, [*words, *(word for name in names for word in ("--account", name))])
    assert done.exit_code == 0, done.output
    assert "cannot be determined" in done.stderr
    table = pd.read_csv(tmp_path / "small_accounts.csv")
    assert set(table.account) == {"location", "zero_carbon_910"}
    last = table[(table.year == 2020) & (table.scenario == "bau")].set_index("account").p50_tco2
    assert last["zero_carbon_910"] == pytest.approx(3_882_334, rel=1e-6)  # docs/accounts.md, section 3
    texts = pd.read_csv(tmp_path / "small_accounts.csv", dtype=str).filter(like="_tco2").stack()
    assert texts.str.replace(".", "").str.strip("0").str.len().max() <= 9


@pytest.mark.slow
def test_one_search_serves_all_formats_and_both_languages(run, tmp_path, monkeypatch):
    searched, package = [], reports.decision("demo-steel")

    def search(park, *_, **__):
        searched.append(park.park_id)
        return package

    monkeypatch.setattr("pathway_models.decisions.cheapest_package.cheapest_package", search)
    done = call(run, "demo-steel", "--format", "html", "--format", "xlsx", "--lang", "both", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert searched == ["demo-steel"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "demo-steel_en.html", "demo-steel_en.xlsx", "demo-steel_zh.html", "demo-steel_zh.xlsx",
    ]  # fmt: skip
    assert "Advised package" in (tmp_path / "demo-steel_en.html").read_text(encoding="utf-8")
    assert "推荐措施组合" in (tmp_path / "demo-steel_zh.html").read_text(encoding="utf-8")


def test_a_report_names_the_files_of_its_own_park_only(run):
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    files = {"levers.yml": "b", "demo-steel.csv": "c", "demo-steel.projects.csv": "d", "demo-electronics.yml": "e"}
    (run / "run.json").write_text(json.dumps(record | {"inputs_sha256": files}), encoding="utf-8")
    found = manifest_of(run, "demo-steel").inputs
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert set(found) == {"levers.yml", "demo-steel.csv", "demo-steel.projects.csv"}
