"""Text on its way into a file: set as documents are, without what XML does not allow."""

import re

from data.briefing.typeset import typeset

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_BREAK = re.compile(r"[\t\n\r]")


def drawn(text: str, lang: str) -> str:
    """Return a text as matplotlib draws it: what stands between two $ is no formula."""
    return written(text, lang).replace("$", r"\$")


def written(text: str, lang: str) -> str:
    """Return a text as a document of a language holds it, in one line."""
    return typeset(_BREAK.sub(" ", _CONTROL.sub("", text)), lang)
