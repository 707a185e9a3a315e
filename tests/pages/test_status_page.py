"""The status page: how old the backup is, what runs, what is slow."""

from typing import Any

import pytest
from support.pages import texts

from data.backup import back_up
from data.home import home
from data.store import address


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_warns_until_there_is_a_backup(on_nothing: Any, lang: str) -> None:
    page = on_nothing("banan", "status", lang=lang)
    assert not page.exception
    shown = " ".join(texts(page))
    assert {"zh": "尚无备份", "en": "No backup yet"}[lang] in shown
    assert "xianjie backup" in shown
    back_up(address(), home())
    page.run()
    shown = " ".join(texts(page))
    assert {"zh": "最近备份", "en": "Last backup"}[lang] in shown
    assert "xianjie backup" not in shown
    assert {"zh": "最慢的页面", "en": "Slowest pages"}[lang] in shown
    assert {"zh": "运行状况", "en": "Server"}[lang] in shown
    assert "SQLite" in shown
