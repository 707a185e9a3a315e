"""Names that stand directly beside a telephone or identity number: whoever can be called is named there."""

import re

from data.intake.identity import COVERED, IDENTITY, MASK, PHONE
from data.intake.people import COMPOUND, DOTTED, HAN, SURNAMES, is_name

# What may stand between a name and the number behind it, blanks and brackets apart.
_WORD = (
    "(?:联系|办公|移动|固定)?(?:电话|手机|联系方式|座机|短号|微信|电联)(?:号码?)?"
    "|(?:身份证|证件|身份)?(?:号码?|证号?|身份证)"
)
_GAP = re.compile(rf"[\s(（:：、]*(?:{_WORD})?[\s:：(（为是]*$")
# Behind a comma it is another clause: only a name that stands by itself belongs to the number.
_APART = re.compile(rf"[\s(（:：、]*[,，;；]\s*(?:{_WORD})?[\s:：(（为是]*$")
# What stands before a name in one run of characters: 镇长张三, 由李四, 户主之子王五.
_BEFORE = r"(?:主任|领导|[人员记长系找镇乡村办局由户妻夫子女儿父母属亲友民主])"
_BETWEEN = r"[ \u3000]?"
_TWO = rf"[{SURNAMES}]{_BETWEEN}{HAN}$"
# In this order: what stands behind a post may begin with the post's last character, a surname too (主任 and 任).
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{DOTTED}$",
        rf"(?:{COMPOUND}){HAN}{{1,2}}$",
        rf"(?<=主任)\s?{_TWO}",
        rf"(?<![{SURNAMES}]){_BEFORE}(?P<name>{_TWO})",
        rf"[{SURNAMES}]{_BETWEEN}{HAN}{_BETWEEN}{HAN}$",
        rf"(?<!{HAN}){_TWO}",
    )
)
_ALONE = re.compile(rf"(?<!{HAN})(?:{DOTTED}|(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{_BETWEEN}{HAN}{_BETWEEN}{HAN}?)$")
_BEHIND = re.compile(
    rf"[\s(（:：、]*(?P<name>{DOTTED}|(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{_BETWEEN}{HAN}{_BETWEEN}{HAN}?)"
    rf"(?=负责|接听|$|(?!{HAN}|[ \u3000]{HAN}(?!{HAN})).)"
)
_MASKED = re.compile(re.escape(MASK))


def without_names_beside(text: str) -> str:
    """Return a text with the names covered that stand directly before or behind a number of somebody."""
    spans: list[tuple[int, int]] = []
    numbers = [found.span() for pattern in (IDENTITY, PHONE, _MASKED) for found in pattern.finditer(text)]
    for start, stop in numbers:
        before = _named_before(text[:start])
        while before:
            spans.append(before)
            before = _listed_before(text[: before[0]])
        behind = _BEHIND.match(text, stop)
        while behind and is_name(behind["name"].strip()):
            first, last = behind.span("name")
            spans.append((first, first + len(behind["name"].rstrip())))
            behind = _BEHIND.match(text, last) if text[last : last + 1] == "、" else None
    left = len(text)
    for start, stop in sorted(spans, key=lambda span: (-span[1], span[0])):
        if stop <= left:
            text, left = text[:start] + COVERED + text[stop:], start
    return text


def _listed_before(text: str) -> tuple[int, int] | None:
    """Return where the name stands before another one: 张三、李四 138…."""
    found = _ALONE.search(text[:-1]) if text.endswith("、") else None
    return found.span() if found and is_name(found[0].strip()) else None


def _named_before(text: str) -> tuple[int, int] | None:
    gap, apart = _GAP.search(text), _APART.search(text)
    if apart and (not gap or apart.start() < gap.start()):
        found = _ALONE.search(text[: apart.start()])
        return found.span() if found and is_name(found[0].strip()) else None
    head = text[: gap.start()] if gap else text
    for pattern in _NAMES:
        found = pattern.search(head)
        if found:
            span = found.span("name") if "name" in pattern.groupindex else found.span()
            if is_name(head[slice(*span)].strip()):
                return span
    return None
