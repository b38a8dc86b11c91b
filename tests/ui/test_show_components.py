"""Components say in words what they show in shape and colour, and never show a missing value as 0."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.test import Client, RequestFactory

from goldenthread.engine.pace import Health
from goldenthread.ui import finders, nav
from goldenthread.ui.fields import NumberField
from goldenthread.ui.health import HEALTHS

GOLDENTHREAD = Path(finders.__file__).parents[1]


def render(source: str, **context) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.render(context, RequestFactory().get("/?unit=3&page=2"))


@pytest.mark.parametrize("health", [*Health, None])
def test_every_health_has_shape_word_and_colour(health):
    html = render('<c-health :health="health" />', health=health)
    look = HEALTHS[health.value if health else "not_measured"]
    assert look.word in html
    assert f"#h-{look.shape}" in html
    assert f"health-{look.colour}" in html


def test_a_hidden_word_stays_for_those_who_listen():
    html = render('<c-health health="at_risk" quiet />')
    assert '<span class="hide">At risk</span>' in html


def test_the_pace_bar_speaks_and_a_missing_one_is_empty():
    html = render('<c-paced :progress="0.44" :expected="0.58" health="behind" />')
    assert "done, 58" in html
    assert 'width="44"' in html
    assert 'x1="58"' in html
    missing = render('<c-paced :progress="None" :expected="0.58" />')
    assert 'class="fill"' not in missing
    assert "not measured yet" in missing
    assert "–" in missing


def test_a_loose_end_names_what_is_missing_and_one_action():
    step = {"title": "No priority above", "kind": "loose", "action_url": "/tie/"}
    html = render('<c-thread :steps="steps" />', steps=[step])
    assert "thread-loose" in html
    assert 'href="/tie/"' in html


def test_nobody_is_said_so():
    assert "Nobody yet" in render('<c-person :person="None" />')
    person = SimpleNamespace(name="<b>Eve</b>", initials="E", position="")
    assert "&lt;b&gt;Eve" in render('<c-person :person="person" />', person=person)


class Aim(forms.Form):
    target = NumberField(label="Target", help_text="In per cent")
    confidence = forms.ChoiceField(
        label="Likely?", choices=[("a", "Yes"), ("b", "No")], widget=forms.RadioSelect
    )


def test_an_error_stands_at_its_field_and_in_the_summary_and_what_was_typed_is_kept():
    form = Aim({"target": "about five", "confidence": ""})
    html = render('<c-fields :form="form" />', form=form)
    assert 'value="about five"' in html
    assert 'href="#id_target"' in html
    assert "2 things to put right" in html
    described = re.search(r'id="id_target"[^>]*|<input[^>]*id="id_target"[^>]*>', html)
    assert described
    control = re.search(r"<input[^>]*id=\"id_target\"[^>]*>", html)[0]
    assert 'aria-invalid="true"' in control
    for name in re.search(r'aria-describedby="([^"]*)"', control)[1].split():
        assert f'id="{name}"' in html
    assert "<legend" in html


def test_a_number_field_reads_the_decimal_comma():
    form = Aim({"target": "62,5", "confidence": "a"})
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["target"]) == "62.5"


def test_links_of_sorting_and_paging_keep_the_filters():
    from django.core.paginator import Paginator

    html = render('<c-sort name="due" title="Due" />')
    assert 'href="?unit=3&amp;sort=due"' in html
    page = Paginator(range(60), 25).page(2)
    html = render('<c-pager :page="page" words="rows" />', page=page)
    assert 'href="?unit=3&amp;page=3"' in html
    assert "26 to 50 of 60 rows" in html


def test_a_weight_that_is_not_set_reads_so():
    html = render('<c-pair :value="None" :effort="0.1" value_words="not set" />')
    assert "not set" in html
    assert 'class="value"' not in html


def test_a_decimal_comma_never_reaches_the_geometry():
    from goldenthread.ui import charts, locale

    locale.use_locale("de")
    try:
        plot = charts.spark([1.5, 2.25, 2.75])
        html = render('<c-spark :plot="plot" words="x" />', plot=plot)
    finally:
        locale.use_locale("en-gb")
    assert not re.search(r'(cx|cy|y1)="[^"]*,', html)


def test_the_pattern_page_is_open_to_all(db, client: Client):
    answer = client.get("/ui/")
    assert answer.status_code == 200
    found = client.get("/ui/options/", {"q": "lena"}).content.decode()
    assert "Lena Kovač" in found
    assert "Jonas" not in found


# What pages are made of -------------------------------------------------------------------------------------
def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = (finders.UI / "static/ui/icons/sprite.svg").read_text()
    grouped = (entry for group in nav.GROUPS for entry in group.entries)
    named = {entry.icon for entry in (*nav.MAIN, *grouped)}
    for page in GOLDENTHREAD.glob("*/templates/**/*.html"):
        text = page.read_text()
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', text))
        named |= set(re.findall(r'<c-[a-z-]+[^>]*? icon="([a-z0-9-]+)"', text))
    missing = {name for name in named if f'id="i-{name}"' not in sprite}
    assert not missing
    assert all(f'id="h-{look.shape}"' in sprite for look in HEALTHS.values())


def test_colours_are_written_only_as_tokens():
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(", re.IGNORECASE)
    for sheet in finders.stylesheets():
        if sheet.name != "tokens.css":
            assert not raw.search(sheet.read_text()), sheet


def test_a_first_visit_is_light(db, client: Client):
    """Over the wire, compressed: all of it at most 150 kB, its script at most 40 kB."""
    import gzip

    static = finders.UI / "static" / "ui"

    def wire(content: bytes) -> int:
        return len(gzip.compress(content, 9))

    joined = "\n".join(part.read_text() for part in finders.scripts()).encode()
    script = wire(joined) + sum(
        wire((static / name).read_bytes()) for name in ("theme.js", "vendor/htmx.min.js")
    )
    style = wire("\n".join(part.read_text() for part in finders.stylesheets()).encode())
    font = (static / "fonts/inter-latin-400-600.woff2").stat().st_size
    sprite = wire((static / "icons/sprite.svg").read_bytes())
    page = wire(client.get("/ui/").content)
    assert script <= 40_000
    assert script + style + font + sprite + page <= 150_000
