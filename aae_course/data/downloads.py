"""The files of a data set: found in the data folder or downloaded, and always verified.

What is loaded is what was hashed: every file is read once, and those bytes are verified,
decompressed and handed on.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import zlib
from pathlib import Path
from urllib.request import Request, urlopen

from tqdm import tqdm

from aae_course.data.files import TITLES, File, files
from aae_course.data.whole_files import written_whole

TIMEOUT_SECONDS = 20  # to connect, and for each read
TRIES_PER_MIRROR = 2
CHUNK_BYTES = 1 << 16
NETWORK_ERRORS = (OSError, http.client.HTTPException)  # URLError, time-outs and resets are OSErrors


class DataError(Exception):
    """A data set's files are missing, wrong or cannot be written; says which, and what to do."""


class MissingData(DataError):
    """A data set's files are not in the data folder, and no download was to be tried.

    The message names no folder, as it goes into records that others read.
    """


def read(name: str, folder: Path, download: bool = True) -> dict[str, bytes]:
    """Return the verified, decompressed contents of the data set's files, by their part.

    Parts are "train images", "train labels", "test images" and "test labels", or for SVHN
    "train file" and "test file". Files that are missing are downloaded into `folder`, unless
    `download` is false; files that are there are never changed.

    Raises:
        MissingData: a file is missing and `download` is false.
        DataError: a file is truncated, corrupt, another set's or another part's, missing and
            not to be had from any mirror, or the folder cannot be written to.
    """
    wanted = files(name)
    # All that is there comes first: a bad file is told before anything is downloaded.
    contents = {file.part: _from_disk(file, folder) for file in wanted}
    missing = [file for file in wanted if contents[file.part] is None]
    if missing and not download:
        absent = ", ".join(file.path.name for file in missing)
        raise MissingData(f"{missing[0].title} is not in the data folder: {absent} missing.")
    for done, file in enumerate(missing):
        _require_writable((folder / file.path).parent)
        try:
            downloaded, contents[file.part] = _from_mirrors(file)
        except ConnectionError as error:
            raise DataError(_missing_message(missing[done:], folder, error)) from error
        _save(folder / file.path, downloaded)
    return contents


def _from_disk(file: File, folder: Path) -> bytes | None:
    try:
        path = next((path for path in file.places(folder) if path.exists()), None)
        data = None if path is None else path.read_bytes()
    except OSError as error:
        raise DataError(f"{folder / file.path}, {file}, cannot be read: {error}.") from error
    if data is None:
        return None
    try:
        return _verified(file, data, path)
    except DataError as error:
        raise DataError(
            f"{error}. Delete it to have {file} downloaded, "
            f"or put {file.path.name} (md5 {file.md5}) in its place."
        ) from None


def _verified(file: File, data: bytes, where: Path | str) -> bytes:
    """Return `data` decompressed, if its md5 before or after decompression is one of the file's."""
    try:
        plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except EOFError:
        raise DataError(f"{where} is truncated: its compressed data end too early") from None
    except (OSError, zlib.error):
        plain = data  # broken, so that no md5 will match
    if _md5(data) in file.known or _md5(plain) in file.known:
        return plain
    raise DataError(f"{where} {_fault(file, data, plain, compressed=str(where).endswith('.gz'))}")


def _fault(file: File, data: bytes, plain: bytes, compressed: bool) -> str:
    """Say what is wrong with a file that no md5 vouches for, as the rest of "<path> ..."."""
    for other in (other for name in TITLES for other in files(name)):
        if {_md5(data), _md5(plain)}.intersection(other.known):
            return f"is {other}, not {file}"
    whole = None if compressed else file.plain_bytes
    if len(data) < (whole or 1):
        return f"is truncated: it has {len(data)} bytes" + (f" of {whole}" if whole else "")
    if file.plain_md5 is None and file.path.suffix == ".gz" and not compressed:
        return f"cannot be verified: only the md5 of {file.path.name} is known, which is needed"
    expected = file.md5 if compressed else file.plain_md5 or file.md5
    return f"is corrupt: expected md5 {expected}, found {_md5(data)}"


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _from_mirrors(file: File) -> tuple[bytes, bytes]:
    """Return the file as downloaded and its verified contents, from the first mirror that has it.

    Raises:
        ConnectionError: no mirror has it; the message is the last mirror's.
    """
    last = ConnectionError("no mirror is known")
    for url in file.urls:
        for _ in range(TRIES_PER_MIRROR):
            try:
                data = _fetch(url, file)
                return data, _verified(file, data, url)
            except NETWORK_ERRORS as error:
                last = ConnectionError(f"{url}: {str(error) or type(error).__name__}")
                if isinstance(getattr(error, "reason", None), TimeoutError):
                    break  # could not connect: each address of the mirror had its time already
            except DataError as error:
                last = ConnectionError(str(error))
                break  # a mirror that holds a wrong file holds it at the second try too
    raise last


def _fetch(url: str, file: File) -> bytes:
    request = Request(url, headers={"User-Agent": "aae-course"})
    data = bytearray()
    label = f"{file.title} {file.path.name}"
    with (
        tqdm(desc=label, unit="B", unit_scale=True, disable=None) as bar,
        urlopen(request, timeout=TIMEOUT_SECONDS) as response,
    ):
        bar.total = size = response.length
        while chunk := response.read(CHUNK_BYTES):
            data += chunk
            bar.update(len(chunk))
    if size is not None and len(data) < size:
        raise ConnectionError(f"the connection ended after {len(data)} of {size} bytes")
    return bytes(data)


def _require_writable(folder: Path) -> None:
    """Fail before a download, rather than after it, where its file could not be written."""
    above = (folder.absolute(), *folder.absolute().parents)
    nearest = next((path for path in above if path.exists()), above[-1])
    if not nearest.is_dir():
        raise _unwritable(folder, f"{nearest} is not a folder")
    if not os.access(nearest, os.W_OK):
        raise _unwritable(folder, f"no permission to write in {nearest}")


def _save(path: Path, data: bytes) -> None:
    """Write the file whole or not at all, also where several processes write it at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise _unwritable(path.parent, str(error)) from error


def _unwritable(folder: Path, reason: str) -> DataError:
    return DataError(
        f"Cannot write to the data folder {folder.absolute()}: {reason}. "
        "Set AAE_DATA_DIR to a folder that you may write to."
    )


def _missing_message(missing: list[File], folder: Path, error: Exception) -> str:
    first = missing[0]
    lines = [
        f"{first.title} is not complete in {(folder / first.path).parent.absolute()} "
        "and could not be downloaded.",
        f"Last error: {error}",
        "Put these files there by hand, then run again:",
    ]
    for file in missing:
        plain = f" (or decompressed, md5 {file.plain_md5})" if file.plain_md5 else ""
        lines.append(f"  {file.path.name}  md5 {file.md5}{plain}")
    lines.append(f"Addresses of the first: {' '.join(first.urls)}")
    lines.append(
        f"Or set AAE_DATA_DIR to a folder that holds {first.path.as_posix()} and the rest."
    )
    return "\n".join(lines)
