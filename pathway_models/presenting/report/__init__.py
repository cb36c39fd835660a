"""The special report a park hands in, and its twin as a spreadsheet: one content, set in four formats."""

from pathway_models.presenting.report.content import build_report
from pathway_models.presenting.report.docx import to_docx
from pathway_models.presenting.report.html import to_html
from pathway_models.presenting.report.material import Manifest, Material, gather, search_package
from pathway_models.presenting.report.twin import to_xlsx
from pathway_models.presenting.report.typst import to_pdf

__all__ = [
    "Manifest",
    "Material",
    "build_report",
    "gather",
    "search_package",
    "to_docx",
    "to_html",
    "to_pdf",
    "to_xlsx",
]
