"""Formulas drawn when the book is built, so that they can be read without network: inline SVG by Matplotlib's mathtext.

MathJax, the usual renderer, is a script from another host.
"""

import base64
import io
from functools import cache
from html import escape

from matplotlib.backends import backend_agg  # noqa: F401  # no window system is needed
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

SIZE = 12.0  # points
#: Points of a drawing to one em of the text around it.
PER_EM = 12.0


@cache
def drawing(tex):
    """A formula as SVG: its text, width, height and depth below the line in points.

    Raises
    ------
    ValueError
        mathtext does not know a command of the formula.
    """
    font = FontProperties(size=SIZE, math_fontfamily="dejavusans")
    width, height, depth, _, _ = MathTextParser("path").parse(f"${tex}$", dpi=72, prop=font)
    figure = Figure(figsize=(width / 72, height / 72))
    figure.text(0, depth / height, f"${tex}$", fontproperties=font)
    out = io.BytesIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return out.getvalue(), width, height, depth


def image(tex):
    """HTML of a formula; its TeX is the alternative text."""
    svg, width, height, depth = drawing(" ".join(tex.split()))
    style = f"width:{width / PER_EM:.2f}em;height:{height / PER_EM:.2f}em;vertical-align:-{depth / PER_EM:.2f}em"
    data = base64.b64encode(svg).decode("ascii")
    return f'<img class="formula" alt="{escape(tex)}" style="{style}" src="data:image/svg+xml;base64,{data}"/>'


def visit_inline(translator, node):
    """Write a formula inside a line."""
    from docutils import nodes

    translator.body.append(image(node.astext()))
    raise nodes.SkipNode


def visit_block(translator, node):
    """Write a formula on a line of its own."""
    from docutils import nodes

    translator.body.append(f'<div class="formula">{image(node.astext())}</div>')
    raise nodes.SkipNode


def setup(app):
    """Register the renderer."""
    app.add_html_math_renderer("svg", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
