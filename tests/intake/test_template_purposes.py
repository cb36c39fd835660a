"""Templates for one purpose: fewer rows and sheets, the same meaning, and nothing missing that the purpose needs."""

import openpyxl
import pytest

from pathway_models.compliance.judging import CORE, STATED
from pathway_models.core.errors import InputError
from pathway_models.intake.rules import read_profile
from pathway_models.intake.workbook.layouts import purposes, template_layout
from pathway_models.intake.workbook.template import write_template
from pathway_models.inventory.indicators import FORMULAS


def rows_of(path, year="2025"):
    sheet = openpyxl.load_workbook(path)[year]
    return [cell.value for cell in sheet["A"] if cell.value in template_layout().entries()]


@pytest.mark.parametrize("purpose", purposes())
def test_rows_of_a_purpose_are_rows_of_the_template_in_its_order(tmp_path, purpose):
    write_template(tmp_path / "whole.xlsx", [2025])
    write_template(tmp_path / "part.xlsx", [2025], purpose=purpose)
    whole, part = rows_of(tmp_path / "whole.xlsx"), rows_of(tmp_path / "part.xlsx")
    assert part == [key for key in whole if key in part]
    assert (len(part) == len(whole)) == (purpose == "special-report")


def test_the_zero_carbon_template_asks_for_everything_its_indicators_need(tmp_path):
    write_template(tmp_path / "part.xlsx", [2025], purpose="zero-carbon")
    entries = template_layout().entries()
    asked = {(entries[key].quantity, entries[key].item) for key in rows_of(tmp_path / "part.xlsx")}
    profile = read_profile("zero_carbon_910")
    needed = {need for one in profile.indicators if one.formula in FORMULAS for need in FORMULAS[one.formula].needs}
    needed |= set(STATED) if any(one.formula == CORE for one in profile.indicators) else set()
    assert needed <= asked


def test_an_unknown_purpose_is_refused(tmp_path):
    with pytest.raises(InputError, match="one of special-report"):
        write_template(tmp_path / "a.xlsx", [2025], purpose="party")
    assert not (tmp_path / "a.xlsx").exists()
