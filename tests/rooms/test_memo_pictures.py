"""The drawings of the big-type edition."""

from lxml import etree

from rooms.memo_pictures import NAMES, chosen, picture


def test_every_drawing_is_small_and_stands_alone() -> None:
    for name in NAMES:
        drawn = picture(name)
        tree = etree.fromstring(drawn)
        assert len(drawn) < 1_000
        assert {node.tag.split("}")[1] for node in tree.iter()} <= {
            "svg", "path", "circle", "ellipse",
        }  # fmt: skip
        assert "href" not in drawn


def test_a_theme_keeps_its_picture_and_shares_it_with_none() -> None:
    ids = [f"theme:t{n}" for n in range(len(NAMES))]
    assert sorted(chosen(ids)) == sorted(NAMES)
    assert chosen(ids) == chosen(ids)
    assert chosen(ids[:1]) == chosen([*ids, "theme:more"])[:1]
    assert len(chosen([f"theme:t{n}" for n in range(40)])) == 40
