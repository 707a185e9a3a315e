"""Who issues a bulletin (发文单位) and whom it is sent to (主送机关): as county or plan say; nobody is made up."""

import datetime as dt
import re

from data.past import ZONE
from data.plan import Plan
from data.registry import County

_MORE_THAN_A_NAME = re.compile(r"[；;，,。：:（(]")
"""What a plan tells of its issuing in words, or with a remark, is no name to put below a document."""


def issuer(county: County, plan: Plan) -> str:
    """Return what stands below a bulletin unless somebody says otherwise; "" where neither county nor plan names one.

    The register's `issuer` comes first. What a plan says of its issuing body is taken where it is a name alone.
    """
    if county.issuer:
        return county.issuer
    body = plan.issuing_body
    return "" if _MORE_THAN_A_NAME.search(body) else body


def addressees(plan: Plan) -> str:
    """Return whom a bulletin is sent to unless somebody says otherwise: whom its plan was; "" where it does not say."""
    return plan.addressees or ""


def today() -> dt.date:
    """Return the date a document made now bears (成文日期) unless somebody says otherwise."""
    return dt.datetime.now(ZONE).date()
