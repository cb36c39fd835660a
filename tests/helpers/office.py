"""Inspection of spreadsheets, and their recalculation by LibreOffice."""

import io
import os
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest


def values_of(content):
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def formulas_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"}


def stripped(content):
    """Return the workbook without cached values: any number shown has been recalculated."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text)
            new.writestr(name, text)
    return out.getvalue()


def worked_out_anew(content, folder):
    """Return the workbook recalculated by LibreOffice from its formulas; skip where it is not installed."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None and os.environ.get("CI"):
        pytest.fail("LibreOffice is missing: install libreoffice-calc-nogui, the workbook has to be worked out anew")
    if office is None:
        pytest.skip("LibreOffice is not installed here; continuous integration has it")
    path = folder / "audit.xlsx"
    path.write_bytes(stripped(content))
    # A separate profile: another open LibreOffice would take over the call and do nothing.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir",
               str(folder / "out"), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "out" / "audit.xlsx").read_bytes()
