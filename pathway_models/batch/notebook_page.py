"""An executed notebook as one HTML page, by an exporter that is built once a process."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

import nbformat
from jinja2 import pass_context
from markupsafe import Markup
from mistune.util import safe_entity
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML, clean_html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.documents.markup import TOLD_STYLE, html, policy, told_picture
from pathway_models.documents.page_fonts import FIRST_CJK, font_face
from pathway_models.language import say

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from nbformat import NotebookNode

#: Alternative text of figures; here a sentence below every figure describes it.
ALT = "Figure; the sentence below says what it shows. 图：结论见其下文字。"
_FOCUSABLE = re.compile(r'<div class="([^"]*\b(?:jp-Cell-inputWrapper|jp-OutputArea-output)(?![\w-])[^"]*)"([^>]*)>')
_IMAGE = re.compile(r"<img(?![^>]*\balt=)([^>]*)>")
#: Placeholder of an image while the page is made, so that a megabyte need not be searched; private to this file.
_PLACE = "\ue0f0{}\ue0f1"
_PLACES = re.compile(_PLACE.format(r"(\d+)"))
_PICTURE = re.compile(f"<img[^>]*{_PLACES.pattern}[^>]*>")


#: A head of pandas in two lines, the second of which only names the rows.
_HEAD = re.compile(r"(<thead>\s*<tr[^>]*>)(.*?)</tr>\s*<tr>(.*?)</tr>\s*</thead>", re.DOTALL)
_CELL = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
_HEADS = re.compile(r"<th(?: class=\"k\")?>(.*?)</th>", re.DOTALL)
_ROW, _DATA = re.compile(r"<tr>.*?</tr>", re.DOTALL), re.compile(r"<td>(.*?)</td>", re.DOTALL)
#: Fewest letters of a cell of words: more than in a number with its unit.
WORDS = 16

#: nbconvert's template without external scripts: no script runs in a stored page.
TEMPLATE = f"""\
{{%- extends 'lab/index.html.j2' -%}}
{{% block html_head_js %}}{policy()}{{% endblock %}}
{{% block jupyter_widgets %}}{{% endblock %}}
{{% block html_head_js_mathjax %}}{{% endblock %}}
{{% block html_head_js_mermaidjs %}}{{% endblock %}}
{{% block data_markdown scoped %}}
<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown jp-OutputArea-output {{{{ extra_class }}}}"
 data-mime-type="text/markdown">
{{{{ output.data['text/markdown'] | outcome2html }}}}
</div>
{{% endblock %}}
"""


class _Outcome(IPythonRenderer):
    """Renderer of Markdown output: tags are shown as text, no local file is embedded, no link runs code."""

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False)

    def text(self, text: str) -> str:
        """Render a text that may contain character references."""
        return safe_entity(text)

    def _embed_image_or_attachment(self, src: str) -> str:
        return src


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter without its second pass, which parses the finished page of a megabyte again.

    Its additions (keyboard focus, descriptions of images) are made while the page is text.  Cells that many
    notebooks share are highlighted once a process.  The notebook is copied once and not validated again.
    """

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of nbconvert, with caches for code and texts."""
        yield from super().default_filters()
        rendered = lru_cache(maxsize=512)(lambda source: self.markdown2html({}, source))

        @pass_context
        def markdown2html(context: Context, source: str) -> str:
            attached = context.get("cell", {}).get("attachments")
            return self.markdown2html(context, source) if attached else rendered(source)

        yield "markdown2html", markdown2html
        yield "clean_html", lru_cache(maxsize=512)(clean_html)
        yield "outcome2html", lru_cache(maxsize=512)(MarkdownWithMath(renderer=_Outcome()).render)
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
        page = _FOCUSABLE.sub(r'<div class="\1"\2 tabindex="0">', page)
        page = _IMAGE.sub(rf'<img alt="{ALT}"\1>', page)
        images = resources["images"]
        lang = "zh" if self.language_code.startswith("zh") else "en"
        told = _PICTURE.sub(lambda one: told_picture(Markup(one[0]), b64decode(images[int(one[1])]), lang), page)
        page = page if told == page else told.replace("</head>", f"{TOLD_STYLE}</head>", 1)
        return _PLACES.sub(lambda place: images[int(place.group(1))], page), resources

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the active preprocessors on a notebook that is already a copy, without its images."""
        for preprocessor in self._preprocessors:
            if preprocessor.enabled:
                nb, resources = preprocessor.preprocess(nb, resources)
        resources["images"] = []
        for output in (output for cell in nb.cells for output in cell.get("outputs", ())):
            data = output.get("data", {})
            for kind in ("image/png", "image/jpeg"):
                if isinstance(data.get(kind), str):
                    resources["images"].append(data[kind])
                    data[kind] = _PLACE.format(len(resources["images"]) - 1)
        return nb, resources


def tidied(table: str) -> str:
    """Merge the two header lines of a pandas table, and mark the cells of text columns.

    Parameters
    ----------
    table : str
        HTML of a DataFrame; other HTML comes back as it is.
    """
    if 'class="dataframe"' not in table:
        return table
    table = _HEAD.sub(_one_line, table)
    rows = [_DATA.findall(row) for row in _ROW.findall(table)]
    worded = {at for row in rows for at, cell in enumerate(row) if _letters(cell) >= WORDS}
    if not worded:
        return table

    def marked(row: re.Match[str]) -> str:
        places = count()
        return _DATA.sub(lambda cell: f'<td class="w">{cell[1]}</td>' if next(places) in worded else cell[0], row[0])

    head, end, body = table.partition("</thead>")
    # The heads of the columns stand behind those of the names of rows.
    places = count(-(len(_HEADS.findall(head)) - max(map(len, rows))))
    head = _HEADS.sub(lambda cell: f'<th class="k">{cell[1]}</th>' if next(places) in worded else cell[0], head)
    return head + end + _ROW.sub(marked, body)


def _one_line(head: re.Match[str]) -> str:
    upper, lower = _CELL.findall(head[2]), _CELL.findall(head[3])
    if len(upper) != len(lower) or any(one and other for one, other in zip(upper, lower, strict=True)):
        return head[0]
    cells = (
        f'<th class="k">{below}</th>' if below else f"<th>{above}</th>"
        for above, below in zip(upper, lower, strict=True)
    )
    return f"{head[1]}{''.join(cells)}</tr></thead>"


def _letters(cell: str) -> int:
    """Count letters, a Chinese one twice."""
    return sum(2 if sign >= FIRST_CJK else 1 for sign in cell if sign.isalpha())


@cache
def _exporter() -> PageExporter:
    return PageExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True, raw_template=TEMPLATE)


#: Start of a part of the notebook: a question in bold, alone or followed by a sentence.
_QUESTION = re.compile(r"\*\*(.+?)[:：]?\*\*\s*(.*)", re.DOTALL)


def _paged(notebook: NotebookNode, lang: str) -> list[str]:
    """Convert the texts of a notebook to those of a page, in place: one language, questions as headings.

    Returns
    -------
    list of str
        The questions; the heading of the first has the id ``part-1``.
    """
    questions: list[str] = []
    for cell in notebook.cells:
        if "answer" in cell.metadata.get("tags", ()):  # the page begins with it
            cell.outputs = [one for one in cell.get("outputs", ()) if "text/html" not in one.get("data", {})]
        for data in (one.get("data", {}) for one in cell.get("outputs", ())):
            if isinstance(data.get("text/html"), str):
                data["text/html"] = tidied(data["text/html"])
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    for cell in cells:
        if cell.source.startswith("# "):  # the card has the title
            cell.source = ""
            continue
        paragraphs = cell.source.split("\n\n")
        own = [text for text in paragraphs if any(sign >= FIRST_CJK for sign in text) == (lang == "zh")] or paragraphs
        opened = _QUESTION.match(own[0])
        if opened:
            questions.append(opened[1])
            own[0] = html('<h2 id="part-{at}">{name}</h2>', at=len(questions), name=opened[1]) + f"\n\n{opened[2]}"
        cell.source = "\n\n".join(own)
    return questions


def _contents(questions: list[str], lang: str) -> str:
    """Render the list of contents."""
    items = [
        html('<li><a href="#part-{at}">{name}</a></li>', at=at, name=name)
        for at, name in enumerate(questions, start=1)
    ]  # fmt: skip
    return html('<nav class="pw-contents" aria-label="{name}"><details open><summary>{name}</summary><ol>{items}</ol>'
                "</details></nav>", name=say(lang, en="Contents", zh="目录"), items=Markup("").join(items))  # fmt: skip


def to_html(notebook: NotebookNode | None, title: str = "", card: str = "", lang: str = "en") -> str:
    """Render an executed notebook; with ``None`` the batch notebook as it is, since the first page is the slowest.

    Parameters
    ----------
    notebook : NotebookNode or None
    title : str
        Of the page; that of the notebook by default.
    card : str
        HTML at the beginning of the page, our own and escaped (`batch.answer_card`); such a page has a list of
        contents, and of texts in two languages its own.
    lang : {"en", "zh"}
    """
    if notebook is None:
        notebook = nbformat.read(PARK_NOTEBOOK, as_version=4)
    if title:
        notebook.metadata["title"] = title
    exporter = _exporter()
    exporter.language_code = lang
    if not card:
        return exporter.from_notebook_node(notebook)[0]
    contents = _contents(_paged(notebook, lang), lang)
    body = exporter.from_notebook_node(notebook)[0]
    style = f"<style>{font_face(card + contents + body)}</style>"
    return body.replace("\n<main>", f"\n{style}{card}{contents}<main>", 1)
