"""Read files: YAML with faults located by line, text of unknown encoding; find the shipped data and notebooks.

Text may be UTF-8 with or without BOM or GB18030, and gzipped when the name says so.
"""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pathway_models.core.errors import Fault, InputError

Model = TypeVar("Model", bound=BaseModel)
Keys = tuple[str | int, ...]
#: What a file is known by while nobody has written to it: time of the last change, bytes.
Stamp = tuple[int, int]


#: Beyond these a file is no description: aliases of aliases would unfold to billions of values.
MOST_VALUES, DEEPEST, LARGEST = 200_000, 50, 20 * 2**20


class _TooLargeError(Exception):
    """The file unfolds to more than any description holds."""


def _walk(node: yaml.Node, keys: Keys, lines: dict[Keys, int], doubled: list[tuple[Keys, int]]) -> None:
    if len(lines) >= MOST_VALUES or len(keys) > DEEPEST:
        raise _TooLargeError
    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                doubled.append(((*keys, key.value), key.start_mark.line + 1))
            seen.add(key.value)
            _walk(value, (*keys, key.value), lines, doubled)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            _walk(value, (*keys, at), lines, doubled)


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    """Parse nodes and content once; by libyaml, ten times as fast, unless there is an error to put in words."""
    for kind in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
        loader = kind(text)
        try:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
        except (yaml.YAMLError, ValueError):
            if kind is yaml.SafeLoader:
                raise
        finally:
            loader.dispose()
    raise AssertionError("the second loader returns or raises")


def stamped(path: Path) -> tuple[Path, Stamp]:
    """Return a file and its stamp, so that what was read of it can be kept until it changes."""
    try:
        found = path.stat()
    except OSError:  # whoever reads it says so
        return path, (0, 0)
    return path, (found.st_mtime_ns, found.st_size)


def read_yaml(path: Path) -> tuple[Any, dict[Keys, int]]:
    """Read a YAML file and the line of each of its values.

    Raises
    ------
    InputError
        The file is missing, is not UTF-8 or not YAML, or says a key twice (which YAML readers accept silently).
    """
    lines: dict[Keys, int] = {}
    doubled: list[tuple[Keys, int]] = []
    try:
        if path.stat().st_size > LARGEST:
            raise _TooLargeError
        node, content = _parsed(path.read_text(encoding="utf-8-sig"))
        if node is not None:
            _walk(node, (), lines, doubled)
    except (_TooLargeError, RecursionError):
        remedy = "it unfolds to far more values, or deeper, than a description holds; do not trust this file"
        fault = Fault(path.name, "file", "", f"at most {MOST_VALUES} values", remedy, code="yaml_large")
        raise InputError([fault]) from None
    except OSError as error:
        remedy = f"check the name: {error.strerror}"
        raise InputError([Fault(path.name, "file", "", "a file to read", remedy, code="no_file")]) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        fault = Fault(path.name, place, "", "UTF-8 text", "save the file as UTF-8", code="not_utf8")
        raise InputError([fault]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist, such as 2020-13-45
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        what = getattr(error, "problem", None) or str(error)
        fault = Fault(path.name, place, "", "valid YAML", f"mend the syntax: {what}", code="yaml_syntax")
        raise InputError([fault]) from None
    if doubled:
        raise InputError(
            Fault(
                path.name,
                f"line {line}",
                ".".join(map(str, keys)),
                "each key once",
                "keep one of them",
                code="key_twice",
            )
            for keys, line in doubled
        )
    return content, lines


def validated(path: Path, model: type[Model]) -> tuple[Model, dict[Keys, int]]:
    """Read a YAML file into a model, and the line of each value; all faults with their lines.

    Raises
    ------
    InputError
        As `read_yaml`; or a key is missing, unknown, or has a value of the wrong kind.
    """
    content, lines = read_yaml(path)
    try:
        return model.model_validate(content if content is not None else {}), lines
    except ValidationError as error:
        raise InputError(_fault(path, lines, detail) for detail in error.errors()) from None


def line_of(lines: dict[Keys, int], keys: Keys) -> int:
    """Return the line of a value, or of the nearest thing around it (a merged ``<<`` value has no line of its own)."""
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys, 1)


def _fault(path: Path, lines: dict[Keys, int], detail: Any) -> Fault:
    keys = tuple(detail["loc"])
    name = ".".join(map(str, keys)) or "file"
    remedies = {"missing": "add it", "extra_forbidden": "remove it or correct its spelling"}
    expected = {"missing": "this key", "extra_forbidden": "a key that has a meaning here"}
    value = "" if detail["type"] == "missing" else str(detail.get("input", ""))[:80]
    return Fault(
        file=path.name,
        place=f"line {line_of(lines, keys)}, {name}",
        value=value,
        expected=expected.get(detail["type"], detail["msg"].removeprefix("Input should be ")),
        remedy=remedies.get(detail["type"], "correct the value"),
        code=f"yaml_{detail['type']}",
    )


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


#: The package itself.  Resolved once: following links takes longer than reading a cell.
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_PACKED = PACKAGE_FOLDER / "_shipped"
#: Folder with ``data`` and ``notebooks``: the repository, or the copy that the wheel holds (``setup.py``).
SHIPPED_FOLDER = _PACKED if _PACKED.is_dir() else PACKAGE_FOLDER.parent
#: The notebook that is run for every park.
PARK_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "02_park_pathways.ipynb"
#: The notebook behind ``pathways explore``.
EXPLORER_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "06_explore.ipynb"
_SHIPPED_DATA = SHIPPED_FOLDER / "data"


def data_folder() -> Path:
    """Return the folder of the shipped data, or the one named by the variable ``PATHWAY_DATA``.

    Raises
    ------
    InputError
        The variable names no folder.
    """
    given = os.environ.get("PATHWAY_DATA")
    if given and not os.path.isdir(given):
        expected, remedy = "the folder of the data", "correct the variable or leave it out"
        raise InputError([Fault("environment", "PATHWAY_DATA", given, expected, remedy, code="data_folder")])
    return Path(given) if given else _SHIPPED_DATA


def fingerprint(path: Path) -> tuple[str, str]:
    """Name and SHA-256 of a file, for the provenance of a result."""
    import hashlib  # not needed to list parks, which shall start at once

    return path.name, hashlib.sha256(path.read_bytes()).hexdigest()
