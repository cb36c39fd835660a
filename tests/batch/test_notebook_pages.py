"""The HTML page of a notebook is nbconvert's page, made without reading it a second time."""

import copy
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from pathway_models.batch.notebook_page import ALT, to_html

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("0[0-3]*.ipynb"))


def tree(page):
    """The page as a tree, without descriptions of images and without the name of the colouring of code."""
    soup = BeautifulSoup(page.replace("hl-python", "hl-ipython3"), "html.parser")
    for image in soup.select("img"):
        image.attrs.pop("alt", None)
    return soup.prettify()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_is_the_one_nbconvert_makes(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info["pygments_lexer"] = "ipython3"
    plain = HTMLExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True)
    expected, _ = plain.from_notebook_node(copy.deepcopy(notebook))
    assert tree(to_html(notebook)) == tree(expected)


def test_every_figure_says_that_its_finding_stands_below():
    notebook = nbformat.read(NOTEBOOKS[2], as_version=4)
    images = BeautifulSoup(to_html(notebook), "html.parser").select(".jp-OutputArea-output img")
    assert images
    assert {image["alt"] for image in images} == {ALT}
