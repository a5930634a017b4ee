"""Files of data sets: verified whatever their origin, downloaded whole or not at all.

Every set here is a small made one: the tables of `data.files` are replaced, and the mirrors are
servers on this machine, so nothing is asked of a network.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from aae_course.data import downloads, files
from aae_course.data.downloads import DataError, MissingData, read

STEMS = tuple(files.IDX_PARTS)
PARTS = tuple(files.IDX_PARTS.values())
SETS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def idx(set_number: int, file_number: int) -> bytes:
    """Return an idx file whose content differs for each set and file, of 200 bytes of values."""
    values = bytes((set_number * 50 + file_number * 10 + i * i) % 251 for i in range(200))
    return struct.pack(">BBBBI", 0, 0, 8, 1, len(values)) + values


CONTENTS = {name: {stem: idx(s, f) for f, stem in enumerate(STEMS)} for s, name in enumerate(SETS)}
ZIPPED = {
    name: {f"{stem}.gz": gzip.compress(data, mtime=0) for stem, data in made.items()}
    for name, made in CONTENTS.items()
}
SVHN = {"train_32x32.mat": b"MATLAB train" * 20, "test_32x32.mat": b"MATLAB test" * 20}


@pytest.fixture(autouse=True)
def made_sets(monkeypatch):
    """Put the made sets in the place of the real ones, with no mirror."""
    monkeypatch.setenv("no_proxy", "*")
    for name in SETS:
        monkeypatch.setitem(files.MIRRORS, name, [])
        sums = {file: md5(data) for file, data in ZIPPED[name].items()}
        monkeypatch.setitem(files.MD5, name, sums)
    plain = {stem: (md5(data), len(data)) for stem, data in CONTENTS["mnist"].items()}
    monkeypatch.setattr(files, "MNIST_DECOMPRESSED", plain)
    monkeypatch.setitem(files.MIRRORS, "svhn", ["http://127.0.0.1:9/"])
    monkeypatch.setitem(files.MD5, "svhn", {file: md5(data) for file, data in SVHN.items()})


def raw(folder: Path, name: str) -> Path:
    return folder / SETS[name] / "raw"


def place(folder: Path, name: str, contents: dict[str, bytes]) -> Path:
    place = raw(folder, name)
    place.mkdir(parents=True, exist_ok=True)
    for file, data in contents.items():
        (place / file).write_bytes(data)
    return place


def by_part(name: str) -> dict[str, bytes]:
    return {files.IDX_PARTS[stem]: data for stem, data in CONTENTS[name].items()}


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


@pytest.fixture
def serve():
    """Start servers: `serve(answer)` returns an address and the list of the paths asked of it.

    `answer` is called with the request handler and the name of the file that is asked for.
    """
    servers = []

    def start(answer):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                answer(self, self.path.rpartition("/")[2])

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/made/", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(handler, data: bytes, length: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    handler.end_headers()
    handler.wfile.write(data)


def good(name: str):
    return lambda handler, file: send(handler, ZIPPED[name][file])


# What is on disk


@pytest.mark.parametrize("name", SETS)
def test_compressed_files_are_read_without_network(tmp_path, name):
    place(tmp_path, name, ZIPPED[name])
    assert read(name, tmp_path) == by_part(name)


def test_decompressed_mnist_is_read(tmp_path):
    place(tmp_path, "mnist", CONTENTS["mnist"])
    assert read("mnist", tmp_path) == by_part("mnist")


def test_compressed_and_decompressed_may_be_mixed(tmp_path):
    place(tmp_path, "mnist", {STEMS[0]: CONTENTS["mnist"][STEMS[0]]})
    place(tmp_path, "mnist", {f"{stem}.gz": ZIPPED["mnist"][f"{stem}.gz"] for stem in STEMS[1:]})
    assert read("mnist", tmp_path) == by_part("mnist")


def test_a_gz_that_a_browser_decompressed_is_read(tmp_path):
    files = {f"{stem}.gz": data for stem, data in CONTENTS["mnist"].items()}
    place(tmp_path, "mnist", files)
    assert read("mnist", tmp_path) == by_part("mnist")


def test_svhn_is_read(tmp_path):
    for file, data in SVHN.items():
        (tmp_path / file).write_bytes(data)
    expected = {"train file": SVHN["train_32x32.mat"], "test file": SVHN["test_32x32.mat"]}
    assert read("svhn", tmp_path) == expected


@pytest.mark.parametrize("name", ["fashion_mnist", "kmnist"])
def test_decompressed_files_alone_are_refused_where_no_md5_is_known(tmp_path, name):
    place(tmp_path, name, ZIPPED[name])
    (raw(tmp_path, name) / f"{STEMS[2]}.gz").rename(raw(tmp_path, name) / STEMS[2])
    (raw(tmp_path, name) / STEMS[2]).write_bytes(CONTENTS[name][STEMS[2]])
    with pytest.raises(DataError, match=rf"only the md5 of {STEMS[2]}\.gz is known"):
        read(name, tmp_path)


FLIPPED = bytearray(CONTENTS["mnist"][STEMS[0]])
FLIPPED[50] ^= 1
ZIP = ZIPPED["mnist"][f"{STEMS[0]}.gz"]
PAGE = b"<html>Sign in to the network</html>" * 30


@pytest.mark.parametrize(
    ("file", "data", "fault"),
    [
        (STEMS[0], CONTENTS["mnist"][STEMS[0]][:-1], "is truncated: it has 207 bytes of 208"),
        (STEMS[0], b"", "is truncated: it has 0 bytes of 208"),
        (STEMS[0], bytes(FLIPPED), "is corrupt: expected md5 .*, found " + md5(bytes(FLIPPED))),
        (STEMS[0], PAGE, "is corrupt"),
        (f"{STEMS[0]}.gz", ZIP[:-1], "is truncated: its compressed data end too early"),
        (f"{STEMS[0]}.gz", ZIP[: len(ZIP) // 2], "is truncated"),
        (f"{STEMS[0]}.gz", ZIP[:5], "is truncated"),
        (f"{STEMS[0]}.gz", b"", "is truncated"),
        (f"{STEMS[0]}.gz", ZIP[:60] + b"\0\0\0" + ZIP[63:], "is corrupt: expected md5 " + md5(ZIP)),
        (f"{STEMS[0]}.gz", gzip.compress(FLIPPED, mtime=0), "is corrupt"),
        (f"{STEMS[0]}.gz", PAGE, "is corrupt"),
    ],
)
def test_a_damaged_file_is_named_and_left_alone(tmp_path, monkeypatch, serve, file, data, fault):
    address, asked = serve(good("mnist"))
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    bad = place(tmp_path, "mnist", {file: data}) / file
    with pytest.raises(DataError, match=re.escape(str(bad)) + f" {fault}") as caught:
        read("mnist", tmp_path)
    assert "Delete it" in str(caught.value)
    assert bad.read_bytes() == data
    assert asked == []  # the other three files are missing, but the bad one comes first
    bad.unlink()
    assert read("mnist", tmp_path) == by_part("mnist")


def test_a_truncated_file_of_a_set_without_known_sizes_is_named(tmp_path):
    place(tmp_path, "kmnist", ZIPPED["kmnist"])
    place(tmp_path, "kmnist", {f"{STEMS[3]}.gz": ZIPPED["kmnist"][f"{STEMS[3]}.gz"][:-20]})
    with pytest.raises(DataError, match=f"{STEMS[3]}.gz is truncated"):
        read("kmnist", tmp_path)


@pytest.mark.parametrize(
    ("name", "file", "data", "fault"),
    [
        (
            "fashion_mnist",
            f"{STEMS[0]}.gz",
            ZIPPED["mnist"][f"{STEMS[0]}.gz"],
            "is MNIST's train images, not Fashion-MNIST's train images",
        ),
        (
            "fashion_mnist",
            STEMS[0],
            CONTENTS["mnist"][STEMS[0]],
            "is MNIST's train images, not Fashion-MNIST's train images",
        ),
        (
            "mnist",
            f"{STEMS[3]}.gz",
            ZIPPED["kmnist"][f"{STEMS[3]}.gz"],
            "is KMNIST's test labels, not MNIST's test labels",
        ),
        (
            "mnist",
            STEMS[0],
            CONTENTS["mnist"][STEMS[2]],
            "is MNIST's test images, not MNIST's train images",
        ),
        (
            "kmnist",
            f"{STEMS[1]}.gz",
            ZIPPED["kmnist"][f"{STEMS[0]}.gz"],
            "is KMNIST's train images, not KMNIST's train labels",
        ),
    ],
)
def test_another_file_in_the_place_of_the_right_one_is_named(tmp_path, name, file, data, fault):
    place(tmp_path, name, {file: data})
    with pytest.raises(DataError, match=f"{SETS[name]}/raw/{file} {fault}"):
        read(name, tmp_path)


def test_swapped_svhn_files_are_named(tmp_path):
    (tmp_path / "train_32x32.mat").write_bytes(SVHN["test_32x32.mat"])
    (tmp_path / "test_32x32.mat").write_bytes(SVHN["train_32x32.mat"])
    with pytest.raises(DataError, match="is SVHN's test file, not SVHN's train file"):
        read("svhn", tmp_path)


def test_a_folder_with_a_files_name_is_an_error_that_names_it(tmp_path):
    (raw(tmp_path, "mnist") / STEMS[0]).mkdir(parents=True)
    with pytest.raises(DataError, match=r"MNIST's train images, cannot be read"):
        read("mnist", tmp_path)


# Downloads


@pytest.mark.parametrize("name", SETS)
def test_missing_files_are_downloaded_once(tmp_path, monkeypatch, serve, name):
    address, asked = serve(good(name))
    monkeypatch.setitem(files.MIRRORS, name, [address])
    assert read(name, tmp_path / "new") == by_part(name)
    assert read(name, tmp_path / "new") == by_part(name)
    assert asked == [f"/made/{stem}.gz" for stem in STEMS]
    assert listing(raw(tmp_path / "new", name)) == sorted(ZIPPED[name])
    for file, data in ZIPPED[name].items():
        assert (raw(tmp_path / "new", name) / file).read_bytes() == data


def test_only_what_is_missing_is_downloaded(tmp_path, monkeypatch, serve):
    address, asked = serve(good("mnist"))
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    place(tmp_path, "mnist", {stem: CONTENTS["mnist"][stem] for stem in STEMS[:3]})
    assert read("mnist", tmp_path) == by_part("mnist")
    assert asked == [f"/made/{STEMS[3]}.gz"]


@pytest.mark.parametrize("name", [*SETS, "svhn"])
def test_nothing_is_downloaded_where_that_is_not_wanted(tmp_path, monkeypatch, name):
    monkeypatch.setattr(downloads, "urlopen", None)  # calling it would raise a TypeError
    with pytest.raises(MissingData, match=r"is not in the data folder: .* missing") as told:
        read(name, tmp_path, download=False)
    assert "\n" not in str(told.value) and str(tmp_path) not in str(told.value)
    assert listing(tmp_path) == []


def test_what_is_there_is_read_and_checked_without_a_download_too(tmp_path):
    place(tmp_path, "mnist", ZIPPED["mnist"])
    assert read("mnist", tmp_path, download=False) == by_part("mnist")
    damaged = place(tmp_path, "mnist", {f"{STEMS[1]}.gz": b"damaged"})
    (damaged / f"{STEMS[0]}.gz").unlink()
    with pytest.raises(DataError, match="is corrupt") as told:
        read("mnist", tmp_path, download=False)
    assert not isinstance(told.value, MissingData)


def test_svhn_is_downloaded(tmp_path, monkeypatch, serve):
    address, _ = serve(lambda handler, file: send(handler, SVHN[file]))
    monkeypatch.setitem(files.MIRRORS, "svhn", [address])
    assert read("svhn", tmp_path)["test file"] == SVHN["test_32x32.mat"]
    assert listing(tmp_path) == sorted(SVHN)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_downloaded_files_have_the_usual_mode(tmp_path, monkeypatch, serve):
    monkeypatch.setitem(files.MIRRORS, "mnist", [serve(good("mnist"))[0]])
    read("mnist", tmp_path)
    usual = tmp_path / "usual"
    usual.touch()
    file = raw(tmp_path, "mnist") / f"{STEMS[0]}.gz"
    assert file.stat().st_mode == usual.stat().st_mode


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


RELEASE = threading.Event()  # ends what hangs, at the end of its test
OUTWAITED = []  # what hung for longer than any time-out


def hang(handler, file):
    if not RELEASE.wait(20):
        OUTWAITED.append(file)


def hang_halfway(handler, file):
    send(handler, ZIPPED["mnist"][file][:30], length=len(ZIPPED["mnist"][file]))
    handler.wfile.flush()
    hang(handler, file)


FAILURES = {
    "not found": lambda handler, file: handler.send_error(404),
    "server error": lambda handler, file: handler.send_error(503),
    "hangs": hang,
    "hangs halfway": hang_halfway,
    "truncated": lambda handler, file: send(
        handler, ZIPPED["mnist"][file][:-9], length=len(ZIPPED["mnist"][file])
    ),
    "truncated, length unknown": lambda handler, file: handler.wfile.write(
        b"HTTP/1.0 200 OK\r\n\r\n" + ZIPPED["mnist"][file][:-9]
    ),
    "says nothing": lambda handler, file: None,
    "no http": lambda handler, file: handler.wfile.write(b"220 smtp ready\r\n"),
    "a page": lambda handler, file: send(handler, PAGE),
    "another set": lambda handler, file: send(handler, ZIPPED["kmnist"][file]),
}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT_SECONDS", 0.2)
    RELEASE.clear()
    yield
    RELEASE.set()
    assert OUTWAITED == []


def failing_address(serve, failure: str) -> str:
    return closed_port() if failure == "refused" else serve(FAILURES[failure])[0]


@pytest.mark.parametrize("failure", ["refused", *FAILURES])
def test_the_next_mirror_is_tried(tmp_path, monkeypatch, serve, impatient, failure):
    place(tmp_path, "mnist", {stem: CONTENTS["mnist"][stem] for stem in STEMS[1:]})
    first, (second, asked) = failing_address(serve, failure), serve(good("mnist"))
    monkeypatch.setitem(files.MIRRORS, "mnist", [first, second])
    assert read("mnist", tmp_path) == by_part("mnist")
    assert asked == [f"/made/{STEMS[0]}.gz"]
    assert listing(raw(tmp_path, "mnist")) == [f"{STEMS[0]}.gz"]


@pytest.mark.parametrize("failure", ["refused", *FAILURES])
def test_where_no_mirror_helps_the_message_does(tmp_path, monkeypatch, serve, impatient, failure):
    address = failing_address(serve, failure)
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    place(tmp_path, "mnist", {stem: CONTENTS["mnist"][stem] for stem in STEMS[2:]})
    with pytest.raises(DataError) as caught:
        read("mnist", tmp_path)
    message = str(caught.value)
    assert str(raw(tmp_path, "mnist")) in message
    assert "AAE_DATA_DIR" in message
    assert f"Last error: {address}" in message
    for stem in STEMS[:2]:
        assert f"{stem}.gz  md5 {md5(ZIPPED['mnist'][f'{stem}.gz'])}" in message
    assert STEMS[2] not in message  # those that are there already
    assert listing(tmp_path) == []


def test_what_was_downloaded_before_a_failure_is_kept(tmp_path, monkeypatch, serve):
    served = dict(list(ZIPPED["mnist"].items())[:2])

    def answer(handler, file):
        send(handler, served[file]) if file in served else handler.send_error(404)

    monkeypatch.setitem(files.MIRRORS, "mnist", [serve(answer)[0]])
    with pytest.raises(DataError) as caught:
        read("mnist", tmp_path)
    assert STEMS[1] not in str(caught.value)
    assert f"{STEMS[2]}.gz  md5" in str(caught.value)
    assert listing(tmp_path) == [f"MNIST/raw/{stem}.gz" for stem in sorted(STEMS[:2])]


@pytest.mark.parametrize("failure", ["server error", "truncated", "says nothing"])
def test_a_mirror_that_fails_once_is_tried_again(tmp_path, monkeypatch, serve, failure):
    failed = set()

    def answer(handler, file):
        if file in failed:
            return send(handler, ZIPPED["mnist"][file])
        failed.add(file)
        return FAILURES[failure](handler, file)

    address, asked = serve(answer)
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    assert read("mnist", tmp_path) == by_part("mnist")
    assert len(asked) == 8


@pytest.mark.parametrize(
    ("error", "tries"), [(URLError(TimeoutError("timed out")), 1), (TimeoutError("timed out"), 2)]
)
def test_a_mirror_that_cannot_be_reached_is_not_waited_for_twice(
    tmp_path, monkeypatch, error, tries
):
    asked = []

    def refuse(request, timeout):
        asked.append((request.full_url, timeout))
        raise error

    monkeypatch.setitem(files.MIRRORS, "mnist", ["http://first/", "http://second/"])
    monkeypatch.setattr(downloads, "urlopen", refuse)
    with pytest.raises(DataError, match=r"Last error: http://second/.*timed out"):
        read("mnist", tmp_path)
    addresses = (f"http://first/{STEMS[0]}.gz", f"http://second/{STEMS[0]}.gz")
    assert asked == [(url, 20) for url in addresses for _ in range(tries)]


@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path, monkeypatch, serve, below):
    address, asked = serve(good("mnist"))
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"Cannot write to the data folder .*is not a folder"):
        read("mnist", tmp_path / "file" / below)
    assert asked == []  # told before the download


def test_a_folder_without_permission_is_an_error(tmp_path, monkeypatch, serve):
    address, asked = serve(good("mnist"))
    monkeypatch.setitem(files.MIRRORS, "mnist", [address])
    # Not chmod: it does not keep root, who may run this test, from writing.
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(DataError, match=f"no permission to write in {re.escape(str(tmp_path))}"):
        read("mnist", tmp_path / "new")
    assert asked == []


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DataError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_nothing_is_left_when_writing_fails(tmp_path, monkeypatch, serve, raised, expected):
    monkeypatch.setitem(files.MIRRORS, "mnist", [serve(good("mnist"))[0]])
    seen = []

    def fail(source, target):
        seen.append(Path(source))
        assert seen[-1].exists()
        raise raised

    monkeypatch.setattr(os, "replace", fail)
    for _ in range(2):
        with pytest.raises(expected):
            read("mnist", tmp_path)
    assert {path.parent for path in seen} == {raw(tmp_path, "mnist")}  # beside its target
    assert len(set(seen)) == 2  # no two writers share a temporary file
    assert listing(tmp_path) == []


def test_nothing_is_left_when_a_download_is_interrupted(tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setitem(files.MIRRORS, "mnist", ["http://127.0.0.1:9/"])
    monkeypatch.setattr(downloads, "urlopen", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read("mnist", tmp_path)
    assert listing(tmp_path) == []


CHILD = """
import sys
from pathlib import Path

from aae_course.data import downloads, files

folder, address, *rows = sys.argv[1:]
files.MIRRORS["kmnist"] = [address]
files.MD5["kmnist"] = dict(row.split("=") for row in rows)
contents = downloads.read("kmnist", Path(folder))
print({part: len(data) for part, data in contents.items()})
"""


def test_two_processes_may_download_at_once(tmp_path, serve):
    together = threading.Barrier(2, timeout=120)

    def answer(handler, file):
        together.wait()  # no file is sent before both processes are downloading it
        send(handler, ZIPPED["kmnist"][file])

    address, asked = serve(answer)
    rows = [f"{file}={md5(data)}" for file, data in ZIPPED["kmnist"].items()]
    command = [sys.executable, "-c", CHILD, str(tmp_path), address, *rows]
    root = str(Path(downloads.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "no_proxy": "*"}
    children = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    expected = str({part: len(data) for part, data in by_part("kmnist").items()})
    for child in children:
        assert child.communicate(timeout=180)[0].strip() == expected
        assert child.returncode == 0
    assert len(asked) == 8
    assert listing(raw(tmp_path, "kmnist")) == sorted(ZIPPED["kmnist"])
    assert read("kmnist", tmp_path) == by_part("kmnist")
