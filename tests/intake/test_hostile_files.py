"""Small files that would take minutes and gigabytes are refused within seconds, by their kind."""

import resource
import sys
import time
import zipfile

import pytest
from hostile_files import DESCRIPTIONS, FILLED, PARTS, PLANS, TEXTS, hostile_text, hostile_workbook
from workbook_maker import Filled

from pathway_models.core.errors import MOST_ALIKE, Fault, InputError, grouped
from pathway_models.documents.docx import LARGEST_UNPACKED, _opened
from pathway_models.intake.costs import read_costs
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.panels import read_series
from pathway_models.intake.parks import HEADER, read_assets
from pathway_models.intake.workbook import safety
from pathway_models.intake.workbook.safety import safe_bytes

#: Seconds of the processor, and MB above those the program has, that a file may take.
SECONDS, MEGABYTES = 10, 1_000
#: Kinds that are tried every time.
QUICK = (
    "merged_by_character_reference", "merged_with_dots_in_the_prefix", "sheets_on_one_part", "long_shared_formula",
    "long_title", "attributes", "remarks", "column_from_far_left",
)  # fmt: skip


def refused(read, path):
    """Read within the budget; the faults."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(InputError) as found:
        read(path)
    assert time.process_time() - start < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit < MEGABYTES
    assert len(str(found.value)) < 200_000
    return found.value


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.slow) for kind in PARTS]
)
def test_a_small_workbook_of_great_effect_is_refused(tmp_path, kind):
    path = hostile_workbook(kind, tmp_path)
    assert path.stat().st_size < 2**20
    codes = {"part_unusual", "area_large", "costly", "cells_many", "unreadable"}
    assert refused(examine_workbook, path).faults[0].code in codes


@pytest.mark.parametrize("kind", FILLED)
def test_long_texts_and_thousands_of_faults_are_told_briefly(tmp_path, kind):
    def read(path):
        raise InputError(examine_workbook(path).faults)

    told = refused(read, hostile_workbook(kind, tmp_path))
    assert all(len(fault.value) <= 200 for fault in told.faults)
    assert len(told.faults) <= 5 * MOST_ALIKE


@pytest.mark.parametrize("kind", TEXTS)
def test_a_table_of_great_effect_is_refused(tmp_path, kind):
    refused(read_series, hostile_text(kind, tmp_path))


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_a_description_of_great_effect_is_refused(tmp_path, kind):
    (tmp_path / kind).write_text(DESCRIPTIONS[kind](12_000), encoding="utf-8")
    told = refused(read_costs, tmp_path / kind)
    assert {fault.code for fault in told.faults} <= {"yaml_large", "yaml_syntax", "yaml_extra_forbidden"}


@pytest.mark.parametrize("kind", [pytest.param("rows.csv", marks=pytest.mark.slow), "ids.csv", "wide.csv"])
def test_a_table_of_plans_of_great_effect_is_refused(tmp_path, kind):
    (tmp_path / kind).write_text(PLANS[kind](",".join(HEADER), 4_000), encoding="utf-8")
    assert refused(read_assets, tmp_path / kind).faults


def test_a_word_template_that_unpacks_to_gigabytes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (LARGEST_UNPACKED + 1))
    assert "when unpacked" in str(refused(_opened, tmp_path / "bomb.docx"))


def test_parts_are_counted_as_often_as_they_are_linked(tmp_path):
    """Twenty sheets on one part of 20,000 cells are 400,000 cells."""
    path = hostile_workbook("sheets_on_one_part", tmp_path)
    with pytest.raises(InputError) as found:
        safe_bytes(path)
    assert found.value.faults[0].code == "costly"


def test_an_ordinary_workbook_uses_little_of_the_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "MOST_SECONDS", safety.MOST_SECONDS / 20)
    monkeypatch.setattr(safety, "MOST_CELLS", safety.MOST_CELLS // 20)
    assert examine_workbook(Filled().write(tmp_path / "park.xlsx")).park is not None


def test_alike_faults_are_counted_and_not_all_listed():
    alike = [Fault("p.csv", f"line {n}", "x" * 6_000, "a number", "correct it", code="number") for n in range(40_571)]
    error = InputError([*alike, Fault("p.csv", "line 9", "", "a year", "correct it", code="year")])
    assert error.count == 40_572
    assert [fault.code for fault in error.faults].count("number") == MOST_ALIKE
    assert "and 40,471 more of this kind" in str(error)
    assert len(str(error)) < 40_000
    assert grouped(error.faults) == error.faults
