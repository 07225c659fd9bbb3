"""Settings, read once from the environment (CASEWORK_*)."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from casework.addresses import address_at, checked_address
from casework.errors import Invalid
from casework.private import FILE, made

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PROXIES = 9
MEGABYTE = 1024 * 1024
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPANS = {"m": MINUTE, "h": timedelta(hours=1), "d": DAY}
# A session is written down as used once a minute: a much shorter limit would mean nothing.
SHORTEST_SESSION, LONGEST_SESSION = 5 * MINUTE, 365 * DAY
MOST_UPLOAD = 1000  # megabytes; a file is read into memory, several times over


@dataclass(frozen=True)
class Settings:
    """How this installation is set up. `max_upload` in bytes, `link_days` in days."""

    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    mail_url: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    workflows_dir: Path = Path()
    templates_dir: Path = Path()
    max_upload: int = 100 * MEGABYTE
    link_days: int = 90
    session_idle: timedelta = timedelta(hours=8)
    session_life: timedelta = timedelta(days=7)
    mail_from: str = ""

    @property
    def sender(self) -> str:
        """Who letters come from where neither the body nor the organisation has an address."""
        return self.mail_from or address_at(urlsplit(self.base_url).hostname or "")

    @property
    def embedded(self) -> bool:
        """One machine with its database in the data folder."""
        return self.database_url.startswith("sqlite")

    @property
    def sees_callers(self) -> bool:
        """Whether a caller's address is the caller's own.

        Casework itself speaks no TLS: behind an https address stands a proxy, and unless that one
        is trusted everybody seems to call from it.
        """
        return self.trusted_proxies > 0 or not self.base_url.startswith("https:")

    def warnings(self) -> list[str]:
        """The code of each sentence that whoever runs this should read; it runs nevertheless."""
        return [] if self.sees_callers else ["proxy_not_trusted"]

    def as_environ(self) -> dict[str, str]:
        """The same settings for a process of our own, as `load_settings` reads them."""
        return {
            "CASEWORK_DATA_DIR": str(self.data_dir),
            "CASEWORK_DATABASE_URL": self.database_url,
            "CASEWORK_SECRET_KEY": self.secret_key,
            "CASEWORK_MAIL_URL": self.mail_url,
            "CASEWORK_MAIL_FROM": self.mail_from,
            "CASEWORK_BASE_URL": self.base_url,
            "CASEWORK_TRUSTED_PROXIES": str(self.trusted_proxies),
            "CASEWORK_WORKFLOWS": str(self.workflows_dir),
            "CASEWORK_TEMPLATES": str(self.templates_dir),
            "CASEWORK_MAX_UPLOAD": str(max(1, self.max_upload // MEGABYTE)),
            "CASEWORK_SESSION_IDLE": _as_minutes(self.session_idle),
            "CASEWORK_SESSION_LIFE": _as_minutes(self.session_life),
        }

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def own_paths(self) -> tuple[Path, ...]:
        """Everything of the installation that lies on this machine; some may not be there yet."""
        paths = [self.data_dir / "secret-key", self.files_dir, self.packs_dir]
        if self.embedded:
            database = self.database_url.removeprefix("sqlite:///")
            paths += [Path(database + ending) for ending in ("", "-wal", "-shm", "-journal")]
        if self.mail_url.startswith("file:"):
            paths.append(Path(self.mail_url.removeprefix("file:").removeprefix("//")))
        return tuple(paths)

    @property
    def packs_dir(self) -> Path:
        """Packs that were made, and those in the making; each can be made again."""
        return self.data_dir / "packs"


def shipped(name: str) -> Path:
    """The folder `workflows`, `templates` or `migrations` that came with the program.

    Inside an installed wheel it lies in the package; in a checkout beside it.
    """
    package = Path(__file__).resolve().parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `environ`; raises Invalid naming the setting that is wrong."""
    data_dir = Path(environ.get("CASEWORK_DATA_DIR", "var")).resolve()
    database_url = environ.get("CASEWORK_DATABASE_URL") or f"sqlite:///{data_dir / 'casework.db'}"
    idle, life = _session_limits(environ)
    return Settings(
        data_dir=_made(data_dir),
        database_url=_database_url(database_url),
        secret_key=_secret_key(environ, data_dir, database_url),
        mail_url=_mail_url(environ.get("CASEWORK_MAIL_URL") or f"file:{data_dir / 'mail'}"),
        base_url=_base_url(environ.get("CASEWORK_BASE_URL", "http://127.0.0.1:8000")),
        trusted_proxies=_trusted_proxies(environ.get("CASEWORK_TRUSTED_PROXIES", "")),
        workflows_dir=_folder(environ, "CASEWORK_WORKFLOWS", "workflows"),
        templates_dir=_folder(environ, "CASEWORK_TEMPLATES", "templates"),
        mail_from=_mail_from(environ.get("CASEWORK_MAIL_FROM", "")),
        max_upload=_max_upload(environ.get("CASEWORK_MAX_UPLOAD", "")),
        session_idle=idle,
        session_life=life,
    )


def _made(folder: Path) -> Path:
    try:
        made(folder)
    except OSError as error:
        raise _wrong("CASEWORK_DATA_DIR", f"{folder} ({error.strerror})") from error
    return folder


def _database_url(url: str) -> str:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise _wrong("CASEWORK_DATABASE_URL", "sqlite:/// | postgresql://")
    return url


def _secret_key(environ: Mapping[str, str], data_dir: Path, database_url: str) -> str:
    given = environ.get("CASEWORK_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise _wrong("CASEWORK_SECRET_KEY", "< 32")
        return given
    if not database_url.startswith("sqlite"):
        raise _wrong("CASEWORK_SECRET_KEY", "PostgreSQL: saknas / missing")
    kept = data_dir / "secret-key"
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return kept.read_text().strip()


def _mail_url(url: str) -> str:
    if urlsplit(url).scheme not in {"smtp", "smtps", "file"}:
        raise _wrong("CASEWORK_MAIL_URL", "smtp:// | smtps:// | file:")
    return url


def _mail_from(address: str) -> str:
    if not address.strip():
        return ""
    try:
        return checked_address(address.strip())
    except Invalid as error:
        raise _wrong(
            "CASEWORK_MAIL_FROM", f"{address!r}: ingen e-postadress / no e-mail address"
        ) from error


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise _wrong("CASEWORK_BASE_URL", "http(s)://")
    return url.rstrip("/")


def _trusted_proxies(number: str) -> int:
    """How many proxies stand before the program; the outermost one's word is believed."""
    given = number.strip() or "0"
    if not (given.isascii() and given.isdigit() and int(given) <= MOST_PROXIES):
        raise _wrong("CASEWORK_TRUSTED_PROXIES", f"0–{MOST_PROXIES}")
    return int(given)


def _max_upload(megabytes: str) -> int:
    given = megabytes.strip() or "100"
    if not (
        given.isascii() and given.isdigit() and len(given) < 9 and 1 <= int(given) <= MOST_UPLOAD
    ):
        raise _wrong("CASEWORK_MAX_UPLOAD", f"{given[:40]!r}: 1–{MOST_UPLOAD} (MB)")
    return int(given) * MEGABYTE


def _session_limits(environ: Mapping[str, str]) -> tuple[timedelta, timedelta]:
    """How long a sign-in lives unused, and in all; the first is never the longer."""
    idle = _span(environ, "CASEWORK_SESSION_IDLE", "8h")
    life = _span(environ, "CASEWORK_SESSION_LIFE", f"{max(7 * DAY, idle) // MINUTE}m")
    if idle > life:
        raise _wrong("CASEWORK_SESSION_IDLE", "> CASEWORK_SESSION_LIFE")
    return idle, life


def _span(environ: Mapping[str, str], name: str, default: str) -> timedelta:
    """A number and m, h or d: minutes, hours, days."""
    given = environ.get(name, "").strip().lower() or default
    number, unit = given[:-1], SPANS.get(given[-1:])
    if unit is None or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise _wrong(name, f"{given[:40]!r}: 30m | 8h | 7d")
    span = int(number) * unit
    if not SHORTEST_SESSION <= span <= LONGEST_SESSION:
        raise _wrong(name, f"{given[:40]!r}: 5m–365d")
    return span


def _as_minutes(span: timedelta) -> str:
    return f"{span // MINUTE}m"


def _folder(environ: Mapping[str, str], name: str, default: str) -> Path:
    given = environ.get(name)
    folder = Path(given) if given else shipped(default)
    if not folder.is_dir():
        raise _wrong(name, f"{folder} saknas / missing")
    return folder


def _wrong(name: str, reason: str) -> Invalid:
    return Invalid("setting_wrong", name=name, reason=reason)
