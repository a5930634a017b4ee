"""The package's own source, shown in a notebook."""

from IPython.display import Markdown

from aae_course.lessons.source import show_source
from aae_course.models import Autoencoder


def test_source_is_shown_without_its_indentation():
    shown = show_source(Autoencoder.training_step)
    assert isinstance(shown, Markdown)
    assert shown.data.startswith("```python\ndef training_step(self, batch):\n    x = batch.x")
    assert shown.data.endswith("```")
