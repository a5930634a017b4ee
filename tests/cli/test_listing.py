"""The command `list`: every figure and table, and how it is made."""


def test_list_names_every_artefact(aae_course):
    shown = aae_course("list")
    assert shown.returncode == 0
    assert "fig1" in shown.stdout and "fig2" in shown.stdout
