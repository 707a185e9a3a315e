"""Who filled in, checked or answers for a table, as offices sign it: names and telephone numbers are never shown."""

import re
from collections.abc import Sequence

from data.intake.identity import COVERED, MOBILE

_WHO = (
    r"(?:(?:填报|填表|填写|制表|审核|审签|审批|复核|校对|编制|统计|经办|联系|负责|责任)人员?"
    r"|(?:主要|分管|单位|部门)(?:领导|负责人)|填表|制表|审核|复核|经办|审批|签发)"
)
# Hotlines are nobody's own.
_CALL = r"(?<!监督)(?<!举报)(?<!投诉)(?<!服务)(?<!咨询)(?:联系|办公|移动|固定)?(?:电话|手机|联系方式)(?:号码?)?"
_HINT = r"(?:\s*[(（][^()（）]{0,8}[)）])?"
_LABEL = re.compile(rf"(?:{_WHO}|{_CALL}){_HINT}\s*[:：]")
_ENDS = re.compile(rf"(?:{_WHO}|[^\s:：]{{0,4}}{_CALL}){_HINT}\s*[:：]?\s*")
# What stands after blanks with a colon of its own is said of something else: 填报日期：.
_OTHER = re.compile(r"[\s,，;；、][^\s:：,，;；、]{2,12}[:：]")
_SPOKEN = re.compile(rf"({_WHO}\s+)([\u3400-\u9fff]{{2,4}})(?![^\s,，;；])")
_PIECE = re.compile(r"[^\s,，;；。、/|]+")
_DAY = re.compile(r"(?:(?:19|20)\d\d[-/.年].*|\d{1,2}月.*|\d{1,2}日)")
_NOBODY = frozenset({"无", "空", "略", "暂无", "签字", "签名", "签章", "盖章", "公章"})
# Of a long list nearly every text is passed over by this.
_MAY_SIGN = re.compile(r"[人表核办批发导员][^:：\s]{0,12}[:：\s]|电话|手机|联系")
_HAN = re.compile(r"[\u3400-\u9fff]")


def covered(text: str) -> str:
    """Return a text with the names and telephone numbers covered that it says after words such as 填表人：."""
    if text.isascii() or not _MAY_SIGN.search(text):
        return text
    pieces, at = [], 0
    labels = list(_LABEL.finditer(text))
    for label, following in zip(labels, [*labels[1:], None], strict=False):
        stop = following.start() if following else len(text)
        other = _OTHER.search(text, label.end(), stop)
        stop = other.start() if other else stop
        pieces += [text[at : label.end()], _PIECE.sub(_cover, text[label.end() : stop])]
        at = stop
    return _SPOKEN.sub(rf"\1{COVERED}", "".join([*pieces, text[at:]]))


def covered_row(texts: Sequence[str], *, aside: bool) -> list[str]:
    """Return the cells of a row covered, also where a name stands in the cell after its word.

    Parameters
    ----------
    aside
        Whether the row stands beside the data, as titles and notes do: there the word needs no colon, and whatever
        looks like a telephone number is one.
    """
    found, signs = [], False
    for text in texts:
        if not text.strip():
            found.append(text)
            continue
        if signs and not _ENDS.fullmatch(text) and not _LABEL.search(text):
            found.append(_PIECE.sub(_cover, text))
        else:
            said = covered(text)
            found.append(MOBILE.sub(COVERED, said) if aside or _HAN.search(said) else said)
        signs = bool(_ENDS.fullmatch(text)) and (aside or text.rstrip()[-1] in ":：")
    return found


def may_name(text: str) -> bool:
    """Whether it is worth looking at the row of a text: it names somebody, or the cell after it may."""
    if text.isascii():
        return False
    return text.rstrip()[-1:] in {":", "："} or covered(text) != text or bool(_HAN.search(text) and MOBILE.search(text))


def begins_signing(text: str) -> bool:
    """Whether a cell holds only a word such as 填表人, with or without a colon, and nobody's name."""
    return bool(_ENDS.fullmatch(text))


def _cover(match: re.Match[str]) -> str:
    text = match[0].strip("()（）_＿—- ")
    return match[0] if not text or text in _NOBODY or _DAY.fullmatch(text) or text == COVERED else COVERED
