"""What spreadsheets would take for a formula is text in an export."""

import pytest

from megane.case_export import guarded


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "鳥羽の水門", "1", "a=b", "2026-bosai-1", "'x", "1 / 2"])
def test_what_is_none_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell
