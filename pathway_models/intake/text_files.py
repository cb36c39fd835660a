"""Reading text files of unknown origin: UTF-8 with or without BOM, GB18030, gzip when the name says so."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError


def read_text(path: Path) -> str:
    """Read a text file.

    Raises
    ------
    InputError
        The file is missing, is not text, or is neither UTF-8 nor GB18030.
    """

    def refuse(place: str, expected: str, remedy: str, code: str) -> InputError:
        return InputError([Fault(path.name, place, "", expected, remedy, code=code)])

    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (FileNotFoundError, IsADirectoryError):
        raise refuse("file", "an existing file", "check the name", "no_file") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise refuse("file", "a gzip file", "pack it again, or give it without .gz", "not_gzip") from None
    if b"\x00" in content:
        raise refuse(f"byte {content.index(0)}", "text", "save the table as CSV UTF-8", "not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            place = f"byte {error.start}"
    raise refuse(place, "UTF-8 or GB18030 text", "save the table as CSV UTF-8", "encoding")
