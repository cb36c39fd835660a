"""An executed notebook as one HTML page, by an exporter that is built once a process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML, clean_html
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Notebooks here say below every figure what it shows.
ALT = "Figure; the sentence below says what it shows. 图：结论见其下文字。"
_REACHED = re.compile(r'<div class="([^"]*\b(?:jp-Cell-inputWrapper|jp-OutputArea-output)(?![\w-])[^"]*)"([^>]*)>')
_IMAGE = re.compile(r"<img(?![^>]*\balt=)([^>]*)>")


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter without its second pass, which reads the finished page of a megabyte again.

    What that pass adds (places for the keyboard, descriptions of images) is put in while the page is text.
    Cells that many notebooks share are coloured once a process.
    """

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of nbconvert, with a memory for the cleaning of code."""
        yield from super().default_filters()
        yield "clean_html", lru_cache(maxsize=512)(clean_html)
        coloured = lru_cache(maxsize=512)(Highlight2HTML(pygments_lexer="ipython3", parent=self))
        yield "highlight_code", lambda source, language=None, metadata=None: coloured(source, language)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook."""
        resources = self._init_resources(resources)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **options)
        page = _REACHED.sub(r'<div class="\1"\2 tabindex="0">', page)
        return _IMAGE.sub(rf'<img alt="{ALT}"\1>', page), resources


@cache
def _exporter() -> PageExporter:
    return PageExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True)


def to_html(notebook: NotebookNode | None) -> str:
    """Render an executed notebook; with ``None``, only build what the first page would have to wait for."""
    if notebook is None:
        from nbformat.v4 import new_code_cell, new_notebook

        notebook = new_notebook(cells=[new_code_cell("1 + 1")])
    return _exporter().from_notebook_node(notebook)[0]
