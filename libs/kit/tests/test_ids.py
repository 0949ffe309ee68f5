"""Reading ids, and what they tell of time."""

from uuid import UUID

import pytest

from vaultaris_kit.ids import created_ms, last_id_of, new_id, read_id

_IDENT = "01a21d04-98da-7525-851a-195dd0518b58"


def test_the_last_id_of_a_millisecond() -> None:
    made = new_id()
    assert last_id_of(created_ms(made) - 1) < made <= last_id_of(created_ms(made))


class TestReadId:
    def test_one_text_is_one_object(self) -> None:
        text = str(new_id())
        assert read_id(text) is read_id(text)
        assert read_id(text) == UUID(text)

    @pytest.mark.parametrize("text", ["", "x", "0" * 31, "g" * 32, "-" * 36, f"{_IDENT}x", "1" * 100_000])
    def test_what_spells_no_id_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - the standard library words it in two ways
            read_id(text)

    def test_other_spellings_are_read_and_not_kept(self) -> None:
        ident = new_id()
        spelled = "-" * 1000 + ident.hex
        assert read_id(spelled) == ident
        assert read_id(spelled) is not read_id(spelled)
