"""Files by plain HTTP: no name leads elsewhere, nothing that exists is written over, and nothing is ever lost."""

import contextlib
import http.client
import io
import json
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from runtime.web.trash import TRASH
from runtime.web.uploads import MOST_BYTES
from tests.system.playing import eventually
from tests.web.serving import Serving


@pytest.fixture
def folder(served: Serving) -> Path:
    """The captures, with two files in it."""
    for file in served.captures.glob("*"):
        if not file.is_dir():
            file.unlink()
    for name in ("one.wav", "two.wav"):
        (served.captures / name).write_bytes(name.encode())
    return served.captures


def change(served: Serving, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
    """Ask as the page does; status and text of the answer."""
    headers = {"Origin": served.origin, "X-Latentbridge-Token": served.token()}
    status, text, _ = served.request(path, method, headers, body)
    return status, text.decode()


def rename(served: Serving, name: str, to: object) -> tuple[int, str]:
    return change(served, "POST", f"/api/captures/{quote(name, safe='')}", json.dumps({"name": to}).encode())


@pytest.mark.parametrize(
    ("wanted", "becomes"),
    [
        ("deep kick", "deep_kick.wav"),
        ("Ünder.wav", "Under.wav"),
        ("../../elsewhere", "elsewhere.wav"),
        ("C:\\windows\\x", "C__windows_x.wav"),
        ("CON", "_CON.wav"),
        ("a\0b\nc<script>", "a_b_c_script.wav"),
        (".hidden", "hidden.wav"),
        ("x" * 400, "x" * 64 + ".wav"),
    ],
)
def test_a_capture_gets_what_a_plain_file_name_keeps_of_a_name(
    served: Serving, folder: Path, wanted: str, becomes: str
) -> None:
    status, text = rename(served, "one.wav", wanted)
    assert (status, json.loads(text)) == (200, {"name": becomes})
    assert (folder / becomes).read_bytes() == b"one.wav"
    assert not (folder / "one.wav").exists()


@pytest.mark.parametrize("wanted", ["", "///", "…", "音", 7, None, ["x"]])
def test_a_name_of_which_nothing_is_left_is_refused(served: Serving, folder: Path, wanted: object) -> None:
    assert rename(served, "one.wav", wanted)[0] == 400
    assert (folder / "one.wav").exists()


def test_a_new_name_takes_nothing_elses_place(served: Serving, folder: Path) -> None:
    status, text = rename(served, "one.wav", "two")
    assert status == 409
    assert "two.wav" in text
    (folder / "dangling.wav").symlink_to("nowhere")
    assert rename(served, "one.wav", "dangling")[0] == 409
    assert {file.name: file.read_bytes() for file in folder.glob("[ot]*.wav")} == {
        "one.wav": b"one.wav",
        "two.wav": b"two.wav",
    }


def test_what_is_deleted_lies_in_the_trash_and_comes_back_beside_what_has_its_name_now(
    served: Serving, folder: Path
) -> None:
    assert change(served, "DELETE", "/api/captures/one.wav")[0] == 200
    assert not (folder / "one.wav").exists()
    assert (folder / TRASH / "one.wav").read_bytes() == b"one.wav"
    (folder / "one.wav").write_bytes(b"another")
    assert json.loads(change(served, "DELETE", "/api/captures/one.wav")[1]) == {"name": "one_2.wav"}
    (folder / "one.wav").write_bytes(b"a third")
    assert json.loads(change(served, "POST", "/api/trash/one.wav")[1]) == {"name": "one_2.wav"}
    assert json.loads(change(served, "POST", "/api/trash/one_2.wav")[1]) == {"name": "one_2_2.wav"}
    there = {file.read_bytes() for file in folder.glob("*.wav")}
    assert there == {b"one.wav", b"another", b"a third", b"two.wav"}
    assert json.loads(served.request("/api/captures")[1])["trash"] == []


def test_a_kit_is_deleted_whole_and_comes_back_whole(served: Serving, folder: Path) -> None:
    kit = folder / "kit <1>"
    kit.mkdir()
    for name in ("kit.json", "a.wav", ".half written.tmp"):
        (kit / name).write_bytes(b"x" * 1000)
    path = f"/api/kits/{quote(kit.name)}"
    status, packed, headers = served.request(path)
    assert (status, headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["kit <1>/a.wav", "kit <1>/kit.json"]
    assert change(served, "DELETE", path)[0] == 200
    assert not kit.exists()
    (folder / TRASH / kit.name / "kit.json").stat()
    assert change(served, "POST", f"/api/trash/{quote(kit.name)}")[0] == 200
    assert sorted(file.name for file in kit.iterdir()) == [".half written.tmp", "a.wav", "kit.json"]
    assert change(served, "DELETE", path)[0] == 200


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("kind", ["captures", "kits", "trash"])
def test_no_name_leads_out_of_the_captures(served: Serving, folder: Path, method: str, kind: str) -> None:
    outside = folder.parent / "outside.wav"
    outside.write_bytes(b"mine")
    (folder / "notes.txt").write_bytes(b"not a sound")
    for name in ("../outside.wav", "..%2foutside.wav", "%2e%2e%2foutside.wav", quote(str(outside), safe=""), "..", "."):
        assert change(served, method, f"/api/{kind}/{name}", b'{"name": "x"}')[0] in (404, 405), name
    assert change(served, method, f"/api/{kind}/notes.txt", b'{"name": "x"}')[0] in (404, 405)
    assert outside.read_bytes() == b"mine"
    assert (folder / "notes.txt").exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/captures/one.wav"),
        ("DELETE", "/api/captures/one.wav"),
        ("DELETE", "/api/kits/kit"),
        ("POST", "/api/trash/one.wav"),
        ("POST", "/api/uploads?name=x.wav"),
    ],
)
def test_nothing_is_changed_without_the_token_or_for_another_sites_page(
    served: Serving, folder: Path, method: str, path: str
) -> None:
    token, wrong = served.token(), {"X-Latentbridge-Token": "wrong", "Origin": served.origin}
    elsewhere = {"X-Latentbridge-Token": token, "Origin": "http://evil.example"}
    for headers in (wrong, elsewhere, {"Origin": served.origin}, {"X-Latentbridge-Token": token}):
        assert served.request(path, method, headers, b'{"name": "x"}')[0] == 403
    assert (folder / "one.wav").exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"[" * 5000, b'{"name": "' + b"x" * 20_000 + b'"}'])
def test_a_body_that_makes_no_sense_changes_nothing(served: Serving, folder: Path, body: bytes) -> None:
    assert change(served, "POST", "/api/captures/one.wav", body)[0] in (400, 413)
    assert (folder / "one.wav").exists()


# Sounds that are brought ---------------------------------------------------------------------------------------------


def bring(served: Serving, name: str, body: bytes) -> dict[str, str]:
    status, text = change(served, "POST", f"/api/uploads?name={quote(name)}", body)
    assert status == 200, text
    brought: dict[str, str] = json.loads(text)
    return brought


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("../../My Kick.WAV", "My_Kick.wav"),
        ("_original.wav", "original.wav"),
        ("x.aiff", "x.aiff"),
        ("", "sound.wav"),
        (".wav", "sound.wav"),
        ("a/b\0c.fl/ac", "a_b_c.flac"),
    ],
)
def test_a_copy_lies_in_a_folder_of_its_own_under_a_name_of_ours(served: Serving, name: str, becomes: str) -> None:
    brought = bring(served, name, b"sound")
    assert brought["name"] == becomes
    path = Path(brought["path"])
    assert path.read_bytes() == b"sound"
    assert path.name == becomes
    assert path.parent.name == brought["id"]
    assert path.parent.parent.name.startswith("latentbridge-")


def test_of_copies_only_the_latest_are_kept(served: Serving) -> None:
    first = bring(served, "first.wav", b"1")
    folder = Path(first["path"]).parents[1]
    for _ in range(20):
        bring(served, "more.wav", b"2")
    assert not Path(first["path"]).exists()
    assert len(list(folder.iterdir())) < 20


@pytest.mark.parametrize("says_how_much", [True, False])
def test_a_sound_that_is_too_large_is_refused_and_leaves_nothing(served: Serving, says_how_much: bool) -> None:
    folder = Path(bring(served, "x.wav", b"1")["path"]).parents[1]
    before = sorted(folder.iterdir())
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("POST", "/api/uploads?name=huge.wav")
    connection.putheader("Origin", served.origin)
    connection.putheader("X-Latentbridge-Token", served.token())
    if says_how_much:
        connection.putheader("Content-Length", str(MOST_BYTES + 1))
        connection.endheaders()
    else:
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        block = bytes(1 << 20)
        # It need not be taken to the end.
        with contextlib.suppress(OSError):
            for _ in range(MOST_BYTES // len(block) + 2):
                connection.send(b"%x\r\n" % len(block) + block + b"\r\n")
            connection.send(b"0\r\n\r\n")
    try:
        assert connection.getresponse().status == 413
    except ConnectionError:
        assert not says_how_much
    connection.close()
    assert served.request("/")[0] == 200
    assert sorted(folder.iterdir()) == before


def test_an_empty_sound_and_one_that_breaks_off_leave_nothing(served: Serving) -> None:
    folder = Path(bring(served, "x.wav", b"1")["path"]).parents[1]
    before = sorted(folder.iterdir())
    assert change(served, "POST", "/api/uploads?name=empty.wav", b"")[0] == 400
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("POST", "/api/uploads?name=broken.wav")
    for name, value in (("Origin", served.origin), ("X-Latentbridge-Token", served.token()), ("Content-Length", "99")):
        connection.putheader(name, value)
    connection.endheaders(b"only the beginning")
    connection.close()
    assert served.request("/")[0] == 200
    assert eventually(lambda: sorted(folder.iterdir()) == before)


def test_what_is_not_there_to_compare_is_not_there(served: Serving) -> None:
    brought = bring(served, "x.wav", b"1")
    for path in (
        f"/api/uploads/{brought['id']}/original",
        f"/api/uploads/{brought['id']}/x.wav",
        "/api/uploads/..%2f..%2fetc/original",
        "/api/uploads/0/original",
    ):
        assert served.request(path)[0] == 404
