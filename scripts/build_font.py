"""Build the bundled Chinese font: a subset of Noto Sans CJK SC, Regular and Bold.

Run once, by a maintainer, when the font or the character list changes::

    apt-get download fonts-noto-cjk unicode-data
    for package in fonts-noto-cjk_*.deb unicode-data_*.deb; do dpkg-deb -x "$package" unpacked; done
    python scripts/build_font.py unpacked/usr/share/fonts/opentype/noto \
        --unihan unpacked/usr/share/unicode/Unihan_OtherMappings.txt.bz2

Sources: Debian package ``fonts-noto-cjk`` (Noto Sans CJK 2.004, SIL Open Font License 1.1) and the property
``kTGH`` of the Unicode Han Database 15.0.0 for 通用规范汉字表 (State Council, 2013: 8105 characters).
Changes to the original font, permitted by the licence: characters left out, hints and
layout features other than kerning dropped, subroutines resolved, family renamed to "Noto Sans SC", and the sub-
and superscripts that the original lacks (the ₂ of CO₂ among them) made from its own digits.
"""

import argparse
import bz2
import sys
from pathlib import Path

from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "pathway_models" / "figures" / "fonts"
CHARACTERS = FONTS / "tongyong_guifan_hanzi.txt"
TABLE_LENGTH = 8105
WIDTH = 81  # characters a line of the list; 8105 = 100 lines of 81 and one of 5

SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+\N{MINUS SIGN}", strict=True))
SUPERSCRIPTS = dict(zip("⁰⁵⁶⁷⁸⁹⁺⁻", "056789+\N{MINUS SIGN}", strict=True))
# Stems of the scaled digits then equal those of the font's own ¹: 72 units in Regular, 110 in Bold, where
# the full-size 1 has 91 and 146 and the scale is 0.60.
SCRIPT_WEIGHT = {"Regular": 0.5, "Bold": 1.65}
RARE = "龘龑頔霂氹囍嬅暐"  # met in names of people and places, and in neither list
SYMBOL_RANGES = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x391, 0x3C9),  # ASCII, Latin-1, Greek
    (0x2010, 0x2027), (0x2030, 0x203E), (0x2070, 0x209C), (0x20AC, 0x20AC),  # punctuation, scripts, euro
    (0x2100, 0x214F), (0x2160, 0x217B), (0x2190, 0x2199), (0x21D0, 0x21D4),  # ℃ №, Ⅰ ⅱ, arrows
    (0x2200, 0x22A5), (0x2460, 0x249B), (0x25A0, 0x25FF), (0x2605, 0x2606),  # mathematics, ① ⑴, shapes, stars
    (0x3000, 0x301F), (0x3220, 0x3229), (0x338E, 0x33D5), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),  # 、。㈠㎡％￥
)  # fmt: skip


def table_characters(unihan: Path) -> list[str]:
    """Read 通用规范汉字表 in its own order from the Unicode Han Database.

    Raises
    ------
    ValueError
        When the property ``kTGH`` does not number exactly 8105 characters from 1 to 8105.
    """
    numbered = {}
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        for line in lines:
            if "\tkTGH\t" in line:
                codepoint, _, value = line.split("\t")
                numbered[int(value.split(":")[1])] = chr(int(codepoint[2:], 16))
    if sorted(numbered) != list(range(1, TABLE_LENGTH + 1)):
        raise ValueError(f"{unihan}: kTGH numbers {len(numbered)} characters, expected 1..{TABLE_LENGTH}")
    return [numbered[number] for number in range(1, TABLE_LENGTH + 1)]


def write_characters(characters: list[str]) -> None:
    """Write the list with its source, 81 characters a line."""
    head = (
        "# 通用规范汉字表, the 8105 characters in the table's order: level 1 is 1-3500, level 2 is 3501-6500,\n"
        "# level 3 is 6501-8105. A government standard: State Council of China, 国发〔2013〕23号.\n"
        "# Taken by scripts/build_font.py from Unihan_OtherMappings.txt, property kTGH, Unicode 15.0.0,\n"
        "# Copyright 2022 Unicode, Inc., under the Unicode terms of use; two other public lists agree with it.\n"
    )
    rows = ["".join(characters[start : start + WIDTH]) for start in range(0, len(characters), WIDTH)]
    CHARACTERS.write_text(head + "\n".join(rows) + "\n", encoding="utf-8", newline="\n")


def read_characters() -> list[str]:
    """Read the committed list."""
    lines = CHARACTERS.read_text(encoding="utf-8").splitlines()
    return [character for line in lines if not line.startswith("#") for character in line]


def wanted_codepoints() -> set[int]:
    """Return the code points to keep: the table, GB 2312 (some of its characters are not in it), symbols."""
    gb2312 = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    han = "".join(pair.decode("gb2312", errors="ignore") for pair in gb2312)
    symbols = {point for first, last in SYMBOL_RANGES for point in range(first, last + 1)}
    return symbols | {ord(character) for character in [*read_characters(), *han, *RARE]}


def simplified_chinese_face(collection: Path) -> TTFont:
    """Open the face "Noto Sans CJK SC" of a TrueType collection."""
    faces = TTCollection(collection).fonts
    return next(face for face in faces if face["name"].getDebugName(1).startswith("Noto Sans CJK SC"))


def subset(font: TTFont) -> None:
    """Keep the wanted characters and kerning; drop hints, other features and vertical layout."""
    options = Options(hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    options.layout_features = ["kern"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted_codepoints())
    subsetter.subset(font)


def outline(face: TTFont, character: str) -> RecordingPen:
    """Record the outline of a character."""
    pen = RecordingPen()
    face.getGlyphSet()[face.getBestCmap()[ord(character)]].draw(pen)
    return pen


def bounds(pen: RecordingPen) -> tuple[float, float, float, float]:
    """Return the box of a recorded outline: left, low, right, high."""
    box = BoundsPen(None)
    pen.replay(box)
    return box.bounds


def blend(faces: dict[str, TTFont], character: str, share: float) -> RecordingPen:
    """Blend the outlines of both weights: 0 gives Regular, 1 gives Bold, more is heavier still.

    Both weights draw a digit with the same sequence of points, so that points can be blended one by one.
    """
    light, heavy = (outline(faces[weight], character).value for weight in ("Regular", "Bold"))
    pen = RecordingPen()
    for (operation, points), (_, targets) in zip(light, heavy, strict=True):
        pairs = [zip(point, target, strict=True) for point, target in zip(points, targets, strict=True)]
        pen.value.append((operation, tuple(tuple(a + share * (b - a) for a, b in pair) for pair in pairs)))
    return pen


def script_transform(face: TTFont) -> Transform:
    """Return how the font's own ² was made from its 2, to be used for the digits that it lacks."""
    (_, low, _, high), (_, script_low, _, script_high) = (bounds(outline(face, each)) for each in "2²")
    scale = (script_high - script_low) / (high - low)
    return Transform(scale, 0, 0, scale, 0, script_low - low * scale)


def add_scripts(font: TTFont, faces: dict[str, TTFont], weight: str) -> None:
    """Add the missing sub- and superscripts: digits made smaller, and heavier by ``SCRIPT_WEIGHT``."""
    raised = script_transform(faces[weight])
    drop = -0.2 * font["OS/2"].sCapHeight  # a subscript hangs a fifth of a capital below the line
    lowered = Transform(raised.xx, 0, 0, raised.yy, 0, drop)
    width = font["hmtx"][font.getBestCmap()[ord("2")]][0] * raised.xx
    for scripts, transform in ((SUPERSCRIPTS, raised), (SUBSCRIPTS, lowered)):
        for character, digit in scripts.items():
            pen = RecordingPen()
            blend(faces, digit, SCRIPT_WEIGHT[weight]).replay(TransformPen(pen, transform))
            add_glyph(font, character, pen, round(width))


def add_glyph(font: TTFont, character: str, drawing: RecordingPen, width: int) -> None:
    """Add one glyph to a CID-keyed font: its outline, its width and the entries that name it."""
    top = font["CFF "].cff.topDictIndex[0]
    dict_index = top.FDSelect[font.getGlyphID(font.getBestCmap()[ord("2")])]
    private = top.FDArray[dict_index].Private
    pen = T2CharStringPen(width - private.nominalWidthX, None)
    drawing.replay(pen)

    name = f"cid{60000 + ord(character) % 0x100:05d}"  # above every CID of the original
    strings = top.CharStrings
    strings.charStringsIndex.append(pen.getCharString(private, top.GlobalSubrs))
    strings.charStrings[name] = len(strings.charStringsIndex) - 1
    top.FDSelect.append(dict_index)
    top.charset.append(name)
    font.setGlyphOrder(list(top.charset))
    font["hmtx"][name] = (width, round(bounds(drawing)[0]))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(character)] = name


def rename(font: TTFont, weight: str) -> None:
    """Give the subset its own names and say in the version that it is one."""
    names = {
        1: "Noto Sans SC",
        2: weight,
        3: f"NotoSansSC-{weight};pathway_models subset",
        4: f"Noto Sans SC {weight}",
        5: font["name"].getDebugName(5) + ";subset with added scripts",
        6: f"NotoSansSC-{weight}",
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main() -> None:
    """Build both weights and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of NotoSansCJK-Regular.ttc and -Bold.ttc")
    parser.add_argument("--unihan", type=Path, help="Unihan_OtherMappings.txt.bz2, to rewrite the list")
    arguments = parser.parse_args()
    collections = {weight: arguments.folder / f"NotoSansCJK-{weight}.ttc" for weight in SCRIPT_WEIGHT}
    for source in [*collections.values(), *([arguments.unihan] if arguments.unihan else [])]:
        if not source.is_file():
            sys.exit(f"{source} is not there; the first lines of this script say which Debian package has it")
    if arguments.unihan:
        write_characters(table_characters(arguments.unihan))
    faces = {weight: simplified_chinese_face(collection) for weight, collection in collections.items()}
    for weight, collection in collections.items():
        font = simplified_chinese_face(collection)
        font.recalcTimestamp = False  # the same input gives the same bytes
        subset(font)
        add_scripts(font, faces, weight)
        rename(font, weight)
        # Outlines that stand by themselves can be copied into the font of a page as they are.
        font["CFF "].cff.desubroutinize()
        target = FONTS / f"NotoSansSC-{weight}-subset.otf"
        font.save(target)
        print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
