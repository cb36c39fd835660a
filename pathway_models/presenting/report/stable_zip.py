"""Documents that are archives, written so that the same content is the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx.document import Document

#: The moment every file claims to be of: a document of the same run is the same, whenever it is made.
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
MAKER = "pathway_models"


def stable_docx(word: Document, title: str = "", lang: str = "") -> bytes:
    """Word document as bytes, without the time and the user of this machine."""
    about = word.core_properties
    about.author = about.last_modified_by = MAKER
    about.created = about.modified = about.last_printed = MOMENT.replace(tzinfo=None)
    about.title, about.language, about.comments, about.keywords = title, lang, "", ""
    about.revision = 1
    raw = io.BytesIO()
    word.save(raw)
    return stable_zip(raw.getvalue())


def stable_zip(content: bytes) -> bytes:
    """The same archive with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return out.getvalue()
