"""Who filled in, checked or answers for a table, as offices sign it: names and telephone numbers are never shown."""

import re
from collections.abc import Sequence

from data.intake.identity import COVERED, LANDLINE, without_phones
from data.intake.named_beside import without_names_beside
from data.intake.people import NAME, NAME_OF_THREE, is_name

# What somebody does for a table; offices set the characters apart: 填 表 人.
_DOES = (
    "填报 填表 填写 填制 制表 制单 审核 审签 审批 审定 审查 复核 核实 核对 校对 "
    "编制 统计 录入 上报 报送 汇总 经办 承办 联系 负责 责任 信息"
)
_IS = "主要领导 分管领导 单位领导 部门领导 责任领导 主管领导 会计 出纳"
_ALONE = "填表 制表 审核 审定 复核 经办 承办 审批 签发"
_GAP = r"[ \t\u00a0\u3000]*"


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(_GAP.join(word) for word in words.split())})"


_SOMEBODY = rf"(?:{_any_of(_DOES)}{_GAP}(?:人{_GAP}员?|员)|{_any_of(_IS)})"
_WHO = rf"(?:{_SOMEBODY}|{_any_of(_ALONE)})"
# Hotlines are nobody's own.
_CALL = (
    r"(?<!监督)(?<!举报)(?<!投诉)(?<!服务)(?<!咨询)"
    rf"(?:{_any_of('联系 办公 移动 固定')}?{_any_of('电话 手机 联系方式 座机')}(?:号码?)?)"
)
_SIGNING = _any_of("签字 签名 签章 盖章 姓名")
_HINT = rf"(?:\s*(?:[(（][^()（）]{{0,8}}[)）]|{_SIGNING}))?"
_LABEL = re.compile(rf"(?:{_WHO}|{_CALL}){_HINT}\s*[:：]")
_ENDS = re.compile(rf"(?:{_WHO}|[^\s:：]{{0,4}}(?:{_SOMEBODY}|{_CALL})){_HINT}\s*[:：]?\s*")
# What stands after blanks with a colon of its own is said of something else: 填报日期：.
_OTHER = re.compile(r"[\s,，;；、][^\s:：,，;；、]{2,12}[:：]")
_SPOKEN = re.compile(rf"({_WHO}\s+)([\u3400-\u9fff]{{2,4}})(?![^\s,，;；])")
# Without a colon: 制表人张三, 填表人（张三）, 填表人__张三__.
_JOINED = re.compile(rf"({_SOMEBODY}{_HINT}[(（_＿—－-]*)({NAME})(?=$|[^\u3400-\u9fff]|{_WHO})")
_BARE = re.compile(_any_of(_ALONE))
_CALLING = re.compile(rf".*{_CALL}{_HINT}\s*[:：]?\s*")
_FIGURE = re.compile(r"[+-]?[0-9.,，%]{1,9}(?:[万亿]?元|[个项件人户])?")
# Any other post, before a name: 第一书记：张三, 验收人：张三.
_POSTED = re.compile(
    rf"([\u3400-\u9fff](?:[人员长主管报]|书记|主任|干部|领导|代表){_HINT}\s*[:：]\s*)({NAME})(?![\u3400-\u9fff])"
)
# Who does something: 主持：张三, 记录人 李四, 请联系王五; of two characters only apart, as 联系时间 is no name.
_DOING = re.compile(
    rf"((?:主持人?|记录人?|(?:请|可)?联系|汇报人|参会人员?|参加人员?|主讲人?)"
    rf"(?:[ \u3000]*[:：][ \u3000]*|[ \u3000]+|(?<=[请可]联系)|(?={NAME_OF_THREE})))({NAME})(?=$|[^\u3400-\u9fff])"
)
# 由张三负责.
_BY = re.compile(
    rf"((?<![自缘理])由[ \u3000]*)({NAME})(?=[ \u3000]*(?:具体|牵头)?(?:负责|承办|牵头|落实|跟进|抢修|处理))"
)
_PIECE = re.compile(r"[^\s,，;；。、/|]+")
_DAY = re.compile(r"(?:(?:19|20)\d\d[-/.年].*|\d{1,2}月.*|\d{1,2}日)")
_NOBODY = frozenset({"无", "空", "略", "暂无", "签字", "签名", "签章", "盖章", "公章", "姓名"})
# Of a long list nearly every text is passed over by this.
_MAY_SIGN = re.compile(
    r"[人员]|主持|记录|负责|[*]{18}|1[3-9][0-9][-—–\s][0-9]{4}|[表核办批发定导计纳长主管报记任部][^:：]{0,12}[:：\s]|电话|手机|联系|座机|短号|[0-9０-９]{11}"
    r"|[0０][0-9０-９]{2,3}[)）\s—–-]{0,2}[0-9０-９]{3}"
)


def covered(text: str) -> str:
    """Return a text with the names and telephone numbers covered that it says."""
    if text.isascii():
        return LANDLINE.sub(COVERED, text)
    if not _MAY_SIGN.search(text):
        return text
    pieces, at = [], 0
    labels = list(_LABEL.finditer(text))
    for label, following in zip(labels, [*labels[1:], None], strict=False):
        stop = following.start() if following else len(text)
        other = _OTHER.search(text, label.end(), stop)
        stop = other.start() if other else stop
        pieces += [text[at : label.end()], _PIECE.sub(_cover, text[label.end() : stop])]
        at = stop
    said = _SPOKEN.sub(rf"\1{COVERED}", "".join([*pieces, text[at:]]))
    return without_people(said)


def without_people(text: str) -> str:
    """Return a note with telephone numbers covered, and the names that stand with a post, a duty or a number."""
    return without_phones(without_named(text))


def without_named(text: str) -> str:
    """Return a note with the names covered that stand with a post, a duty, a telephone or identity number."""
    if not text.isascii():
        text = without_names_beside(text)
        for joined in (_JOINED, _POSTED, _DOING, _BY):
            text = joined.sub(_cover_name, text)
    return text


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
            found.append(without_phones(said) if aside else said)
        signs = bool(_ENDS.fullmatch(text)) and (aside or text.rstrip()[-1] in ":：")
    return found


def may_name(text: str) -> bool:
    """Whether it is worth looking at the row of a text: it names somebody, or the cell after it may."""
    if text.isascii():
        return False
    return text.rstrip()[-1:] in {":", "："} or covered(text) != text


def begins_signing(text: str) -> bool:
    """Whether a cell holds only a word such as 填表人, with or without a colon, and nobody's name."""
    return bool(_ENDS.fullmatch(text))


def goes_on_signing(word: str, text: str) -> bool:
    """Whether a cell may say who did what the word before it names: 审核 beside 5 or 农业局 is a stage of something."""
    if _FIGURE.fullmatch(text):
        return bool(_CALLING.fullmatch(word))
    return word[-1] in ":：" or not _BARE.fullmatch(word) or is_name(text)


def _cover(match: re.Match[str]) -> str:
    text = match[0].strip("()（）_＿—- ")
    return match[0] if not text or text in _NOBODY or _DAY.fullmatch(text) or text == COVERED else COVERED


def _cover_name(match: re.Match[str]) -> str:
    return f"{match[1]}{COVERED}" if is_name(match[2]) else match[0]
