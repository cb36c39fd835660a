"""A figure as files: a picture for pages and one that stays sharp in print, both with their text for blind readers."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

#: What is written beside one another.
FORMATS = ("png", "svg")


def save(figure: Figure, path: str | Path, alt: str, *, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write a figure in several formats, the same bytes for the same figure.

    Parameters
    ----------
    figure : Figure
    path : str or Path
        Without an ending; folders are made.
    alt : str
        What the figure says, in a sentence: title and description of the SVG, description of the PNG.
    formats : tuple of {"png", "svg"}

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        A figure without its text, or another format.
    """
    if not alt.strip():
        raise ValueError("a figure needs a text for those who cannot see it")
    unknown = [form for form in formats if form not in FORMATS]
    if unknown:
        raise ValueError(f"format {', '.join(unknown)}: expected {' or '.join(FORMATS)}")
    base = Path(path)
    base.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for form in formats:
        # Without a date or a program's version in it, the same figure is the same file.
        told = (
            {"Date": None, "Title": alt, "Description": alt}
            if form == "svg"
            else {"Software": None, "Description": alt}
        )
        target = base.with_name(f"{base.name}.{form}")
        partial = base.with_name(f"{base.name}.{form}.partial")
        figure.savefig(partial, format=form, metadata=told)
        written.append(partial.replace(target))
    return written
