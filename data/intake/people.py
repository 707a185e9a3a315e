"""What looks like somebody's name, in free text and in a column of people; posts and offices are none."""

import re
from functools import cache, lru_cache

from data.intake.identity import COVERED
from data.intake.model import rule_book
from data.registry import counties
from geo.regions import regions, stem

# The surnames of nearly everybody; a name of another people has a dot.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞"
    "颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉骆蓝路游辛靳管柴蒙鲍华喻祁"
    "蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾"
    "隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈鞠惠荆乐冀胥郁南班储原栗燕楚"
)
COMPOUND = "欧阳|上官|司马|诸葛|皇甫|令狐|尉迟|慕容|夏侯|东方|西门|公孙|司徒|端木"
DOTTED = r"[\u3400-\u9fff]{1,8}[·•・‧][\u3400-\u9fff·•・‧]{1,16}"
# What ends so is a place, an office, a post or a word of a form, not a name.
_NO_NAME = re.compile(
    r".*(?:[省市县区旗镇乡村居社寨屯组街局办委府站所处科部室股院校厂店场队团司库员长者人户表栏额数量率价单位]"
    r"|会计|短号|手机|座机|号码|出纳|文书|干事|村医|总监|助理|秘书|主管|总工|工程师|一扶|一肩挑|残联|妇联|侨联|文联|科协|部门|接收|牵头|配合"
    r"|两委|班子|党委|支部|支委|监委|全体|集体|轮流|财政|农业|水利|林业|林草|住建|交通|教育|卫健|民政|人社|文旅|文体|文化|文广"
    r"|发改|国土|经信|商务|医保|畜牧|兽医|振兴|组织|宣传|统战|纪检|政法|武装|应急|司法|审计|统计|扶贫|[股段片岗]"
    r"|[委协工商学]会|银行|书记|支书|主任|干部|领导|主席|经理|院士|教师|医生|代表|中心|公司|街道|签[字名章]|盖章|姓名|电话|方式|意见|日期|情况|说明|职务"
    r"|专干|社工|指导|民工|总支|农商行|农行|[支分]行|家[湾坝坪沟坡垭冲嘴坎塘沱岩]"
    r"|暂缺|空缺|未定|待定|暂无|没有|不详|在职|在岗)"
)
HAN = r"[\u3400-\u9fff]"
_RUN = re.compile(rf"{DOTTED}|{HAN}+(?:[ \u3000]+{HAN}(?!{HAN}))*")
_POST = re.compile(
    r"(.*(?:书记|支书|主任|干部|领导|主席|经理|[镇乡村局组队科股处校站所]长|专干|队员|[委网格络]员|会计|文书|干事|秘书"
    r"|助理|[责系办报表]人))(.{2,4})"
)
# An office before a name, which has to look like one: 财政局张三, but not 村安办.
_OFFICE = r".*(?:[局办委站所科室股镇乡村院校组联协]|中心|街道|公司)"
NAME = rf"(?:{DOTTED}|(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}][ \u3000]?{HAN}[ \u3000]?{HAN}?)"
"""A name as it stands in a text, by its surname."""
NAME_OF_THREE = rf"(?:{DOTTED}|(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{HAN}{{2}})"
_NAME = re.compile(NAME)
_OF_OFFICE = re.compile(rf"({_OFFICE})({NAME})")


@lru_cache(maxsize=8192)
def is_name(text: str) -> bool:
    """Whether a text looks like somebody's name wherever it stands: by its surname, or by a dot."""
    return bool(_NAME.fullmatch(text)) and not _is_word("".join(text.split()))


# What ends so may be a place that is called without its kind: 石桥坪.
_LAND = frozenset("湾坝坪沟坡岭山河溪水桥塘井田坳垭冲洞岩石梁嘴口场坎林泉湖江岗寺庙堡营堰槽包崖峰谷洼塬原沙滩店铺头庄")
_FULL = 3
"""Characters of a name that is hardly ever a word of a list or a place: words of two often begin like a surname."""


def covers_all(text: str) -> bool:
    """Whether a text is nothing but what was covered in it."""
    return COVERED in text and not re.search(r"\w", text)


@lru_cache(maxsize=8192)
def strays(text: str, kind: str) -> bool:
    """Whether a cell that is not what its column holds is somebody's name, so that no message may repeat it.

    Parameters
    ----------
    kind
        Of the column: `place` and `word` (of a list) may well begin like a surname, anything else not.
    """
    if not is_name(text):
        return False
    bare = "".join(text.split())
    full = len(bare) >= _FULL or re.fullmatch(DOTTED, bare) is not None
    return full and bare[-1] not in _LAND if kind == "place" else full or kind != "word"


@lru_cache(maxsize=8192)
def without_names(text: str) -> str:
    """Return a cell of a column of people with names covered: posts, offices and places stay."""
    return _RUN.sub(_cover, _SPACED.sub(_cover_spaced, text))


@lru_cache(maxsize=8192)
def without_sure_names(text: str) -> str:
    """Return a text that names offices with that covered which looks like a name by its surname."""
    joined = _SPACED.sub(_cover_spaced, text)
    return _RUN.sub(lambda run: _cover(run) if _looks(run[0]) else run[0], joined)


def _looks(run: str) -> bool:
    """Whether a run of characters is, or ends in, what looks like a name."""
    bare = "".join(run.split())
    if bare in _places():
        return False
    if _before_post(bare) != bare:
        return True
    parts = (bare, *(found[2] for found in (_POST.fullmatch(bare), _OF_OFFICE.fullmatch(bare)) if found))
    return any(map(is_name, parts)) or re.fullmatch(DOTTED, bare) is not None


def _cover(match: re.Match[str]) -> str:
    run = match[0]
    bare = "".join(run.split())
    if re.fullmatch(DOTTED, bare):
        return COVERED
    if (told := _before_post(bare)) != bare:
        return told
    if post := _POST.fullmatch(bare):
        head = _before_post(post[1])
        if not _is_word(post[2]):
            return head + COVERED
        return run if head == post[1] else head + post[2]
    if (office := _OF_OFFICE.fullmatch(bare)) and is_name(office[2]):
        return office[1] + COVERED
    return COVERED if 2 <= len(bare) <= 4 and not _is_word(bare) else run


# A post behind a name: 王某副镇长, 姜某党委书记, 欧阳某财政所所长.
_POST_END = (
    "(?:书记|支书|主任|主席|理事长|董事长|监事长|秘书长|[镇乡村区县市局组队科股处校站所院厂场行会部社连]长|干部|领导|经理|会计|出纳|文书|干事|专干"
    "|社工|秘书|助理|专员|常委|委员|组员|队员|网格员|科员|办事员|联络员|信息员|调研员|巡视员|护林员|指导员|管理员|技术员|协管员|督导员|工程师"
    "|农艺师|老师|教师|医生|村医|同志|先生|女士|代表|总监|主管|总工|(?:负责|责任|联系|经办|承办)人)"
)
_DEPUTY = "(?:第一|常务|[副正代])*"
_OF_POST = (
    "(?:第一|常务|代理|驻[村镇乡]|社区|街道|[副正代兼镇乡村区县委局办所站科股]|党工?委|党组|党?总?支部?|两委|[村居]委会?|人大|政协|工会|纪委|政府|工作"
    "|包村|联村|挂职|分管|宣传|组织|统战|纪检|政法|人?武装?|财政|水利|农业|林业|民政|司法|派出|国土|扶贫|振兴|畜牧|兽医|卫生|教育|税务|统计"
    "|综合|服务|中心|办公室)"
)
# 农房科负责人 and 江津区委书记 are of an office or a county.
_A_POST = re.compile(rf"(?![局办委所站科股区县市](?!长)){_OF_POST}{{0,5}}{_POST_END}{{1,2}}岗?")
# Not of a place: 石滩镇长 and 文石村支书 are posts, 高峰书记 is somebody.
_PLAIN_POST = re.compile(rf"(?![镇乡村]){_DEPUTY}{_POST_END}岗?")
_ENDS_IN_POST = re.compile(rf".+{_POST_END}岗?")
_BEFORE_NAME = re.compile(rf".*(?:[局办委站所科室股镇乡村院校组联协区县市部府社会队园厂行]|中心|街道|公司|{_POST_END})")
_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖董袁潘蒋蔡杜叶苏魏吕丁沈姚卢姜崔钟谭陆汪"
_ALONE = re.compile(rf"(?:[{_COMMON}]|{COMPOUND})")
"""A surname that says enough before a post: 王书记."""
_ONLY_NAME = re.compile(rf"(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{HAN}{{1,2}}")
_SPACED = re.compile(
    rf"(?<!{HAN})([{SURNAMES}](?:[ \u3000]+{HAN}[ \u3000]*{HAN}??|{HAN}[ \u3000]+(?!{_A_POST.pattern}){HAN}))"
    rf"[ \u3000]*(?={_A_POST.pattern}(?!{HAN}))"
)
_LONGEST = 4


def _before_post(bare: str) -> str:
    """Return a run of characters with names covered that stand before a post, at its beginning or after an office."""
    if not _ENDS_IN_POST.fullmatch(bare):
        return bare
    for at in range(len(bare) - 2):
        if at and not _BEFORE_NAME.fullmatch(bare, 0, at):
            continue
        for end in range(at + 1, min(at + _LONGEST, len(bare) - 2) + 1):
            name, post = bare[at:end], bare[end:]
            if _may_head(name) and _A_POST.fullmatch(post):
                if _heads(name, post):
                    return _before_post(bare[:at]) + COVERED + post
                break
    return bare


def _may_head(name: str) -> bool:
    return bool(_ALONE.fullmatch(name) or _ONLY_NAME.fullmatch(name))


def _heads(name: str, post: str) -> bool:
    """Whether what stands before a post is somebody's name, not a word of the post or a place."""
    if _is_word(name) or (name in _places() and not _PLAIN_POST.fullmatch(post)):
        return False
    return len(name) > 1 or not post.startswith("村") or post == "村长"


def _cover_spaced(match: re.Match[str]) -> str:
    return match[0] if _is_word("".join(match[1].split())) else COVERED


def _is_word(bare: str) -> bool:
    """Whether characters are no name though they may look like one: a word of posts or offices, or a known place."""
    return bool(_NO_NAME.fullmatch(bare)) or bare in _duties() or (len(bare) >= _FULL and bare in _places())


@cache
def _duties() -> frozenset[str]:
    return frozenset(rule_book().duties)


@cache
def _places() -> frozenset[str]:
    """Return the names of all places of the registers, without what their kinds add: 龙洲湾, 平原."""
    found: set[str] = set()
    for county in counties():
        try:
            places = regions(county.code)
        except KeyError:  # no list of its villages
            continue
        found |= {stem(name, level) for name, level in zip(places["short_name"], places["level"], strict=True)}
    return frozenset(found)


@lru_cache(maxsize=8192)
def names_somebody(number: str) -> bool:
    """Whether what stands where things are numbered is surely a name, alone or with a post."""
    bare = "".join(number.split())
    full = len(bare) >= _FULL and is_name(number.strip()) and bare[-1] not in _LAND
    return full or re.fullmatch(DOTTED, bare) is not None or _before_post(bare) != bare
