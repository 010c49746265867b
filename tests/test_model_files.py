"""Models are found by path, by name from any folder, and by hash; what is not found is said with what there is."""

from pathlib import Path

import pytest

from runtime import model_files
from runtime.contract import EncoderReference, read_decoder_metadata, read_hash, write_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of, find_by_hash, find_model, shipped_models
from tests.tiny_decoder import TinySettings, write_tiny_decoder
from tests.tiny_encoder import write_tiny_model


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models that holds `tiny` and its encoder; the current folder is another, empty one."""
    folder, elsewhere = tmp_path / "models", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    write_tiny_model(folder)
    monkeypatch.setattr(model_files, "SHIPPED_FOLDER", folder)
    monkeypatch.chdir(elsewhere)
    return folder


def test_a_shipped_model_is_found_by_name_from_any_folder(shipped: Path) -> None:
    assert find_model("tiny") == shipped / "tiny.onnx"
    assert list(shipped_models()) == ["tiny"], "the encoder is no model to play"


def test_the_folder_of_shipped_models_stands_beside_the_packages() -> None:
    assert (Path(model_files.__file__).parents[1] / "models").samefile(model_files.SHIPPED_FOLDER)


def test_a_folder_of_samples_does_not_hide_the_model_of_that_name(shipped: Path) -> None:
    Path("tiny").mkdir()
    assert find_model("tiny") == shipped / "tiny.onnx"


def test_a_path_means_that_file(shipped: Path) -> None:
    own = write_tiny_decoder(Path())
    assert find_model("tiny.onnx") == own
    assert find_model(str(own.resolve())) == own.resolve()


def test_what_is_not_found_is_said_with_what_there_is(shipped: Path) -> None:
    with pytest.raises(LatentbridgeError, match=r"There is no model 'drum'.*shipped or trained model: tiny\."):
        find_model("drum")
    write_tiny_decoder(Path(), name="snares")
    with pytest.raises(LatentbridgeError, match=r"Did you mean snares\.onnx\?"):
        find_model("snares")
    Path("kit").mkdir()
    write_tiny_decoder(Path("kit"), name="mine")
    with pytest.raises(LatentbridgeError, match=r"kit is a folder.*Did you mean kit/mine\.onnx\?"):
        find_model("kit")


@pytest.mark.parametrize("name", ["", ".", "/", "..", "a\0b", "x" * 5000, "~nobody_at_all/x"])
def test_no_name_ends_in_anything_but_a_sentence(shipped: Path, name: str) -> None:
    with pytest.raises(LatentbridgeError):
        find_model(name)


def test_a_model_is_found_by_its_hash_whatever_its_name_and_calibration(shipped: Path, tmp_path: Path) -> None:
    wanted = read_hash(shipped / "tiny.onnx")
    other = tmp_path / "other"
    other.mkdir()
    write_tiny_decoder(other, TinySettings(decay_seconds=0.1), name="another")
    (other / "broken.onnx").write_bytes(b"no model")
    renamed = (shipped / "tiny.onnx").rename(other / "zz.onnx")
    write_metadata(renamed, read_decoder_metadata(renamed).model_copy(update={"gain_db": 3.0}))
    assert find_by_hash(wanted, [tmp_path / "absent", other]) == renamed
    assert find_by_hash(wanted, [shipped]) is None


def test_the_encoder_beside_a_model_is_found_also_when_both_were_renamed(shipped: Path) -> None:
    model = shipped / "tiny.onnx"
    metadata = read_decoder_metadata(model)
    assert encoder_of(model, metadata) == shipped / "tiny.encoder.onnx"
    (shipped / "tiny.encoder.onnx").rename(shipped / "kit.encoder.onnx")
    assert encoder_of(model.rename(shipped / "kit.onnx"), metadata) == shipped / "kit.encoder.onnx"


def test_an_encoder_that_is_missing_or_of_another_model_is_refused(shipped: Path) -> None:
    model = shipped / "tiny.onnx"
    metadata = read_decoder_metadata(model)
    encoder = shipped / "tiny.encoder.onnx"
    encoder.write_bytes(write_tiny_decoder(shipped, name="else").read_bytes())
    with pytest.raises(LatentbridgeError, match="is not the encoder"):
        encoder_of(model, metadata)
    encoder.unlink()
    with pytest.raises(LatentbridgeError, match=r"tiny\.encoder\.onnx of tiny\.onnx is missing"):
        encoder_of(model, metadata)
    with pytest.raises(LatentbridgeError, match="has no encoder"):
        encoder_of(model, metadata.model_copy(update={"encoder": None}))


@pytest.mark.parametrize("file", ["../secret.onnx", "/etc/passwd", "..\\secret.onnx", "", ".", ".."])
def test_metadata_cannot_point_outside_the_models_folder(shipped: Path, tmp_path: Path, file: str) -> None:
    (tmp_path / "secret.onnx").write_bytes((shipped / "tiny.encoder.onnx").read_bytes())
    (shipped / "tiny.encoder.onnx").unlink()
    metadata = read_decoder_metadata(shipped / "tiny.onnx")
    hostile = metadata.model_copy(update={"encoder": EncoderReference(file=file, hash=metadata.encoder.hash)})
    with pytest.raises(LatentbridgeError, match="missing"):
        encoder_of(shipped / "tiny.onnx", hostile)
