"""All rules as a document: `python -m data.intake.rule_list > docs/rules.md`."""

from collections.abc import Iterable, Sequence

from data.intake.model import SEVERITY_ZH, Rule, rule_book

_ABOUT = """\
# Rules of the intake

Made of `data/intake/rules.yaml` by `python -m data.intake.rule_list`; a test keeps it so. A refusal means that the file
cannot be read, an error that it cannot be stored; a warning asks for a look, a repair says what was read differently
than written. Conditions are in the language of indicators (`data/expressions.py`); `{name}` is a parameter of the
county's plans, and rules that need one hold where a plan sets it. A rule is left out where the file lacks a column of
its condition.
"""
_NAMES = ("Rule", "名称", "Name")
_ORDER = ("refusal", "error", "warning", "repair")


def rule_list() -> str:
    """Return all rules in Markdown: name in both languages, and for conditions what they are over."""
    book = rule_book()
    conditions = [rule for rule in book.rules if rule.when]
    stored = set(book.against.rules)
    others = [rule for rule in book.rules if not rule.when and rule.id not in {*stored, *book.pairs}]
    parts = [_ABOUT]
    for severity in _ORDER:
        named = [_named(rule) for rule in others if rule.severity == severity]
        parts.append(_table(f"{severity.capitalize()}s {SEVERITY_ZH[severity]}", _NAMES, named))
    rows = [(*_named(rule), f"`{rule.table}`", f"`{rule.when}`") for rule in conditions]
    parts.append(_table("Rows that contradict themselves (warnings) 行内逻辑", (*_NAMES, "Table", "Doubted if"), rows))
    compared = [
        (*_named(book.by_id[rule]), _severity(book.by_id[rule]), f"`{table}`", _compared(pairs.when, columns))
        for rule, pairs in book.pairs.items()
        for table, columns in pairs.tables.items()
    ]
    parts.append(_table("Pairs of columns 两列之间", (*_NAMES, "Severity", "Table", "Told if"), compared))
    against = [(*_named(book.by_id[rule]), _severity(book.by_id[rule])) for rule in book.against.rules]
    parts.append(_table("Against what is stored 与已入库数据比对", (*_NAMES, "Severity"), against))
    return "\n".join(parts)


def _compared(when: str, columns: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"`{when.format(left=left, right=right)}`" for left, right in columns)


def _severity(rule: Rule) -> str:
    return f"{rule.severity} {SEVERITY_ZH[rule.severity]}"


def _named(rule: Rule) -> tuple[str, str, str]:
    return f"`{rule.id}`", rule.zh, rule.en


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


if __name__ == "__main__":
    print(rule_list(), end="")  # noqa: T201
