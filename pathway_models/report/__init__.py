"""The special report a park hands in and its audit workbook: one content, four formats."""

from pathway_models.documents.docx import to_docx
from pathway_models.documents.html import to_html
from pathway_models.documents.typst import to_pdf
from pathway_models.report.audit_workbook import to_xlsx
from pathway_models.report.content import build_report
from pathway_models.report.inputs import Manifest, ReportInputs, gather, search_package

__all__ = [
    "Manifest",
    "ReportInputs",
    "build_report",
    "gather",
    "search_package",
    "to_docx",
    "to_html",
    "to_pdf",
    "to_xlsx",
]
