"""Passwords: kept as argon2id, and proved as slowly for nobody as for somebody."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casework.errors import Invalid

if TYPE_CHECKING:
    from casework.accounts.models import User

SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash; raises Invalid if the password is shorter than twelve characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_short", shortest=SHORTEST_PASSWORD)
    return _hasher.hash(_bytes(password))


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def password_fits(user: User | None, password: str) -> bool:
    """Whether the password is the user's; as slow for an unknown user as for a known one."""
    nobodys = _nobodys_hash()  # made by the first of all, whoever that asks for
    kept = user.password_hash if user and user.password_hash else nobodys
    try:
        fits = _hasher.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and user is not None and bool(user.password_hash)


def _bytes(password: str) -> bytes:
    """As UTF-8; half a surrogate pair, which JSON can carry, is no fault of the program."""
    return password.encode("utf-8", "surrogatepass")
