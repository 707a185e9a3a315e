"""The intake: from a file as it came to typed rows and everything to be said about them.

Four steps, each of its own: `read` (bytes to sheets of text), `recognise` (which table, which header, which column),
`check` (values, places, keys, rules), and the store's commit, which takes `Checked.frame`.
"""

from data.intake.check import check_file
from data.intake.folder import read_table_dir
from data.intake.model import Checked, Refusal, Rule, rule_book
from data.intake.template import safe_cell, template

__all__ = ["Checked", "Refusal", "Rule", "check_file", "read_table_dir", "rule_book", "safe_cell", "template"]
