"""How a briefing's text is set: pages leave room around figures, Chinese documents do not."""

import re

_CJK = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_BEFORE = re.compile(rf"(?<={_CJK}) +(?=[\d−+≥≤<>.A-Za-z%])")
_AFTER = re.compile(rf"(?<=[\d%A-Za-z.]) +(?={_CJK})")
_THIN = "\u202f"


def typeset(text: str, lang: str) -> str:
    """Return a sentence as a document has it: in Chinese without gaps around and within numbers.

    >>> typeset("截至 2023 年 9 月 30 日，实际 4\u202f927 人", "zh")
    '截至2023年9月30日，实际4927人'
    """
    if lang != "zh":
        return text.replace(_THIN, ",") if lang == "en" else text
    return _AFTER.sub("", _BEFORE.sub("", text)).replace(_THIN, "")
