"""The secret of a class, from which follows what its hidden tests draw, and who has which version."""

import os
import secrets
from pathlib import Path

SECRET = ".class_secret"


def of_class(root: Path) -> bytes:
    """Return the secret of the class, made when it is first asked for; only its owner may read it."""
    path = root / SECRET
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(file, "wb") as opened:
        opened.write(secrets.token_hex(32).encode())
    return path.read_bytes()
