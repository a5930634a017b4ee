"""Which files each data set has: where they lie, where they come from, and what proves them.

The layout is torchvision's, so a folder that torchvision filled works as it is, and so are the
addresses and sums. They stand here because importing torchvision takes seconds, and fails beside a
torch that it was not made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# What an error message calls each set.
TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "kmnist": "KMNIST", "svhn": "SVHN"}
# Where its files lie in the data folder.
PLACES = {
    "mnist": Path("MNIST", "raw"),
    "fashion_mnist": Path("FashionMNIST", "raw"),
    "kmnist": Path("KMNIST", "raw"),
    "svhn": Path(),
}
# Where they are downloaded from; torchvision's second address for MNIST no longer serves them.
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion_mnist": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    "kmnist": ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    "svhn": ("http://ufldl.stanford.edu/housenumbers/",),
}
# The md5 sums of the files as downloaded.
MD5 = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
    "kmnist": {
        "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
        "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
        "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
        "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
    },
    "svhn": {
        "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
        "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
    },
}
# What a file has.
IDX_PARTS = {
    "train-images-idx3-ubyte": "train images",
    "train-labels-idx1-ubyte": "train labels",
    "t10k-images-idx3-ubyte": "test images",
    "t10k-labels-idx1-ubyte": "test labels",
}
SVHN_PARTS = {"train_32x32.mat": "train file", "test_32x32.mat": "test file"}
# md5 and bytes after decompression. Published for MNIST only: the other sets need their .gz.
MNIST_DECOMPRESSED = {
    "train-images-idx3-ubyte": ("6bbc9ace898e44ae57da46a324031adb", 47_040_016),
    "train-labels-idx1-ubyte": ("a25bea736e30d166cdddb491f175f624", 60_008),
    "t10k-images-idx3-ubyte": ("2646ac647ad5339dbf082846283269ea", 7_840_016),
    "t10k-labels-idx1-ubyte": ("27ae3e4e09519cfbb04c329615203637", 10_008),
}


@dataclass(frozen=True)
class File:
    """One file of a data set.

    `path` is relative to the data folder and as downloaded; `md5` belongs to that file. Where the
    decompressed file is known too, `plain_md5` and `plain_bytes` are its md5 and size.
    """

    title: str
    part: str
    path: Path
    urls: tuple[str, ...]
    md5: str
    plain_md5: str | None = None
    plain_bytes: int | None = None

    def __str__(self) -> str:
        """Name the file in an error message, such as "MNIST's train images"."""
        return f"{self.title}'s {self.part}"

    @property
    def known(self) -> tuple[str, ...]:
        """The md5 sums that prove this file, as downloaded or decompressed."""
        return (self.md5,) if self.plain_md5 is None else (self.md5, self.plain_md5)

    def places(self, folder: Path) -> list[Path]:
        """Return where the file may lie in the data folder: as downloaded, or decompressed."""
        path = folder / self.path
        return [path, path.with_suffix("")] if path.suffix == ".gz" else [path]


def files(name: str) -> list[File]:
    """Return the files of the data set `name`, a key of `TITLES`."""
    plain = MNIST_DECOMPRESSED if name == "mnist" else {}
    return [
        File(
            TITLES[name],
            (IDX_PARTS | SVHN_PARTS)[file_name.removesuffix(".gz")],
            PLACES[name] / file_name,
            tuple(mirror + file_name for mirror in MIRRORS[name]),
            md5,
            *plain.get(file_name.removesuffix(".gz"), ()),
        )
        for file_name, md5 in MD5[name].items()
    ]
