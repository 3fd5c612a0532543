"""The policy of a page: what it may do, said in the page itself, before anything that it holds."""

import re
from html import escape

#: What a page may do: show itself. Nothing runs in it, and it asks no other place for anything.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def with_policy(page: str, policy: str) -> str:
    """Return a page that says itself what may run in it and be fetched.

    Args:
        page: HTML with a head.
        policy: a Content-Security-Policy.

    Example:
        >>> with_policy("<html><head><title>x</title></head></html>", "default-src 'none'")[:75]
        '<html><head><meta http-equiv="Content-Security-Policy" content="default-src'
    """
    return re.sub(r"(?i)<head\b[^>]*>", lambda found: found[0] + as_meta(policy), page, count=1)


def as_meta(policy: str = POLICY) -> str:
    """Return the element by which a page says its policy."""
    return f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=False)}">'
