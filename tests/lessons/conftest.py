"""What every method of notebook 10 makes of the same images: slow, so it is made once."""

import pytest
from made_clouds import FITTED, NEW, made_aae

from aae_course.lessons.embeddings import PCA, TSNE, UMAP, place


@pytest.fixture(scope="session")
def maps():
    seen = FITTED.y.clone()
    seen[50:] = -1
    return {
        "PCA": place(PCA(), FITTED, NEW),
        "t-SNE": place(TSNE(), FITTED, NEW),
        "UMAP": place(UMAP(), FITTED, NEW),
        "UMAP, labels": place(UMAP(), FITTED, NEW, seen),
        "AAE": place(made_aae(), FITTED, NEW),
    }
