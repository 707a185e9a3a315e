"""Texts in two languages: English in the code, Chinese from the gettext catalogue."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "xianjie.po"
Translator = Callable[..., str]


@cache
def _chinese() -> dict[str, str]:
    if not CATALOGUE.exists():
        return {}
    with CATALOGUE.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}


@cache
def translator(lang: str) -> Translator:
    """Return `_` for a language: `_("{n} villages", n=3)`; unknown texts stay in English.

    Values are put in with `str.format` after translation, so the order of words is the translator's choice.
    """
    texts = _chinese() if lang == "zh" else {}

    def _(text: str, /, **values: object) -> str:
        text = texts.get(text, text)
        return text.format(**values) if values else text

    _.__name__ = lang
    return _


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name
    """Mark a constant for the catalogue; translate it with `_` where it is shown."""
    return text
