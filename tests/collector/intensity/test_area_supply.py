"""Area supply files of Japan's operators: every quirk of the reference, as the bytes they send."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.intensity.area_supply import NOT_FILLED, Labels, parse_area_supply
from collector.intensity.fuels import FuelLibrary
from collector.intensity.point import Boundary, IntensityPoint, Parsed
from tests.collector.intensity.area_file import (
    DIRECT_G,
    FUELS_20,
    FUELS_22,
    FULL_WIDTH,
    LIFECYCLE_G,
    MIX,
    OLD_MIX,
    OLD_NAMES,
    sjis,
    text,
)

ROW = f"2024/4/1,0:00,{MIX}"


def parse(
    content: bytes, area: str = "05", boundary: Boundary = "direct", labels: Labels | None = None
) -> Parsed:
    """What the shipped weights make of the file."""
    return parse_area_supply(content, area, FuelLibrary.shipped(), boundary, labels)


def starts(parsed: Parsed) -> list[str]:
    """Where the points begin, UTC."""
    return [f"{datetime.fromtimestamp(p.start_ms / 1000, UTC):%m-%dT%H:%M}" for p in parsed.points]


def reasons(parsed: Parsed) -> list[str]:
    """What was refused, with its place."""
    return [f"{item.where}: {item.reason}" for item in parsed.refused]


def refusal(content: bytes, area: str = "05") -> CollectorError:
    """The error with which a whole file is refused: one line, and a hint."""
    with pytest.raises(CollectorError) as refused:
        parse(content, area)
    assert refused.value.hint
    assert "\n" not in refused.value.message
    return refused.value


# What is read.


def test_a_row_becomes_one_point_to_the_last_digit() -> None:
    """Generation alone is weighed: demand, curtailment, storage, lines and total are left out."""
    assert parse(sjis([ROW])).points == (
        IntensityPoint(
            "jp-05", 1_711_897_200_000, 1_711_899_000_000, DIRECT_G,
            "actual", "direct", "area-supply, weights direct-1",
        ),
    )  # fmt: skip


def test_the_life_cycle_is_another_set_of_weights() -> None:
    """The same row with CRIEPI's weights."""
    (point,) = parse(sjis([ROW]), boundary="lifecycle").points
    assert (point.g_per_kwh, point.boundary) == (LIFECYCLE_G, "lifecycle")
    assert point.source == "area-supply, weights lifecycle-1"


def test_storage_lines_and_curtailment_do_not_move_the_figure() -> None:
    """The rule of the mix: pumping or generating, importing or exporting, the intensity is one."""
    other = MIX.replace("-700,-20,-280", "900,50,2700").replace(",400,", ",0,")
    (point,) = parse(sjis([f"2024/4/1,0:00,{other}"])).points
    assert point.g_per_kwh == DIRECT_G


def test_a_plants_own_use_is_not_generation() -> None:
    """A negative figure of a fuel is left out of the mix."""
    (point,) = parse(sjis([ROW.replace(",0,500,1000,", ",-5,500,1000,")])).points
    assert point.g_per_kwh == DIRECT_G


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_both_encodings_are_read(encoding: str) -> None:
    """Tokyo writes UTF-8, with or without its mark, the others Shift-JIS."""
    assert len(parse(text([ROW]).encode(encoding), "03").points) == 1


def test_full_width_names_of_columns_are_read() -> None:
    """Kansai and Kyushu write 火力（ＬＮＧ）."""
    (point,) = parse(sjis([ROW], FULL_WIDTH), "06").points
    assert point.g_per_kwh == DIRECT_G


def test_22_columns_are_read_by_their_names() -> None:
    """Two more columns of curtailment stand between the fuels and shift all others."""
    cells = MIX.split(",")
    cells[6:6], cells[10:10] = ["999"], ["888"]
    (point,) = parse(sjis([f"2024/4/1,0:00,{','.join(cells)}"], FUELS_22), "01").points
    assert point.g_per_kwh == DIRECT_G


@pytest.mark.parametrize(
    "label",
    ["2024/4/1,0:30", "2024/04/01,00:30", "20240401,0:30", "2024-04-01,0:30",
     "2024/4/1,0:30:00", '"20240401","00:30"', "２０２４/4/1,０：３０"],
)  # fmt: skip
def test_days_and_times_are_read_however_they_are_written(label: str) -> None:
    """YYYY/M/D, YYYYMMDD, H:MM, HH:MM, Okinawa's H:MM:SS, quoted or full width: one instant."""
    assert starts(parse(sjis([f"{label},{MIX}"]), "10")) == ["03-31T15:30"]


def test_kyushu_labels_the_end_of_an_interval() -> None:
    """0:30 is the first half hour of the day and 24:00 the last."""
    rows = [f"2024/4/1,0:30,{MIX}", f"2024/4/1,24:00,{MIX}"]
    found = parse(sjis(rows), "09")
    assert starts(found) == ["03-31T15:00", "04-01T14:30"]
    assert {point.end_ms - point.start_ms for point in found.points} == {1_800_000}


@pytest.mark.parametrize("area", ["01", "02", "03", "04", "05", "06", "07", "08", "10"])
def test_all_others_label_the_start(area: str) -> None:
    """0:30 is the second half hour of the day."""
    assert starts(parse(sjis([f"2024/4/1,0:30,{MIX}"]), area)) == ["03-31T15:30"]


def test_24_00_beside_0_00_is_the_next_midnight() -> None:
    """Where a start is labelled 24:00 it is the next day's first half hour."""
    rows = [f"2024/4/1,0:00,{MIX}", f"2024/4/1,24:00,{MIX}"]
    assert starts(parse(sjis(rows))) == ["03-31T15:00", "04-01T15:00"]


def test_times_that_contradict_the_area_are_refused_until_told() -> None:
    """A Tokyo file that runs from 0:30 to 24:00 may be wrong by half an hour: somebody must say."""
    content = sjis([f"2024/4/1,0:30,{MIX}", f"2024/4/1,24:00,{MIX}"])
    told = refusal(content, "03")
    assert str(told) == (
        "the times hold 24:00 and no 0:00, but area 03 labels an interval by its start "
        "(check the area; if both are right, add --labels start or --labels end)"
    )
    assert starts(parse(content, "03", labels="end")) == ["03-31T15:00", "04-01T14:30"]
    assert starts(parse(content, "03", labels="start")) == ["03-31T15:30", "04-01T15:00"]


def test_a_kyushu_file_labelled_by_the_start_is_refused_until_told() -> None:
    """The other way round: 0:00 cannot be an end of the same day."""
    content = sjis([f"2024/4/1,0:00,{MIX}", f"2024/4/1,0:30,{MIX}"])
    assert "0:00 and no 24:00, but area 09" in refusal(content, "09").message


@pytest.mark.parametrize("minus", ["-", "−", "－", "‐", "–"])
def test_every_minus_is_a_minus(minus: str) -> None:
    """ASCII, Unicode, full-width and typographic minus signs make one negative number."""
    row = f"2024/4/1,0:00,{MIX.replace('5000,0,800', f'5000,{minus}9,800')}"
    (point,) = parse(text([row]).encode(), "03").points
    assert point.g_per_kwh == DIRECT_G


@pytest.mark.parametrize("dash", ["", " ", "-", "−", "ー", "―", "—", "－", "--"])
def test_a_dash_is_nothing_and_not_zero(dash: str) -> None:
    """A fuel dashed out on every line is one that the area does not have."""
    row = ROW.replace("19000,1000,10000", f"19000,{dash},10000")
    (point,) = parse(text([row]).encode(), "03").points
    assert point.g_per_kwh == pytest.approx(8017.5 / 19_000 * 1000, abs=1e-9)


def test_thousands_separators_are_read() -> None:
    """A quoted 10,000 is one cell."""
    (point,) = parse(sjis([ROW.replace(",10000,", ',"10,000",')])).points
    assert point.g_per_kwh == DIRECT_G


def test_okinawa_has_no_nuclear_and_no_geothermal_power() -> None:
    """Columns that an area does not publish are no fault."""
    names = FUELS_20.replace("原子力,", "").replace("地熱,", "")
    row = "2024/4/1,0:00:00,900,300,500,100,0,0,0,90,0,10,0,0,0,0,0,1000"
    (point,) = parse(sjis([row], names), "10").points
    assert point.g_per_kwh == (300 * 370 + 500 * 760 + 100 * 406) / 1000


# The files before 2023/24.


def test_tokyos_old_hours_of_man_kwh_are_estimates() -> None:
    """One column of thermal power, in 万kWh by the hour, is weighed as an unknown fuel."""
    content = sjis([f"2016/4/1,0:00,{OLD_MIX}", f",1:00,{OLD_MIX}"], OLD_NAMES, "単位:万kWh\r\n")
    found = parse(content, "03")
    assert starts(found) == ["03-31T15:00", "03-31T16:00"]
    assert {(p.g_per_kwh, p.kind, p.end_ms - p.start_ms) for p in found.points} == {
        (287.5, "estimated", 3_600_000)
    }


def test_hokkaidos_old_hours_carry_the_day_on() -> None:
    """The day stands on its first line only, and hours are written 0時."""
    content = sjis([f"2016/4/1,0時,{OLD_MIX}", f",1時,{OLD_MIX}"], OLD_NAMES, "[MWh]")
    assert starts(parse(content, "01")) == ["03-31T15:00", "03-31T16:00"]


def test_kansais_old_head_repeats_results_below_the_source() -> None:
    """太陽光 stands above 実績 and 抑制量; day and time share a cell; cells hold line breaks."""
    head = (
        "DATE_TIME,エリア需要〔MWh〕,供給力,,,,,太陽光,,風力,,揚水,連系線\r\n"
        ',,"原子力\n〔MWh〕",火力〔MWh〕,水力〔MWh〕,地熱〔MWh〕,バイオマス〔MWh〕,'
        "実績〔MWh〕,抑制量〔MWh〕,実績〔MWh〕,抑制量〔MWh〕,揚水〔MWh〕,連系線〔MWh〕\r\n"
    )
    row = f"2016/4/1 0:00,{OLD_MIX.rsplit(',', 1)[0]}\r\n"
    (point,) = parse((head + row).encode("cp932"), "06").points
    assert (point.g_per_kwh, point.kind) == (287.5, "estimated")
    assert starts(parse((head + row).encode("cp932"), "06")) == ["03-31T15:00"]


def test_kyushus_old_hours_label_the_start() -> None:
    """Only Kyushu's files of half hours name the end."""
    content = sjis([f"2019/4/1,0:00,{OLD_MIX}", f"2019/4/1,1:00,{OLD_MIX}"], OLD_NAMES, "[MWh]")
    assert starts(parse(content, "09")) == ["03-31T15:00", "03-31T16:00"]


# What is passed over and what is refused.


def test_padding_and_slots_to_come_are_passed_over() -> None:
    """Hokkaido's lines of commas, slots with a time and no figure, and notes are no faults."""
    rows = [ROW, f"2024/4/1,0:30{',' * 18}", "," * 19, "※速報値です"]
    found = parse(sjis(rows), "01")
    assert (len(found.points), found.refused, found.passed_over) == (1, (), 3)


def test_a_fuel_blank_on_one_line_refuses_that_line() -> None:
    """A mix without its coal would look clean: the line goes, the rest stays."""
    blank = f"2024/4/1,0:30,{MIX.replace('10000,5000,', '10000,,')}"
    found = parse(sjis([ROW, blank]))
    assert len(found.points) == 1
    assert reasons(found) == ["line 4: 火力(石炭) is blank, so the mix is not whole"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (ROW.replace(",5000,", ",n/a,"), "line 4: 火力(石炭): 'n/a' is not a number"),
        (ROW.replace(",5000,", ",NaN,"), "line 4: 火力(石炭): 'NaN' is not a number"),
        (ROW.replace(",5000,", ",1e3,"), "line 4: 火力(石炭): '1e3' is not a number"),
        (ROW.replace("4/1", "13/1"), "line 4: '2024/13/1' is not a day of the calendar"),
        (ROW.replace("2024/4/1", "1 April"), "line 4: '1 April' is not a day"),
        (ROW.replace("0:00", "25:00"), "line 4: '25:00' is not a time of day"),
        (ROW.replace("0:00", ""), "line 4: the time is blank"),
        (ROW.replace("0:00", "noon"), "line 4: 'noon' is not a time of day"),
        (ROW.replace("0:00", "1:10"), "line 4: 1:10 is no slot's edge"),
        (ROW.replace("0:00", "12:00"), "line 4: the same time as line 3"),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(row: str, told: str) -> None:
    """One wrong line is told with its number and costs no other line."""
    good = [ROW.replace("0:00", time) for time in ("12:00", "12:30", "13:00")]
    found = parse(sjis([good[0], row, *good[1:]]))
    assert reasons(found) == [told]
    assert len(found.points) == 3


def test_a_line_with_nothing_generated_is_refused() -> None:
    """All fuels at zero is a broken line, not clean power."""
    nothing = "2024/4/1,0:30,1000,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1000,0,1000"
    assert reasons(parse(sjis([ROW, nothing]))) == ["line 4: nothing was generated"]


def test_a_month_of_zero_thermal_power_is_refused_as_one() -> None:
    """Tokyo and Hokuriku published months before they filled in thermal power."""
    empty = MIX.replace("10000,5000,0,800", "0,0,0,0")
    rows = [f"2023/11/30,23:00,{empty}", f"2023/11/30,23:30,{empty}", f"2023/12/1,0:00,{MIX}"]
    found = parse(text(rows).encode(), "03")
    assert starts(found) == ["11-30T15:00"]
    (refused,) = found.refused
    assert (refused.where, refused.rows) == ("2023-11 (lines 3 to 4)", 2)
    assert refused.reason == NOT_FILLED


def test_a_month_with_thermal_power_left_blank_is_refused_too() -> None:
    """A dash in every thermal column is no clean grid either."""
    empty = MIX.replace("10000,5000,0,800", "－,－,－,－")
    assert parse(sjis([f"2024/3/1,0:00,{empty}"])).refused[0].reason == NOT_FILLED


def test_an_archive_is_refused_with_what_to_do() -> None:
    """Chubu zips old years."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("eria_jukyu_202404_04.csv", sjis([ROW]))
    told = refusal(archive.getvalue(), "04")
    assert str(told) == "this is a ZIP archive (unpack it and import the CSV files in it)"


def test_a_web_page_saved_as_csv_is_refused() -> None:
    """A server that filters downloads answers with a page."""
    assert "web page" in refusal(b"\r\n<!DOCTYPE html><html></html>").message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no line begins with a day"),
        (b"time,value\nnow,1\n", "no line begins with a day"),
        ("単位[MW平均]".encode("utf-16"), "neither UTF-8 nor Shift-JIS"),
        (sjis([ROW], unit="供給力"), "name no unit"),
        (sjis(["2024/4/1,0:00,2500,2490"], "当日実績,予測値"), "columns are missing: 火力(LNG)"),
        (sjis([ROW], FUELS_20.replace("火力(石炭)", "石")), "columns are missing: 火力(石炭)"),
        (sjis([ROW], FUELS_20.replace("地熱", "水力")), "two columns are hydro: 水力 and 水力"),
        (sjis([ROW, ROW.replace("0:00", "0:05"), ROW.replace("0:00", "0:10")]), "5 minutes apart"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_one_clear_error(content: bytes, told: str) -> None:
    """What cannot be read as a whole is one line with a hint."""
    assert told in refusal(content).message


@given(content=st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    """Whatever a download brought, it is points, refusals or one error."""
    with contextlib.suppress(CollectorError):
        parse(content)


@given(
    minutes=st.lists(
        st.integers(0, 47).map(lambda slot: slot * 30), unique=True, min_size=1, max_size=48
    )
)
def test_kyushu_is_the_others_half_an_hour_earlier(minutes: list[int]) -> None:
    """The same interval, labelled at its end by Kyushu and at its start by another area."""

    def rows(shift: int) -> list[str]:
        labels = [minute + shift for minute in minutes]
        return [f"2024/4/1,{label // 60}:{label % 60:02},{MIX}" for label in labels]

    kyushu = parse(sjis(rows(30)), "09")
    other = parse(sjis(rows(0)), "08")
    assert starts(kyushu) == starts(other)
