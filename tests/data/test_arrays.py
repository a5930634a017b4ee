"""What a person brings: arrays of every kind, taken in one meaning or refused with a word on it."""

import numpy as np
import pytest
import torch

from aae_course.data.dataset import Dataset, Split, content_hash

BYTES = np.random.default_rng(0).integers(0, 256, (6, 3, 4, 5)).astype(np.uint8)
PIXELS = BYTES / np.float32(255)
LABELS = np.array([0, 1, 2, 2, -1, 1])

AS_BYTES = {
    "array": BYTES,
    "tensor": torch.from_numpy(BYTES),
    "flat": BYTES.reshape(6, -1),
    "int64": BYTES.astype(np.int64),
    "int32 tensor": torch.from_numpy(BYTES).int(),
    "uint16 tensor": torch.from_numpy(BYTES).to(torch.uint16),
    "uint16": BYTES.astype(np.uint16),
    "big-endian": BYTES.astype(">i4"),
    "list": BYTES.tolist(),
    "reversed strides": np.ascontiguousarray(BYTES[:, :, :, ::-1])[:, :, :, ::-1],
    "Fortran order": np.asfortranarray(BYTES),
}


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


AS_PIXELS = {
    "float32": PIXELS,
    "float64": PIXELS.astype(np.float64),
    "tensor": torch.from_numpy(PIXELS),
    "needs a gradient": torch.from_numpy(PIXELS).requires_grad_(),
    "read-only": read_only(PIXELS),
}


@pytest.mark.parametrize("images", AS_BYTES.values(), ids=AS_BYTES)
def test_integers_are_bytes_whatever_holds_them(images):
    split = Split(images, LABELS)
    assert split.images.dtype == torch.uint8
    assert torch.equal(split.images, torch.from_numpy(BYTES).flatten(1))


@pytest.mark.parametrize("images", AS_PIXELS.values(), ids=AS_PIXELS)
def test_floats_are_pixels_and_stay_as_they_are(images, recwarn):
    split = Split(images, LABELS)
    assert split.images.dtype == torch.float32 and not split.images.requires_grad
    assert torch.equal(split.images, torch.from_numpy(PIXELS).flatten(1))
    assert not recwarn.list


def test_booleans_are_black_and_white():
    assert torch.equal(Split(BYTES > 99).images, torch.from_numpy(BYTES > 99).flatten(1).float())


@pytest.mark.parametrize("shape", [(6, 60), (6, 12, 5), (6, 3, 4, 5)])
def test_images_may_have_any_of_three_ranks(shape):
    assert Split(BYTES.reshape(shape)).images.shape == (6, 60)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", ">i8"])
def test_labels_are_integers_of_any_type(kind):
    for labels in (LABELS.astype(kind), LABELS.astype(kind)[:, None], LABELS.tolist()):
        kept = Split(BYTES, labels).labels
        assert kept.dtype == torch.int64 and kept.tolist() == LABELS.tolist()
    assert Split(BYTES, np.abs(LABELS).astype("uint8")).labels.tolist() == [0, 1, 2, 2, 1, 1]


def test_without_labels_no_image_has_one():
    assert Split(BYTES).labels.tolist() == [-1] * 6


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (BYTES[0, 0, 0], r"shape \(5,\), not \(n, pixels\)"),
        (BYTES[None], r"shape \(1, 6, 3, 4, 5\)"),
        (BYTES[:0], "at least one of each"),
        (BYTES.transpose(0, 2, 3, 1).repeat(9, 1), "channels last: put them first"),
        (2 * PIXELS - 1, r"pixels in \[0, 1\], and these range over -1 to 1"),
        (PIXELS * 255, "range over 0 to 255: scale them"),
        (np.where(PIXELS > 0.9, np.nan, PIXELS), "rows hold values that are not finite"),
        (BYTES.astype(int) + 1, "bytes, 0 to 255, and these range over 1 to 256"),
        (BYTES.astype(int) - 9, "range over -9 to 246"),
        ((BYTES > 99).astype(int), "all 0 and 1: if 1 is white, give floats or booleans"),
        ((BYTES > 99).astype("uint8"), "all 0 and 1"),
        (np.array([["a", "b"]]), "images are an array of numbers, not of <U1"),
        ([[1, 2], [3]], "images are not one array"),
        (PIXELS * 1j, "array of numbers, not of complex"),
        (torch.from_numpy(PIXELS) * 1j, "a dense tensor of real numbers, not complex64"),
        (np.ma.masked_less(PIXELS, 0.1), "images are masked in places: fill these"),
        (torch.eye(4).to_sparse(), "a dense tensor of real numbers, not float32 .sparse_coo"),
        (None, "images are an array of numbers, not of object"),
    ],
)
def test_images_of_more_than_one_meaning_are_refused(images, message):
    with pytest.raises(ValueError, match=message) as raised:
        Split(images)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS[:5], "6 images and 5 labels"),
        (np.eye(6), r"shape \(6, 6\), not \(n,\): of one-hot rows take argmax\(1\)"),
        (LABELS.astype(float), "labels are integers, not float64: convert them"),
        (np.where(LABELS < 0, np.nan, LABELS), "with -1 for an image without a label"),
        (LABELS - 3, "-1 for an image without one, and these range over -4 to -1"),
        (list("abcabc"), "numpy.unique.labels, return_inverse=True. numbers names"),
        (7, r"shape \(\), not \(n,\)"),
        (LABELS + 10**12, "range over 999999999999 to .*return_inverse=True. numbers them"),
        (np.ma.masked_equal(LABELS, 2), "labels are masked in places"),
    ],
)
def test_labels_of_more_than_one_meaning_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        Split(BYTES, labels)


def test_measurements_are_taken_as_they_are():
    table = np.random.default_rng(0).normal(10, 3, (20, 5))
    assert torch.equal(Split(table, measurements=True).images, torch.from_numpy(table).float())
    assert Split(np.arange(12).reshape(4, 3) * 1000, measurements=True).images.max() == 11_000
    with pytest.raises(ValueError, match="a table of measurements, say Split"):
        Split(table)
    with pytest.raises(ValueError, match="1 of 20 rows hold values that are not finite"):
        Split(np.where(table == table.max(), np.inf, table), measurements=True)


def test_a_split_is_made_of_parts_and_of_few_labels():
    split = Split(BYTES, LABELS)
    assert split.part(slice(1, 3)).labels.tolist() == [1, 2]
    assert torch.equal(split.part(torch.tensor([5, 0])).images, split.images[[5, 0]])
    for index in ([0, 2], np.array([0, 2]), torch.tensor([2, 0])):
        assert split.labelled_only_at(index).labels.tolist() == [0, -1, 2, -1, -1, -1]
    table = Split(PIXELS * 99, LABELS, measurements=True)
    assert table.part(slice(2)).measurements and table.to("cpu").measurements


def test_a_data_set_of_ones_own_says_its_classes_and_its_hash():
    train, test = Split(BYTES, LABELS), Split(BYTES[:2], LABELS[:2])
    data = Dataset("own", train, None, test, (3, 4, 5))
    assert data.classes == 3 and data.sha256 == content_hash(train, test)
    with pytest.raises(ValueError, match=r"shape \(1, 8, 8\) have 64 pixels, .* 'own' have 60"):
        Dataset("own", train, None, test, (1, 8, 8))


def test_the_labels_of_a_split_are_its_own():
    labels = torch.from_numpy(LABELS.copy())
    split = Split(BYTES, labels)
    labels[:] = -1
    assert split.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (range(2), [0, 1]),
        (slice(2), [0, 1]),
        (np.array([0, 3], dtype="uint8"), [0, 3]),
        (torch.tensor([0, 3], dtype=torch.int16), [0, 3]),
        ([-1], [5]),
        ([True, False, False, True, False, False], [0, 3]),
        (LABELS == 2, [2, 3]),
    ],
)
def test_images_are_named_by_numbers_of_any_type_or_by_a_mask(index, expected):
    split = Split(BYTES, range(6))
    assert split.part(index).labels.tolist() == expected
    assert split.labelled_only_at(index).labels.ge(0).nonzero().flatten().tolist() == expected


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ([0, 6], "6 images have the numbers 0 to 5, and these range over 0 to 6"),
        ([-7], "range over -7 to -7"),
        ([True] * 5, r"numbers \(k,\) or a mask of booleans \(6,\), not by bool of shape \(5,\)"),
        ([0.0, 1.0], "not by float64 of shape"),
        ([[1], [2]], r"of shape \(2, 1\)"),
    ],
)
def test_what_names_no_images_is_told(index, message):
    split = Split(BYTES, LABELS)
    for take in (split.part, split.labelled_only_at):
        with pytest.raises(ValueError, match=message):
            take(index)


def test_no_image_may_keep_its_label():
    assert set(Split(BYTES, LABELS).labelled_only_at([]).labels.tolist()) == {-1}


def test_what_is_no_split_and_no_shape_of_an_image_is_told():
    train = Split(BYTES, LABELS)
    with pytest.raises(TypeError, match=r"made of Split.images, labels., not of ndarray"):
        Dataset("own", BYTES, None, train, (3, 4, 5))
    with pytest.raises(ValueError, match=r"shape \(channels, height, width\), not \(12, 5\)"):
        Dataset("own", train, None, train, (12, 5))
