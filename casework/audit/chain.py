"""How entries are hashed and sealed: pure functions of a key and an entry's columns."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.audit.models import AuditEntry


def derive_key(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, from the installation's secret."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def entry_hash(key: bytes, entry: AuditEntry) -> str:
    """Keyed SHA-256 over every column of the entry but its row id and the hash itself."""
    columns = [
        entry.organisation_id,
        entry.subject_type,
        entry.subject_id,
        entry.sequence,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.detail,
        entry.cause,
        entry.previous_hash,
    ]
    return _keyed(key, columns)


def head_seal(key: bytes, entry: AuditEntry) -> str:
    """What the subject keeps of its chain: a seal over identity, length and last hash."""
    last = [entry.organisation_id, entry.subject_type, entry.subject_id, entry.sequence, entry.hash]
    return _keyed(key, ["head", *last])


def anchor_signature(key: bytes, organisation_id: int, day: str, chains: int, root: str) -> str:
    return _keyed(key, ["anchor", organisation_id, day, chains, root])


def merkle_root(leaves: Sequence[str]) -> str:
    """SHA-256 Merkle root; leaves and inner nodes are marked apart (RFC 6962, section 2.1)."""
    level = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def _keyed(key: bytes, values: list[Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
