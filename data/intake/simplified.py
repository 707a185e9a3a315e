"""Traditional characters that occur in headers and names of places, written simplified for comparison."""

_CHARACTERS = dict(
    zip(
        "鎮鄉縣區戶畝積麵萬億單數總額類別監測對業務農產資發屆園國際員點費時間廣東華雲橋龍興寧陽陰灣順長門馬鳳雙聯樂豐電鐵錢銀"
        "關廟溝衛陳張劉趙楊羅蘭葉謝鄧鄭馮許護糧種養雞魚鴨豬樹樁橫滿達遠運連進過還邊邊選郵閘閣隊階際隨險難雜響頂項順須預頭題顏風飛"
        "飲館駐駕驗鬥鹽黃黨齊蓮莊萊藍蘇藝處計訂訓記設訪證評試話詳認說課調談請論謀識譽讀變讓貧貨責貴買貸費賀賢賣質購贈贊贏趨躍車軍軌軟轉輕輛輪",
        "镇乡县区户亩积面万亿单数总额类别监测对业务农产资发届园国际员点费时间广东华云桥龙兴宁阳阴湾顺长门马凤双联乐丰电铁钱银"
        "关庙沟卫陈张刘赵杨罗兰叶谢邓郑冯许护粮种养鸡鱼鸭猪树桩横满达远运连进过还边边选邮闸阁队阶际随险难杂响顶项顺须预头题颜风飞"
        "饮馆驻驾验斗盐黄党齐莲庄莱蓝苏艺处计订训记设访证评试话详认说课调谈请论谋识誉读变让贫货责贵买贷费贺贤卖质购赠赞赢趋跃车军轨软转轻辆轮",
        strict=True,
    )
)
_TABLE = str.maketrans(_CHARACTERS)


def simplified(text: str) -> str:
    """Return a text with the traditional characters known written simplified."""
    return text.translate(_TABLE)
