"""Sample workbooks: invented and marked so, without a fault, as their script makes them, and copied by one command."""

import subprocess
import sys

import openpyxl
import pytest
from click.testing import CliRunner
from data_reading import DATA, ROOT

import pathway_models as pw
from pathway_models.cli.data_commands import template_command
from pathway_models.intake.examination import examine_workbook

SAMPLES = sorted((DATA / "samples").glob("*.xlsx"))


def cells(path):
    """Every filled cell of a workbook, by sheet and place."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_there_is_one_of_the_thirteenth_and_one_of_the_fourteenth_plan_in_both_languages():
    assert [path.stem for path in SAMPLES] == [
        f"sample-{span}_{lang}" for span in ("2016-2020", "2021-2025") for lang in ("en", "zh")
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_invented_says_so_and_has_no_fault(path):
    examination = examine_workbook(path)
    assert [fault.code for fault in examination.of("error") + examination.of("warning")] == []
    park = examination.park
    assert park.invented
    assert "invented" in park.name_en
    assert "虚构" in park.name_zh
    assert f"sample-{park.years[0]}-{park.years[-1]}" == park.park_id == path.stem.split("_")[0]
    # 1.11 / 1.08 of the same park: both samples are one invented park at two times.
    assert pw.take_inventory(park).total()[-1] == pytest.approx(
        {2020: 1.08, 2025: 1.11}[int(park.years[-1])] * SCALE, rel=1e-3
    )


#: tCO2 of the year that the samples' lines are of.
SCALE = 40_872.263


@pytest.mark.slow
def test_the_script_makes_them_again(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make_sample_workbooks.py"), str(tmp_path)], check=True)
    for path in SAMPLES:
        assert cells(tmp_path / "samples" / path.name) == cells(path)


def test_a_command_copies_the_sample_of_the_years_asked_for(tmp_path):
    for words, name in ((["--lang", "en"], "2021-2025_en"), (["--years", "2016-2020"], "2016-2020_zh")):
        out = tmp_path / f"{name}.xlsx"
        assert CliRunner().invoke(template_command, [str(out), "--filled", *words]).exit_code == 0
        assert out.read_bytes() == (DATA / "samples" / f"sample-{name}.xlsx").read_bytes()


def test_other_years_have_no_sample_and_the_command_says_which_have(tmp_path):
    answer = CliRunner().invoke(template_command, [str(tmp_path / "a.xlsx"), "--filled", "--years", "2020"])
    assert answer.exit_code == 1
    assert "2016-2020 or 2021-2025" in answer.output
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.slow
def test_the_empty_template_asks_for_the_last_five_years_unless_told(tmp_path):
    for words, sheets in (([], range(2021, 2026)), (["--years", "2016-2020"], range(2016, 2021))):
        out = tmp_path / f"{len(words)}.xlsx"
        assert CliRunner().invoke(template_command, [str(out), *words]).exit_code == 0
        assert [name for name in openpyxl.load_workbook(out).sheetnames if name.isdecimal()] == [*map(str, sheets)]
