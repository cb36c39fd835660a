"""Small files that would take minutes or gigabytes, by kind."""

import gzip
import io
import re
import zipfile

from workbook_maker import Filled, repacked

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet2.xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _before(part, mark, text):
    """Insert a text before the first match in a part."""

    def change(parts):
        content = parts[part]
        at = content.index(mark.encode())
        return {**parts, part: content[:at] + text.encode() + content[at:]}

    return change


def _inside(part, mark, text):
    """Insert a text after the opening tag of the first element of a name."""

    def change(parts):
        content = parts[part]
        head = re.search(rf"<{mark}\b[^>]*>".encode(), content)
        return {**parts, part: content[: head.end()] + text.encode() + content[head.end() :]}

    return change


def _rows(rows):
    """A sheet of raw rows."""
    text = f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}" xmlns:a.b="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return lambda parts: {**parts, SHEET: text.encode()}


def _after_rows(text):
    return _before(SHEET, "<pageMargins", text)


def _strings(items):
    return lambda parts: {**parts, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>'.encode()}


def _part(name, kind, link, text):
    """Add a part, declared and linked from a sheet."""

    def change(parts):
        folder, _, file = SHEET.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        old = parts.get(links, f"{head}</Relationships>".encode())
        new = f'<Relationship Id="rIdHostile" Type="{RELATION}/{link}" Target="/{name}"/></Relationships>'
        types = parts["[Content_Types].xml"]
        declared = f'<Override PartName="/{name}" ContentType="{TYPE}.{kind}+xml"/></Types>'
        return {
            **parts,
            name: text.encode(),
            links: old.replace(b"</Relationships>", new.encode()),
            "[Content_Types].xml": types.replace(b"</Types>", declared.encode()),
        }

    return change


def _sheets_on_one_part(parts):
    book, links = parts["xl/workbook.xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
    first = re.search(r'Id="([^"]+)"[^>]*sheet1\.xml|sheet1\.xml"[^>]*Id="([^"]+)"', links)
    name = first[1] or first[2]
    more = "".join(f'<sheet name="s{n}" sheetId="{n + 100}" r:id="{name}"/>' for n in range(900))
    return {**parts, "xl/workbook.xml": book.replace("</sheets>", f"{more}</sheets>").encode()}


def _sheets_by_links(parts):
    """As before, by a relationship each."""
    book, links = parts["xl/workbook.xml"].decode(), parts["xl/_rels/workbook.xml.rels"].decode()
    more = "".join(f'<sheet name="s{n}" sheetId="{n + 100}" r:id="x{n}"/>' for n in range(900))
    kind = f'Type="{RELATION}/worksheet" Target="worksheets/../worksheets/sheet1.xml"'
    linked = "".join(f'<Relationship Id="x{n}" {kind}/>' for n in range(900))
    return {
        **parts,
        "xl/workbook.xml": book.replace("</sheets>", f"{more}</sheets>").encode(),
        "xl/_rels/workbook.xml.rels": links.replace("</Relationships>", f"{linked}</Relationships>").encode(),
    }


def _moved(rows):
    """The second sheet stands in a part of another folder, name and ending."""

    def change(parts):
        text = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        links = parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet2.xml", b"elsewhere/picture.png")
        types = parts["[Content_Types].xml"].replace(b"worksheets/sheet2.xml", b"elsewhere/picture.png")
        kept = {name: content for name, content in parts.items() if name != SHEET}
        renamed = {"xl/elsewhere/picture.png": text, "xl/_rels/workbook.xml.rels": links, "[Content_Types].xml": types}
        return {**kept, **renamed}

    return change


def _names(text, name="a"):
    attributes = f'name="{name}"' + (' localSheetId="0"' if name[0] == "_" else "")
    return f"<definedName {attributes}>{text}</definedName>"


def _with_names(names):
    return _before("xl/workbook.xml", "<calcPr", f"<definedNames>{names}</definedNames>")


def _table(columns):
    head = f'<table xmlns="{MAIN}" id="1" name="a" displayName="a" ref="A1:B2"><tableColumns>'
    return _part("xl/tables/table9.xml", "table", "table", f"{head}{columns}</tableColumns></table>")


def _comments(authors, comments):
    text = f"<authors>{authors}</authors><commentList>{comments}</commentList>"
    return _part("xl/comments9.xml", "comments", "comments", f'<comments xmlns="{MAIN}">{text}</comments>')


def _cells_of_text(many):
    cells = "".join(f'<c r="{column}1" t="inlineStr"><is><t>a</t></is></c>' for column in "ABCDEFGHI")
    return _rows("".join(f'<row r="{n}">{cells}</row>'.replace('1"', f'{n}"') for n in range(1, many // 10)))


FORMULA = "+".join(f"A{n}" for n in range(1, 2000))
COMMENT = '<comment ref="A1" authorId="0"><text><t>a</t></text></comment>'
CONDITION = '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"/></conditionalFormatting>'

#: Changes of the parts of a sound workbook, by a large number.
PARTS = {
    "merged_by_character_reference": lambda n: _after_rows('<mergeCell ref="A1&#58;XFD1048576"/>'),
    "merged_without_letters": lambda n: _after_rows('<mergeCell ref="&#65;1:&#88;FD1048576"/>'),
    "merged_with_dots_in_the_prefix": lambda n: _after_rows(
        f'<a.b:mergeCells xmlns:a.b="{MAIN}"><a.b:mergeCell ref="A1:XFD1048576"/></a.b:mergeCells>'
    ),
    "merged_many": lambda n: _after_rows("<mergeCells>" + '<mergeCell ref="A1:A1"/>' * n + "</mergeCells>"),
    "hyperlink_area": lambda n: _after_rows('<hyperlink ref="A1:XFD1048576" location="A1"/>'),
    "hyperlinks": lambda n: _after_rows('<hyperlink ref="A1" location="A1"/>' * n),
    "drop_downs": lambda n: _after_rows('<dataValidation type="list" sqref="A1"/>' * n),
    "drop_down_areas": lambda n: _after_rows(f'<dataValidation type="list" sqref="{"A1:B2 " * n}"/>'),
    "conditions": lambda n: _after_rows(CONDITION * n),
    "condition_areas": lambda n: _after_rows(f'<conditionalFormatting sqref="{"A1:B2 " * n}"/>'),
    "rows_with_a_space": lambda n: _rows("<row >" + "<c/>" * 2 * n + "</row>"),
    "rows_empty": lambda n: _rows("<row />" * 2 * n),
    "cells_with_a_prefix": lambda n: _rows("<x:row>" + "<x:c/>" * 2 * n + "</x:row>"),
    "cells_with_dots_in_the_prefix": lambda n: _rows("<a.b:row>" + "<a.b:c/>" * 2 * n + "</a.b:row>"),
    "sheet_elsewhere": lambda n: _moved("<row>" + "<c/>" * 2 * n + "</row>"),
    "columns": lambda n: _before(SHEET, "<sheetData", '<col min="1" max="16384" width="0"/>' * n),
    "column_from_far_left": lambda n: _before(SHEET, "<sheetData", '<cols><col min="-2000000000" hidden="1"/></cols>'),
    "breaks": lambda n: _after_rows("<rowBreaks>" + '<brk id="1" man="1"/>' * n + "</rowBreaks>"),
    "sheets_on_one_part": lambda n: _sheets_on_one_part,
    "sheets_on_one_part_by_links": lambda n: _sheets_by_links,
    "xf": lambda n: _inside("xl/styles.xml", "cellXfs", "<xf/>" * n),
    "style_xf": lambda n: _inside("xl/styles.xml", "cellStyleXfs", "<xf/>" * n),
    "fonts": lambda n: _inside("xl/styles.xml", "fonts", "<font/>" * n),
    "fills": lambda n: _inside("xl/styles.xml", "fills", "<fill><patternFill/></fill>" * n),
    "borders": lambda n: _inside("xl/styles.xml", "borders", "<border/>" * n),
    "cell_styles": lambda n: _inside("xl/styles.xml", "cellStyles", '<cellStyle name="a" xfId="0"/>' * n),
    "number_formats": lambda n: _inside("xl/styles.xml", "styleSheet", '<numFmt numFmtId="200" formatCode="0"/>' * n),
    "changed_styles": lambda n: _inside("xl/styles.xml", "styleSheet", "<dxf><font><b/></font></dxf>" * n),
    "strings": lambda n: _strings("<si><t>a</t></si>" * 2 * n),
    "strings_empty": lambda n: _strings("<si/>" * 3 * n),
    "text_runs": lambda n: _strings("<si>" + "<r><t>a</t></r>" * 3 * n + "</si>"),
    "text_runs_with_looks": lambda n: _strings("<si>" + "<r><rPr><b/><i/></rPr><t>a</t></r>" * n + "</si>"),
    "one_long_string": lambda n: _strings(f"<si><t>{'a' * 60 * n}</t></si>"),
    "inline_runs": lambda n: _rows(f'<row><c t="inlineStr"><is>{"<r><t>a</t></r>" * 3 * n}</is></c></row>'),
    "comments": lambda n: _comments("<author>a</author>", COMMENT * n),
    "comment_authors": lambda n: _comments("<author>a</author>" * n, ""),
    "names": lambda n: _with_names(_names("1") * n),
    "long_name": lambda n: _with_names(_names("a!A1:B2," * n, "_xlnm.Print_Area")),
    "long_title": lambda n: _with_names(_names("$A:$B," * n, "_xlnm.Print_Titles")),
    "views": lambda n: _inside("xl/workbook.xml", "bookViews", "<workbookView/>" * n),
    "another_part": lambda n: _part("xl/a.xml", "nothing", "nothing", "<a>" + "<b/>" * n + "</a>"),
    "table": lambda n: _table('<tableColumn id="1" name="a"/>' * n),
    "long_shared_formula": lambda n: _rows(
        f'<row r="1"><c r="B1"><f t="shared" ref="B1:B20000" si="0">{FORMULA}</f></c></row>'
        + '<row r="2"><c r="B2"><f t="shared" si="0"/></c></row>' * (n // 10)
    ),
    "attributes": lambda n: _rows("<row " + " ".join(f'a{at}="1"' for at in range(n)) + "/>"),
    "deep": lambda n: _rows("<a>" * n + "</a>" * n),
    "long_attribute": lambda n: _rows(f'<row r="{"1" * 30 * n}"/>'),
    "namespaces": lambda n: _rows("".join(f'<row xmlns="a{at}"/>' for at in range(2 * n))),
    "remarks": lambda n: _rows("<!--a-->" * n),
    "raw_texts": lambda n: _strings("<si><t>" + "<![CDATA[a]]>" * n + "</t></si>"),
    "types": lambda n: _inside("[Content_Types].xml", "Types", '<Override PartName="/a" ContentType="a"/>' * n),
    "properties": lambda n: _before("docProps/core.xml", "</cp:coreProperties>", "<a/>" * n),
    "cells_of_text": _cells_of_text,
}


def _unit(length):
    return lambda filled: filled.put(2019, "bituminous", "t" * length, "unit")


def _garbage(rows):
    """Every row of a list is faulty in every cell."""
    cells = {"year": "x", "name": "=1", "entry": "y", "value": "1,2,3", "unit": "z", "grade": "q"}
    return lambda filled: filled.lists.update({"分行业": [cells] * rows})


#: Changes of a filled workbook.
FILLED = {"long_unit": _unit(6_000), "longest_unit": _unit(32_000), "rows_of_faults": _garbage(3_000)}


def hostile_workbook(kind, folder):
    """Write a workbook of a kind; return its path."""
    filled, path = Filled(), folder / f"{kind}.xlsx"
    FILLED.get(kind, lambda _: None)(filled)
    content = filled.write(path).read_bytes()
    if kind in PARTS:
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(repacked(content, PARTS[kind](120_000)))) as old,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        ):
            for name in old.namelist():
                new.writestr(name, old.read(name))
        path.write_bytes(stream.getvalue())
    return path


#: Texts of tables, by a large number.
TEXTS = {
    "bomb.csv.gz": lambda n: gzip.compress(b"entity,year,value\n" + b" " * 2_000 * n, 9),
    "lines.csv": lambda n: b"entity,year,value\n" + b",,\n" * 20 * n,
    "old_lines.csv": lambda n: b"entity,year,value\r" + b",,\r" * 20 * n,
    "one_line.csv": lambda n: b"entity,year,value\n" + b"," * 30 * n,
    "many_columns.csv": lambda n: b"," * 30 * n + b"\n",
    "open_quote.csv": lambda n: b'entity,year,value\n"' + b"a\n" * 12 * n,
    "faults.csv": lambda n: b"entity,year,value\n" + b"a,b,c\n" * n,
    "doubled.csv": lambda n: b"entity,year,value\n" + b"a,2001,1\n" * n,
    "entities.csv": lambda n: b"entity,year,value\n" + b"".join(b"a%d,2001,1\n" % at for at in range(n)),
    "many_numbers.csv": lambda n: b"entity,year,value\na,2001," + b"1" * 9 * n + b"\n",
}


def hostile_text(kind, folder):
    """Write a table of a kind; return its path."""
    path = folder / kind
    path.write_bytes(TEXTS[kind](12_000))
    return path


#: Descriptions, by a large number.
DESCRIPTIONS = {
    "flat.yml": lambda n: "a:\n" + "- 1\n" * 300 * n,
    "keys.yml": lambda n: "".join(f"k{at}: 1\n" for at in range(40 * n)),
    "flow.yml": lambda n: "a: [" + "[]," * 100 * n + "]\n",
    "deep.yml": lambda n: "a: " + "[" * 10 * n,
    "deep_keys.yml": lambda n: "{a: " * 5 * n,
    "aliases.yml": lambda n: "a: &a [1, 1, 1]\n"
    + "".join(f"k{at}: &k{at} [{'*k' if at else '*a'}{at - 1 if at else ''}, *a]\n" for at in range(n)),
    "merges.yml": lambda n: "a: &a {" + ", ".join(f"k{at}: 1" for at in range(n // 10)) + "}\n"
    + "".join(f"b{at}: {{<<: *a}}\n" for at in range(n // 5)),
    "minutes.yml": lambda n: "a: " + ":".join(["59"] * 60 * n) + "\n",
    "digits.yml": lambda n: "a: " + "1" * 300 * n + "\n",
}  # fmt: skip
#: Tables of plans, behind a head.
PLANS = {
    "rows.csv": lambda head, n: f"{head}\n" + f"{','.join('1' for _ in head.split(','))}\n" * 12 * n,
    "ids.csv": lambda head, n: f"{head}\n" + "".join(f"a{at}{',1' * head.count(',')}\n" for at in range(n)),
    "wide.csv": lambda head, n: head + "," * 10 * n + "\n",
}
