"""The policy of a page: what it may do, said in the page itself, before anything that it holds."""

import re
from html import escape


def with_policy(page: str, policy: str) -> str:
    """Return a page that says itself what may run in it and be fetched.

    Args:
        page: HTML with a head.
        policy: a Content-Security-Policy.

    Example:
        >>> with_policy("<html><head><title>x</title></head></html>", "default-src 'none'")[:75]
        '<html><head><meta http-equiv="Content-Security-Policy" content="default-src'
    """
    said = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=False)}">'
    return re.sub(r"(?i)<head\b[^>]*>", lambda found: found[0] + said, page, count=1)
