"""Words that read the same: width, case of nothing else, and signs nobody sees do not make another name."""

import re
import unicodedata

# Blanks, and signs without a width of their own.
_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0]"
)
_OFFICE = re.compile(r"[(\[【〔].*", re.DOTALL)


def seen(text: str) -> str:
    """Return a text as it is seen: one width of letters, no blanks, nothing that has no width.

    >>> seen("８月 调度会")
    '8月调度会'
    """
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))


def person(actor: str) -> str:
    """Return who an actor is, without the office in brackets: who moved to another office is the same person.

    >>> person("李 四（区财政局）")
    '李四'
    """
    return _OFFICE.sub("", seen(actor)) or seen(actor)
