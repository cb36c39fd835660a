"""What the tests of figures ask of any figure: what it says, and whether it keeps to its sheet."""

from matplotlib.text import Text


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def said(figure):
    return [text.get_text() for text in texts(figure)]


def overhang(figure):
    """Return how far any artist extends beyond the figure, inches."""
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    return max(0.0, -box.x0, -box.y0, box.x1 - width, box.y1 - height)
