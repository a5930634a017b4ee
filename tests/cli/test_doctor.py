"""The doctor's report of versions, device and data."""


def test_doctor_reports_versions_device_and_data(aae_course, tmp_path):
    shown = aae_course("doctor", AAE_DATA_DIR=str(tmp_path))
    assert shown.returncode == 0
    for word in ("torch", "device", "digits", "mnist", "not here yet"):
        assert word in shown.stdout


def test_doctor_names_a_damaged_data_set(aae_course, tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (folder / f"{name}-ubyte").write_bytes(b"not an image")
    shown = aae_course("doctor", AAE_DATA_DIR=str(tmp_path))
    assert shown.returncode == 1
    assert "damaged" in shown.stdout
