"""Tables of the files of data sets: they are torchvision's, and tell one file from another."""

import pytest
from torchvision import datasets

from aae_course.data import files

SETS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "kmnist": "KMNIST"}


def test_the_tables_name_each_file_once():
    known = [md5 for name in files.TITLES for file in files.files(name) for md5 in file.known]
    assert len(known) == len(set(known)) == 4 * 3 + 4 + 2
    for name in files.TITLES:
        for file in files.files(name):
            assert file.urls
            assert all(url.endswith("/" + file.path.name) for url in file.urls)
    assert len(files.files("mnist")[0].urls) == 2


@pytest.mark.parametrize(("name", "class_name"), SETS.items())
def test_torchvision_finds_the_same_files_in_the_same_folder(name, class_name, tmp_path):
    source = getattr(datasets, class_name)
    assert list(files.MD5[name].items()) == [tuple(row) for row in source.resources]
    assert files.MIRRORS[name][0] == source.mirrors[0]
    raw = source.raw_folder.fget(type(class_name, (), {"root": tmp_path})())
    assert str(tmp_path / files.PLACES[name]) == raw


def test_svhn_is_torchvision_s_too():
    for file in files.files("svhn"):
        part = file.part.removesuffix(" file")
        assert [*file.urls, str(file.path), file.md5] == list(datasets.SVHN.split_list[part])


def test_a_file_says_what_it_is_and_where_it_may_lie(tmp_path):
    first = files.files("fashion_mnist")[0]
    assert str(first) == "Fashion-MNIST's train images"
    packed = tmp_path / "FashionMNIST" / "raw" / "train-images-idx3-ubyte.gz"
    assert first.places(tmp_path) == [packed, packed.with_suffix("")]
    assert files.files("svhn")[1].places(tmp_path) == [tmp_path / "test_32x32.mat"]
