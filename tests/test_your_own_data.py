"""The guide to one's own data: its code runs as it stands, and does what the page says."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_wine

from aae_course import load

PAGE = Path(__file__).parents[1] / "docs" / "your_own_data.md"
PIECES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """What the names of the page stand for once all of its code has run in a folder with data."""
    folder = tmp_path_factory.mktemp("own")
    digits, wine = load("digits"), load_wine()
    images = digits.train.images.view(-1, 28, 28).numpy()
    labels = digits.train.labels.numpy()
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    mixed = np.random.default_rng(0).permutation(len(wine.target))
    np.save(folder / "table.npy", wine.data[mixed])
    np.save(folder / "kinds.npy", wine.target[mixed])
    write_pictures(folder / "pictures", images[:80], labels)
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for piece in PIECES:
            exec(compile(quicker(piece), PAGE.name, "exec"), names)
    plt.close("all")
    return folder, names


def quicker(piece):
    """The longest runs of the page, which nothing is read off but that they end, with one epoch."""
    return piece.replace("epochs=60, batch_size=50", "epochs=1, batch_size=50")


def write_pictures(folder, images, labels):
    """Grey and coloured pictures of different sizes, a folder for each class."""
    for number, (image, label) in enumerate(zip(images, labels, strict=False)):
        place = folder / ("even" if label % 2 == 0 else "odd")
        place.mkdir(parents=True, exist_ok=True)
        mode = "L" if number % 3 else "RGBA"
        size = (20 + number % 7, 30)
        Image.fromarray(image).resize(size).convert(mode).save(place / f"{number}.png")


def test_every_picture_is_drawn(done):
    folder, _ = done
    for name in ("figure_2.png", "reconstructions.png", "ring.png"):
        with Image.open(folder / name) as picture:
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 50, name


def test_figure_2_takes_less_than_25_lines():
    lines = [line for line in PIECES[0].splitlines() if line.strip()]
    assert len(lines) < 25 and "savefig" in lines[-1]


def test_pictures_of_a_folder_have_its_classes(done):
    _, names = done
    assert names["names"].tolist() == ["even", "odd"]
    assert names["pictures"].images.shape == (80, 3 * 16 * 16)


def test_measurements_come_back_in_their_own_units(done):
    _, names = done
    rows, back = names["rows"][120:], names["back"]
    left = ((rows - back) ** 2).sum(0) / ((rows - rows.mean(0)) ** 2).sum(0)
    assert left.mean() < 0.75  # two numbers cannot hold thirteen, but more than half of the means


def test_two_hundred_labels_name_the_other_images(done):
    folder, names = done
    truth = np.load(folder / "labels.npy")
    assert (names["guessed"].numpy()[200:] == truth[200:]).mean() > 0.8


def test_few_labels_are_those_that_were_named(done):
    _, names = done
    assert names["few"].labels.ge(0).nonzero().flatten().tolist() == [0, 7, 12, 31]
    assert names["all_labels"].labels[names["fifty"]].bincount().tolist() == [5] * 10


def test_the_run_went_on_to_more_epochs_and_left_the_frozen_layer_alone(done):
    _, names = done
    steps_per_epoch = len(names["train"]) // 50
    assert names["history"].steps[-1] == 8 * steps_per_epoch
    assert 5 * steps_per_epoch in names["history"].steps
    assert all(p.grad is None for p in names["encoder"][1].parameters())
