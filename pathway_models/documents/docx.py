"""The report as a Word document, filled into a template that a user may edit in Word."""

import io
import zipfile
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from pathway_models.core import Fault, InputError
from pathway_models.documents.blocks import Block, Figure, Heading, Paragraph, Report, Table, unbroken
from pathway_models.documents.word_fields import finish, stable_docx

TEMPLATES = Path(__file__).with_name("templates")
#: A template with many pictures has a few MB.
LARGEST_FILE, LARGEST_UNPACKED = 20 * 2**20, 64 * 2**20
#: Width of every figure, nearly that of the text, so that all have one scale.
FIGURE_WIDTH = Mm(150)


class Picture:
    """A figure as docxtpl puts it into a run, with its alternative text."""

    def __init__(self, template: DocxTemplate, figure: Figure) -> None:
        self.template, self.figure = template, figure

    def __html__(self) -> str:
        """Return the markup of the picture; drawn on request, so that a figure the template omits is never drawn."""
        part = self.template.docx.part
        inline = part.new_pic_inline(io.BytesIO(self.figure.png), FIGURE_WIDTH, None)
        inline.docPr.set("descr", self.figure.alt)
        inline.docPr.set("name", f"figure {self.figure.number}")
        return f'</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'

    __str__ = __html__


class Placed:
    """A block for templates, with its kind as flags (``is_chapter``, ``is_table``, ...: see ``docs/report.md``).

    It has ``text``, ``caption``, ``number``, ``head``, ``rows``, ``note`` and ``picture``.
    """

    def __init__(self, template: DocxTemplate, block: Block) -> None:
        role = block.role if isinstance(block, Paragraph) else ""
        self.is_chapter = isinstance(block, Heading) and block.level == 1
        self.is_section = isinstance(block, Heading) and block.level == 2
        self.is_body, self.is_bullet, self.is_note = (role == name for name in ("body", "bullet", "note"))
        self.is_answer, self.is_label = role == "answer", role == "label"
        self.is_table, self.is_figure = isinstance(block, Table), isinstance(block, Figure)
        self.text = unbroken(block.full if isinstance(block, Heading) else getattr(block, "text", ""))
        self.caption, self.number = getattr(block, "caption", ""), getattr(block, "number", 0)
        self.head = getattr(block, "head", ())
        self.rows = [[unbroken(cell) for cell in row] for row in getattr(block, "rows", ())]
        self.note = unbroken(getattr(block, "note", ""))
        self.picture = Picture(template, block) if isinstance(block, Figure) else ""


def to_docx(report: Report, template: Path | None = None) -> bytes:
    """Typeset a report as a Word document.

    Parameters
    ----------
    report : Report
    template : Path, optional
        A Word file with tags; the shipped one of the report's language by default.

    Returns
    -------
    bytes
        The same for the same report and template.

    Raises
    ------
    InputError
        The template cannot be read, is no Word file, or has unknown tags.
    """
    path = template or TEMPLATES / f"report_{report.lang}.docx"
    document = _opened(path)
    given = context(document, report)
    rules = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        unknown = document.get_undeclared_template_variables(rules, given)
    except TemplateError as error:
        raise InputError([_fault(path, "tags", str(error), "tags that belong together", "template_tags")]) from None
    if unknown:
        expected = f"one of {', '.join(given)}"
        raise InputError(
            [_fault(path, f"tag {{{{ {name} }}}}", name, expected, "template_tag") for name in sorted(unknown)]
        )
    try:
        document.render(given, rules, autoescape=True)
    except TemplateError as error:
        raise InputError([_fault(path, "tags", str(error), "tags the report has", "template_tags")]) from None
    word = document.docx
    finish(word, report)
    return stable_docx(word, report.title, {"zh": "zh-CN", "en": "en"}[report.lang])


def _opened(path: Path) -> DocxTemplate:
    """Open a template; raise a fault where it cannot be used."""
    try:
        # Read first: python-docx reports a missing file and a broken one alike.
        if path.stat().st_size > LARGEST_FILE:
            raise InputError([_fault(path, "file", "", f"at most {LARGEST_FILE >> 20} MB", "template_file")])
        content = path.read_bytes()
        _refuse_large(path, content)
        document = DocxTemplate(io.BytesIO(content))
        document.init_docx()
    except OSError as error:
        raise InputError([_fault(path, "file", "", f"a file to read ({error.strerror})", "no_file")]) from None
    except InputError:
        raise
    except Exception:  # whatever is wrong with a broken archive, the user learns that it is no Word file
        raise InputError([_fault(path, "file", "", "a Word document (.docx)", "template_file")]) from None
    return document


def _refuse_large(path: Path, content: bytes) -> None:
    """Refuse an archive that unpacks to far more than a document; understated sizes make reading it fail."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_UNPACKED:
        expected = f"at most {LARGEST_UNPACKED >> 20} MB when unpacked"
        raise InputError([_fault(path, "file", f"{size >> 20} MB", expected, "template_file")])


def _fault(path: Path, place: str, value: str, expected: str, code: str) -> Fault:
    remedy = "start from a template made by scripts/build_report_templates.py; see docs/report.md for its tags"
    return Fault(path.name, place, value, expected, remedy, code=code)


def context(document: DocxTemplate, report: Report) -> dict[str, Any]:
    """Collect the variables of a template."""

    def placed(blocks: list[Block]) -> list[Placed]:
        return [Placed(document, block) for block in blocks]

    return {
        "title": report.title,
        "park_name": report.park_name,
        "mark": report.mark,
        "cover": list(report.cover),
        "header": report.header,
        "footer": report.footer,
        "run_id": report.facts["run_id"],
        "park_id": report.facts["park_id"],
        "summary_title": report.summary_title,
        "summary": [block.text for block in report.summary if isinstance(block, Paragraph)],
        "front": placed(list(report.summary)),
        "body": placed(report.blocks()),
        **{one.key: placed([one.heading, *one.blocks]) for one in report.chapters},
    }
