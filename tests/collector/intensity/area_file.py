"""Area supply files as the operators write them, composed from the reference's description."""

from __future__ import annotations

from collections.abc import Sequence

FUELS_20 = (
    "エリア需要,原子力,火力(LNG),火力(石炭),火力(石油),火力(その他),水力,地熱,バイオマス,"
    "太陽光発電実績,太陽光出力制御量,風力発電実績,風力出力制御量,揚水,蓄電池,連系線,その他,合計"
)
FUELS_22 = FUELS_20.replace("火力(その他),", "火力(その他),火力出力制御量,").replace(
    "バイオマス,", "バイオマス,バイオマス出力制御量,"
)
FULL_WIDTH = FUELS_20.translate(str.maketrans("()LNG", "（）ＬＮＧ"))
MIX = "19000,1000,10000,5000,0,800,1500,0,500,1000,400,100,30,-700,-20,-280,100,19000"
"""20,000 MW generated: 400.875 g/kWh directly, 514.855 g/kWh over the life cycle."""
DIRECT_G, LIFECYCLE_G = 400.875, 514.855


def text(
    rows: Sequence[str],
    names: str = FUELS_20,
    unit: str = "単位[MW平均],,,供給力",
    end: str = "\r\n",
) -> str:
    """A file: the unit's line, the names of the columns, the rows."""
    return end.join([unit, f"DATE,TIME,{names}", *rows]) + end


def sjis(rows: Sequence[str], names: str = FUELS_20, unit: str = "単位[MW平均],,,供給力") -> bytes:
    """The file in Shift-JIS, as every operator but Tokyo writes it."""
    return text(rows, names, unit).encode("cp932")


OLD_NAMES = (
    "東京エリア需要,原子力,火力,水力,地熱,バイオマス,太陽光発電実績,太陽光出力制御量,"
    "風力発電実績,風力出力制御量,揚水,連系線,合計"
)
"""The hourly files before 2023/24: one column of thermal power."""
OLD_MIX = "1900,100,1000,500,0,100,200,30,100,0,-70,-20,1930"
"""2,000 generated, half of it thermal: 287.5 g/kWh directly at 575 g/kWh."""
