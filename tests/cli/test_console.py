"""What the command prints: on consoles of any encoding, and of any width."""

import io
import sys

import pytest
from rich.table import Table

from aae_course.cli import console


@pytest.fixture
def output(monkeypatch):
    """Puts a stream of an encoding in the place of standard output; reads what it got."""

    def replace(encoding):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
        monkeypatch.setattr(sys, "stdout", stream)
        console.prepare_streams()

        def written():
            stream.flush()
            return stream.buffer.getvalue().decode(encoding)

        return written

    return replace


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("ascii", "4 +- 1, beta, log sigma, ?"),
        ("cp1252", "4 ± 1, beta, log sigma, ?"),
        ("cp437", "4 ± 1, beta, log σ, ?"),
        ("utf-8", "4 ± 1, β, log σ, 数"),
    ],
)
def test_what_an_encoding_lacks_is_spelt_out(output, encoding, expected):
    written = output(encoding)
    print("4 ± 1, β, log σ, 数")
    assert written() == f"{expected}\n"


def test_a_stream_that_was_closed_takes_what_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    console.prepare_streams()
    print("±")
    sys.stdout.close()


def test_a_terminal_that_is_gone_stops_nothing(monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    console.say("nobody hears this")


def table():
    """Its longest word has ten letters, its longest cell fifty."""
    made = Table("", "what", title="This")
    made.add_row("ok", "abcdefghij" + " abcdefghi" * 4)
    made.add_row("!!", "[b]")
    return made


def shown(monkeypatch, capsys, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    console.show(table())
    return capsys.readouterr().out


def test_a_file_gets_a_table_as_wide_as_it_needs(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert "abcdefghij" + " abcdefghi" * 4 in shown(monkeypatch, capsys)


def test_a_table_wraps_between_words(monkeypatch, capsys):
    text = shown(monkeypatch, capsys, COLUMNS="22")
    assert text.count("abcdefghi") == 5 and "…" not in text
    assert all(len(line) <= 22 for line in text.splitlines())


def test_a_table_that_is_wider_than_the_terminal_becomes_lines(monkeypatch, capsys):
    text = shown(monkeypatch, capsys, COLUMNS="15")
    assert text == "This\n\nok\nwhat: abcdefghij" + " abcdefghi" * 4 + "\n\n!!\nwhat: [b]\n"
