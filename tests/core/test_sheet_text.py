"""Texts of tables: nothing that goes into one can be computed by a spreadsheet, whoever writes it."""

import ast
from pathlib import Path

import pandas as pd
import pytest

import pathway_models
from pathway_models.core.files import sheet_table, sheet_text

PACKAGE = Path(pathway_models.__file__).parent


FORMULAS = ('=HYPERLINK("http://x.invalid")', "＝1+1", "+a", "-a", "＠SUM(A1)", "@x", "\t=1", "\r=1")


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_become_texts(text):
    assert sheet_text(text) == "'" + text
    table = sheet_table(pd.DataFrame({text: [text, "plain"], "year": [2020, 2021]}))
    assert list(table.columns) == ["'" + text, "year"]
    assert table["'" + text].tolist() == ["'" + text, "plain"]


def test_every_table_of_the_package_passes_its_texts_through():
    bare = []
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    for path in (path for path, text in texts.items() if "csv" in text):
        for node in ast.walk(ast.parse(texts[path])):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(called, ast.Attribute):
                continue
            whose = ast.unparse(called.value)
            is_bare = called.attr == "to_csv" and not whose.removeprefix("files.").startswith("sheet_table(")
            is_own = whose == "csv" and called.attr in ("writer", "DictWriter") and path.name != "files.py"
            if is_bare or is_own:
                bare.append(f"{path.name}:{node.lineno}")
    assert bare == []
