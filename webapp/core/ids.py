"""Identifiers that may leave the house. Integer keys never do."""

import re
import secrets

# 29 symbols nobody mistakes on paper or on the phone: no 0 O 1 I L 5 S.
SAFE = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def new_public_id() -> str:
    """128 random bits, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def new_lookup_code() -> str:
    """Six safe symbols as '7K4-92M': short enough to read aloud, so it always asks a second fact."""
    symbols = "".join(secrets.choice(SAFE) for _ in range(6))
    return f"{symbols[:3]}-{symbols[3:]}"


def normalise_lookup_code(text: str) -> str | None:
    """'7k4 92m', '7K492M' → '7K4-92M'; None when it cannot be one of ours."""
    symbols = re.sub(r"[\s\-.]", "", text.upper())
    if len(symbols) == 6 and all(ch in SAFE for ch in symbols):
        return f"{symbols[:3]}-{symbols[3:]}"
    return None


def new_qr_token() -> str:
    """80 random bits as 16 capitals: fits a small QR in alphanumeric mode; shows stage and dates only."""
    return "".join(secrets.choice(BASE32) for _ in range(16))


def new_secret() -> str:
    """256 random bits for sessions and one-time links."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A 6-digit one-time code."""
    return f"{secrets.randbelow(1_000_000):06d}"
