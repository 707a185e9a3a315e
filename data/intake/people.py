"""What looks like somebody's name, in free text and in a column of people; posts and offices are none."""

import re
from functools import lru_cache

from data.intake.identity import COVERED

# The surnames of nearly everybody; a name of another people has a dot.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞"
    "颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉骆蓝路游辛靳管柴蒙鲍华喻祁"
    "蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾"
    "隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈鞠惠荆乐冀胥郁南班储原栗燕楚"
)
_COMPOUND = "欧阳|上官|司马|诸葛|皇甫|令狐|尉迟|慕容|夏侯|东方|西门|公孙|司徒|端木"
_DOTTED = r"[\u3400-\u9fff]{1,8}[·•・‧][\u3400-\u9fff·•・‧]{1,16}"
# What ends so is a place, an office, a post or a word of a form, not a name.
_NO_NAME = re.compile(
    r".*(?:[省市县区旗镇乡村居社寨屯组街局办委府站所处科部室股院校厂店场队团司库员长者人表栏额数量率价单位]"
    r"|[委协工商学]会|银行|书记|支书|主任|干部|领导|主席|经理|院士|教师|医生|代表|中心|公司|街道|签[字名章]|盖章|姓名|电话|方式|意见|日期|情况|说明|职务"
    r"|暂缺|空缺|未定|待定|暂无|没有|不详|在职|在岗)"
)
_HAN = r"[\u3400-\u9fff]"
_RUN = re.compile(rf"{_DOTTED}|{_HAN}+(?:[ \u3000]+{_HAN}(?!{_HAN}))*")
_POST = re.compile(
    r"(.*(?:书记|支书|主任|干部|领导|主席|经理|[镇乡村局组队科股处校站所]长|专干|队员|[委网格络]员))(.{2,4})"
)
NAME = rf"(?:{_DOTTED}|(?:{_COMPOUND}){_HAN}{{1,2}}|[{_SURNAMES}][ \u3000]?{_HAN}[ \u3000]?{_HAN}?)"
"""A name as it stands in a text, by its surname."""
_NAME = re.compile(NAME)


@lru_cache(maxsize=8192)
def is_name(text: str) -> bool:
    """Whether a text looks like somebody's name wherever it stands: by its surname, or by a dot."""
    return bool(_NAME.fullmatch(text)) and not _NO_NAME.fullmatch("".join(text.split()))


@lru_cache(maxsize=8192)
def without_names(text: str) -> str:
    """Return a cell of a column of people with names covered: posts, offices and places stay."""
    return _RUN.sub(_cover, text)


def _cover(match: re.Match[str]) -> str:
    run = match[0]
    bare = "".join(run.split())
    if re.fullmatch(_DOTTED, bare):
        return COVERED
    if post := _POST.fullmatch(bare):
        return post[1] + COVERED if not _NO_NAME.fullmatch(post[2]) else run
    return COVERED if 2 <= len(bare) <= 4 and not _NO_NAME.fullmatch(bare) else run
