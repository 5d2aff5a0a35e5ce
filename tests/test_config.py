"""Settings: every key has a default, and a wrong one is named with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxdata.config import Config, load_config
from cxdata.demo.settings import CONFIG as DEMO
from cxdata.errors import ConfigInvalid
from cxdata.language import set_language
from cxdata.templates import CONFIG_TEMPLATE
from cxdata.vocabulary import label_of


def settings(folder: Path, text: str) -> Config:
    (folder / "cx.toml").write_text(text, encoding="utf-8")
    return load_config(folder)


def test_without_a_file_the_defaults_hold(tmp_path):
    assert load_config(tmp_path) == Config()


def test_the_template_and_the_demo_are_valid_and_the_template_changes_nothing(tmp_path):
    template = settings(tmp_path, CONFIG_TEMPLATE)
    assert (template.limits, template.exports, template.access) == (
        Config().limits,
        Config().exports,
        Config().access,
    )
    assert template.min_base == Config().min_base
    assert settings(tmp_path, DEMO).time_zone == "Europe/Madrid"


def test_the_template_with_every_comment_removed_spells_out_the_defaults(tmp_path):
    """What is shown as the default in the template is the default of the code."""
    lines = [line.removeprefix("# ") for line in CONFIG_TEMPLATE.splitlines()]
    keep = [
        line
        for line in lines
        if not line.startswith(("Settings of", "company", "smb", "support_call", "data =", "leadership"))
    ]
    assert settings(tmp_path, "\n".join(keep)) == Config(labels={"es": {}}, access=Config().access)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("min_base = 3", "min_base = 3 is out of range. Allowed: 5 to 1000"),
        ("min_base = 'ten'", "min_base = 'ten' is not a whole number"),
        ("csat = 'top box'", "csat = 'top box' is not allowed. Choose from: share, mean"),
        ("time_zone = 'Madrid'", "'Madrid' is not an IANA zone"),
        ("currency = 'Euro'", "'Euro' is not an ISO 4217 code"),
        ("minimum = 10", "unknown key 'minimum'. Known: company"),
        ("[exports]\nseparater = ';'", "cx.toml [exports]: unknown key 'separater'"),
        ("company = 'x", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, words):
    with pytest.raises(ConfigInvalid) as caught:
        settings(tmp_path, text)
    assert words in str(caught.value)


def test_a_changed_file_is_read_again(tmp_path):
    assert settings(tmp_path, "min_base = 10").min_base == 10
    assert settings(tmp_path, "min_base = 100").min_base == 100


def test_roles_come_from_the_file_and_everybody_else_has_the_default(tmp_path):
    config = settings(
        tmp_path, "[access]\ndefault_role = 'leadership'\n[access.people]\ndata = ['Ana@example.com']"
    )
    assert (config.role_of("ana@example.com"), config.role_of("eve@example.com"), config.role_of(None)) == (
        "data",
        "leadership",
        "leadership",
    )
    assert config.may_see_personal("data")
    assert not config.may_see_personal("leadership")


def test_a_label_of_the_language_wins_over_the_common_one_and_that_over_the_code(tmp_path):
    config = settings(tmp_path, "[labels]\nsupport_call = 'Phone'\n[labels.es]\nsupport_call = 'Teléfono'")
    assert label_of("support_call", config.labels) == "Phone"
    set_language("es")
    try:
        assert label_of("support_call", config.labels) == "Teléfono"
        assert label_of("web_shop", config.labels) == "Web shop"
    finally:
        set_language("en")


def test_the_demo_says_its_questions_and_actions_in_spanish(tmp_path):
    """Every question and action that its exports hold has a Spanish wording, under its own code."""
    from cxdata.demo.questions import QUESTIONS
    from cxdata.wording import wording_of

    labels = settings(tmp_path, DEMO).labels
    titles = {
        **{question.name: question.label for question in QUESTIONS},
        "A01": "Clear prices",
        "A08": "Loyalty",
    }
    set_language("es")
    spanish = {code: wording_of(code, title, labels) for code, title in titles.items()}
    set_language("en")
    assert [code for code, title in titles.items() if spanish[code] == title] == []
    assert {code: wording_of(code, title, labels) for code, title in titles.items()} == titles
    assert wording_of("q9", None, labels) == "q9"
