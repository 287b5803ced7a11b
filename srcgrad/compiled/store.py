"""A folder of compiled code that belongs to the user alone: entries are signed, bounded, and replaced atomically."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("srcgrad")

VARIABLE = "SRCGRAD_CACHE"
_KEY = "key"
_ENDING = ".code"
_DIGEST = hashlib.sha256
_SIGNATURE_LENGTH = _DIGEST().digest_size
# The least recently used entries go where there are more bytes than this.
MOST_BYTES = 256 * 2**20


def cache_folder() -> Path:
    """Where compiled code is kept: the environment variable SRCGRAD_CACHE says, or the user's cache folder."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "srcgrad"


def clear_cache() -> None:
    """Delete all compiled code that srcgrad keeps on disk.

    >>> clear_cache()
    """
    folder = _own_folder(create=False)
    if folder is None:
        return
    for path in folder.iterdir():
        if path.suffix == _ENDING or path.name.startswith((_KEY, "tmp")):
            with suppress(OSError):
                path.unlink()


def load(name: str) -> bytes | None:
    """What was saved under a name; None where there is nothing, or nothing that this user's srcgrad has written."""
    folder = _own_folder()
    key = _key(folder) if folder is not None else None
    if folder is None or key is None:
        return None
    path = folder / (name + _ENDING)
    content = _own_content(path)
    if content is None:
        return None
    signature, payload = content[:_SIGNATURE_LENGTH], content[_SIGNATURE_LENGTH:]
    if not hmac.compare_digest(signature, _signature(key, name, payload)):
        log.warning("ignoring %s: it is damaged, or was not written by srcgrad", path)
        with suppress(OSError):
            path.unlink()
        return None
    with suppress(OSError):
        os.utime(path)
    return payload


def save(name: str, payload: bytes) -> None:
    """Keep bytes under a name; processes that save at the same time do not disturb each other."""
    folder = _own_folder()
    key = _key(folder) if folder is not None else None
    if folder is None or key is None:
        return
    try:
        _write(folder, folder / (name + _ENDING), _signature(key, name, payload) + payload)
        _drop_oldest(folder)
    except OSError as error:
        log.warning("compiled code is not kept: %s", error)


def _signature(key: bytes, name: str, payload: bytes) -> bytes:
    """What only a holder of the key can write; the name is signed too, so that entries cannot be exchanged."""
    return hmac.digest(key, name.encode() + b"\0" + payload, _DIGEST)


def _own_folder(create: bool = True) -> Path | None:
    """The folder, if it belongs to this user and nobody else can write or read there."""
    folder = cache_folder()
    try:
        if create:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        if create:
            log.warning("compiled code is not kept: %s", error)
        return None
    if not stat.S_ISDIR(found.st_mode) or not _is_own(found):
        log.warning("compiled code is not kept: %s is not a folder that belongs to this user alone", folder)
        return None
    return folder


def _is_own(found: os.stat_result) -> bool:
    """Whether a file or folder belongs to this user and is closed to all others."""
    if not hasattr(os, "getuid"):  # Windows: a user's folders are their own
        return True
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


def _own_content(path: Path) -> bytes | None:
    """The content of a plain file of this user's, None where it is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not _is_own(found):
            log.warning("ignoring %s: it does not belong to this user alone", path)
            return None
        try:
            return file.read()
        except OSError:
            return None


def _key(folder: Path) -> bytes | None:
    """The key that entries are signed with, made the first time."""
    path = folder / _KEY
    known = _own_content(path)
    if known is not None and len(known) == _SIGNATURE_LENGTH:
        return known
    try:
        if known is not None or path.is_symlink():
            path.unlink(missing_ok=True)
        _write(folder, path, secrets.token_bytes(_SIGNATURE_LENGTH), replace=False)
    except OSError as error:
        log.warning("compiled code is not kept: %s", error)
        return None
    # Of two processes that make a key at the same time, one wins.
    return _own_content(path)


def _write(folder: Path, path: Path, content: bytes, replace: bool = True) -> None:
    """A file that appears under its name whole; without ``replace`` one that is there already stays."""
    descriptor, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if replace:
            os.replace(temporary, path)
        else:
            with suppress(FileExistsError):
                os.link(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _drop_oldest(folder: Path) -> None:
    """Delete the least recently used entries where there are too many bytes."""
    entries = []
    for path in folder.glob("*" + _ENDING):
        with suppress(OSError):
            found = path.stat()
            entries.append((found.st_mtime, found.st_size, path))
    left = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if left <= MOST_BYTES:
            break
        with suppress(OSError):
            path.unlink()
        left -= size
