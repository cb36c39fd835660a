"""The HTML page of a notebook is nbconvert's page without its scripts, made without reading it a second time."""

import copy
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Comment
from nbconvert import HTMLExporter

from pathway_models.batch.notebook_page import ALT, tidied, to_html

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("0[0-3]*.ipynb"))


def tree(page):
    """The page as a tree, without descriptions of images, values laid over them, and names of the colouring of code."""
    soup = BeautifulSoup(page.replace("hl-python", "hl-ipython3"), "html.parser")
    for image in soup.select("img"):
        image.attrs.pop("alt", None)
    for told in soup.select(".pw-told"):
        told.replace_with(told.img)
    # Ours has no scripts, nothing that only they would draw, and a policy in their place.
    styles = [style for style in soup.select("style") if ".jp-Mermaid" in style.text or ".pw-told" in style.text]
    for element in (*soup.select("script, meta[http-equiv]"), *styles):
        element.decompose()
    for note in soup.find_all(string=lambda text: isinstance(text, Comment)):
        note.extract()
    return re.sub(r"\n\s*(?=\n)", "", soup.prettify())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_is_the_one_nbconvert_makes(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info["pygments_lexer"] = "ipython3"
    plain = HTMLExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True)
    expected, _ = plain.from_notebook_node(copy.deepcopy(notebook))
    assert tree(to_html(notebook)) == tree(expected)


def test_no_script_is_in_the_page_and_none_would_run():
    page = BeautifulSoup(to_html(nbformat.read(NOTEBOOKS[2], as_version=4)), "html.parser")
    assert page.select("script") == []
    assert "script-src 'none'" in page.select_one("meta[http-equiv=Content-Security-Policy]")["content"]


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "![x](../secret.png)", "[x](javascript:alert(1))", "<b>", "&lt;b&gt;"]
)
def test_markdown_that_a_cell_gave_is_never_markup(text, tmp_path, monkeypatch):
    (tmp_path / "secret.png").write_bytes(b"private")
    (tmp_path / "page").mkdir()
    monkeypatch.chdir(tmp_path / "page")
    output = nbformat.v4.new_output("display_data", data={"text/markdown": text})
    cell = nbformat.v4.new_code_cell("1", outputs=[output])
    page = BeautifulSoup(to_html(nbformat.v4.new_notebook(cells=[cell])), "html.parser")
    shown = page.select_one(".jp-RenderedMarkdown")
    assert shown.select("b, script, [onerror], [href^=javascript], [src^='data:']") == []
    assert shown.text.strip() == {"![x](../secret.png)": "", "[x](javascript:alert(1))": "x", "&lt;b&gt;": "<b>"}.get(
        text, text
    )


def test_every_figure_says_that_its_finding_stands_below():
    notebook = nbformat.read(NOTEBOOKS[2], as_version=4)
    images = BeautifulSoup(to_html(notebook), "html.parser").select(".jp-OutputArea-output img")
    assert images
    assert {image["alt"] for image in images} == {ALT}


@pytest.mark.parametrize("keys", [["name"], ["family", "name"]])
def test_tables_have_one_line_of_heads_and_columns_of_words_are_told_from_those_of_numbers(keys):
    rows = [("structure", "less of it", "1,200 Mt CO₂", "the source of this number is a sentence"),
            ("structure", "more of it", "-3 points", "")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["family", "name", "value", "source"]).set_index(keys)
    found = BeautifulSoup(tidied(table.to_html()), "html.parser")
    assert [[head.text for head in row.select("th")] for row in found.select("thead tr")] == [
        [*keys, *(name for name in ("family", "name", "value", "source") if name not in keys)]
    ]
    words = [cell.text for cell in found.select("tbody .w")]
    assert words == [rows[0][3], ""]
    assert {head.text for head in found.select("thead .k")} == {*keys, "source"}
    # What a table says stays as it is.
    assert [cell.text for cell in found.select("td")] == table.astype(str).to_numpy().ravel().tolist()


def test_other_html_and_tables_without_names_of_rows_stay_as_they_are():
    plain = "<table><thead><tr><th></th></tr></thead></table>"
    assert tidied(plain) == plain
    unnamed = pd.DataFrame({"a": [1]}).to_html()
    assert tidied(unnamed) == unnamed
