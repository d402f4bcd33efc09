"""Words of the alerts: title, what happened with its figures, and what to do.

``{{ … }}`` is Grafana's own template: ``$values.F`` is the figure of that letter in the rule, a
``with`` leaves out what is not known. Amounts of money are rough: what a kWh of the newest day cost
the site, or what its tariff asks for a kW of demand, in the tariff's ``${money}``.
"""

from __future__ import annotations

from grafana.wording.text import Text

_METER, _SITE = "${meter_name}", "${site_name}"
_MACHINE = '{{ reReplaceAll "^_(agent|collector)_" "" $labels.meter }}'


def _n(ref: str, decimals: int = 0) -> str:
    return f'{{{{ with $values.{ref} }}}}{{{{ printf "%.{decimals}f" .Value }}}}{{{{ end }}}}'


def _yen(before: str, after: str) -> str:
    """A sentence around the rough amount, left out where none is known (0)."""
    return _above_zero("Y", before, after)


def _heard(before: str, after: str) -> str:
    return _above_zero("A", before, after)


def _above_zero(ref: str, before: str, after: str) -> str:
    # ``lt`` and not ``gt``: an unknown figure (NaN) is greater than everything to Go's templates.
    amount = '{{ printf "%.0f" .Value }}'
    known = f"{{{{ if lt 0.0 .Value }}}}{before}{amount}{after}{{{{ end }}}}"
    return f"{{{{ with $values.{ref} }}}}{known}{{{{ end }}}}"


ROWS: tuple[Text, ...] = (
    Text(
        "alerts.silence",
        "しばらく止めるには(期間を選べます):",
        "To silence it for a time of your choice:",
    ),
    Text(
        "alerts.demand-target.title", "デマンドが目標を超える見込み", "Demand will pass the target"
    ),
    Text(
        "alerts.demand-target.summary",
        f"{_SITE} 拠点全体: この30分の見込み {_n('F')} kW、目標 {_n('K')} kW、超過 {_n('E')} kW。"
        + _yen(" この超過が最大になると、基本料金は12か月で約", "${money}増えます。"),
        f"{_SITE}, whole site: this half hour will reach {_n('F')} kW, the target is {_n('K')} kW: "
        f"{_n('E')} kW too much."
        + _yen(" As a new maximum it costs about ", "${money} of basic charge in 12 months."),
    ),
    Text(
        "alerts.demand-target.about",
        f"目標を守るには、いまから {_n('S')} kW を下げます。止めてよい回路から止めてください。",
        f"To keep the target take {_n('S')} kW off now, beginning with circuits that can wait.",
    ),
    Text(
        "alerts.demand-contract.title",
        "デマンドが契約電力に迫る見込み",
        "Demand comes near contract power",
    ),
    Text(
        "alerts.demand-contract.summary",
        f"{_SITE} 拠点全体: この30分の見込み {_n('F')} kW、契約電力 {_n('K')} kW。"
        + _yen(" 超えた分の基本料金は12か月で約", "${money}です。"),
        f"{_SITE}, whole site: this half hour will reach {_n('F')} kW, contract power is "
        f"{_n('K')} kW."
        + _yen(" What is above it costs about ", "${money} of basic charge in 12 months."),
    ),
    Text(
        "alerts.demand-contract.about",
        "契約電力の${threshold:demand_percent}%を超える見込みで鳴ります。すぐに大きな回路を止めてください。",
        "It fires when more than ${threshold:demand_percent} % of contract power is projected. "
        "Switch large circuits off at once.",
    ),
    Text("alerts.new-peak.title", "12か月の最大デマンドを更新", "A new 12-month maximum"),
    Text(
        "alerts.new-peak.summary",
        f"{_SITE} 拠点全体: 最大デマンドが {_n('T')} kW になりました(これまで {_n('V')} kW)。"
        f" 増えた {_n('E')} kW の基本料金が12か月かかることがあります"
        + _yen("(約", "${money})")
        + "。",
        f"{_SITE}, whole site: the maximum demand is now {_n('T')} kW (before: {_n('V')} kW)."
        f" The basic charge of {_n('E')} kW more may be due for 12 months"
        + _yen(" (about ", "${money})")
        + ".",
    ),
    Text(
        "alerts.new-peak.about",
        "次の基本料金はこの最大で決まることがあります。画面でそのときの回路を確認してください。",
        "The next basic charge may hang on it. See on the board which circuits made it.",
    ),
    Text("alerts.silent-meter.title", "計測器から届いていません", "A meter is silent"),
    Text(
        "alerts.silent-meter.summary",
        f"{_SITE} {_METER}: {_n('A')} 分前から計測が届いていません。",
        f"{_SITE}, {_METER}: nothing has come for {_n('A')} minutes.",
    ),
    Text(
        "alerts.silent-meter.about",
        "計測器の電源、配線、アドレスの順に確認してください。この間の電力量は欠測か推定になります。",
        "Check the meter's power, wiring and address, in this order. Its energy is missing or "
        "estimated meanwhile.",
    ),
    Text("alerts.completeness.title", "データ充足率が低い", "A day is not complete"),
    Text(
        "alerts.completeness.summary",
        f"{_SITE} {_METER}: 前日のデータ充足率は {_n('P', 1)} % です({_n('G')} 件の欠落)。",
        f"{_SITE}, {_METER}: completeness of the last whole day is {_n('P', 1)} % "
        f"({_n('G')} readings missing).",
    ),
    Text(
        "alerts.completeness.about",
        "${threshold:completeness_percent}%を下回ると鳴ります。再送で埋まれば自動で戻ります。",
        "It fires below ${threshold:completeness_percent} %, and ends by itself when readings that "
        "were stored come after all.",
    ),
    Text("alerts.after-hours.title", "操業時間外の使用が多い", "Much is used after hours"),
    Text(
        "alerts.after-hours.summary",
        f"{_SITE} {_METER}: 前日の操業時間外に、ベース負荷を超えて {_n('K')} kWh 使われました"
        f"(時間外の {_n('P')} %)。" + _yen(" 電力量料金で約", "${money}です。"),
        f"{_SITE}, {_METER}: after hours of the last whole day {_n('K')} kWh were used beyond base "
        f"load ({_n('P')} % of what was used then)."
        + _yen(" About ", "${money} of energy charge."),
    ),
    Text(
        "alerts.after-hours.about",
        "消し忘れ、早すぎる立ち上げ、休日の空調を確認してください。",
        "Look for what was left on, started too early, or cooled and heated on a day off.",
    ),
    Text("alerts.base-load.title", "ベース負荷が上がっています", "Base load creeps up"),
    Text(
        "alerts.base-load.summary",
        f"{_SITE} {_METER}: ベース負荷が60日で {_n('P')} %({_n('K', 1)} kW)上がり、"
        f"{_n('B', 1)} kW になりました。" + _yen(" 電力量料金で月に約", "${money}です。"),
        f"{_SITE}, {_METER}: base load rose by {_n('P')} % ({_n('K', 1)} kW) in 60 days, to "
        f"{_n('B', 1)} kW." + _yen(" About ", "${money} of energy charge a month."),
    ),
    Text(
        "alerts.base-load.about",
        "圧縮空気の漏れ、止まらなくなった補機、増えた待機電力を確認してください。",
        "Look for leaks of compressed air, auxiliaries that no longer stop, and more standby.",
    ),
    Text("alerts.power-factor.title", "力率が低い", "Power factor is low"),
    Text(
        "alerts.power-factor.summary",
        f"{_SITE} 拠点全体: 今月(8-22時)の力率は {_n('P', 1)} % です"
        + _above_zero("E", "。このままなら基本料金が", "%割増になります")
        + _yen("(月に約", "${money})")
        + "。",
        f"{_SITE}, whole site: power factor of this month (8-22 h) is {_n('P', 1)} %"
        + _above_zero("E", "; if it stays, the basic charge rises by ", " %")
        + _yen(" (about ", "${money} a month)")
        + ".",
    ),
    Text(
        "alerts.power-factor.about",
        "進相コンデンサの開閉器、ヒューズ、容量を確認してください。",
        "Check the switches, fuses and size of the capacitors.",
    ),
    Text("alerts.silent-collector.title", "収集サーバーが書いていません", "A collector is silent"),
    Text(
        "alerts.silent-collector.summary",
        f"{_MACHINE}: 収集サーバーが書いていないか、処理が止まっています。",
        f"{_MACHINE}: the collector writes nothing, or does not go round.",
    ),
    Text(
        "alerts.silent-collector.about",
        "サーバーの電源と collector run を確認してください。計測はエージェントに蓄積されています。",
        "Check its machine and that collector run is on. The agents keep the readings meanwhile.",
    ),
    Text("alerts.silent-agent.title", "エージェントが切断中", "An agent is away"),
    Text(
        "alerts.silent-agent.summary",
        f"{_MACHINE}: 切断中です。" + _heard("最後の計測は", "分前です。"),
        f"{_MACHINE}: away." + _heard(" Its newest reading is ", " minutes old."),
    ),
    Text(
        "alerts.silent-agent.about",
        "電源、ネットワークの順に確認してください。計測は蓄積され、つながれば再送されます。",
        "Check power, then the network. It stores readings and sends them when it is back.",
    ),
    Text("alerts.outbox.title", "未送信がたまっています", "An outbox grows old"),
    Text(
        "alerts.outbox.summary",
        f"{_MACHINE}: 最も古い未送信は {_n('X', 1)} 日前の計測です。",
        f"{_MACHINE}: its oldest unsent reading is {_n('X', 1)} days old.",
    ),
    Text(
        "alerts.outbox.about",
        "回線の速さと切断を確認してください。蓄積がいっぱいになると古い計測から失われます。",
        "Check how fast and steady its line is. When the outbox is full, old readings are lost.",
    ),
    Text("alerts.disk.title", "空き容量が少ない", "A disk is nearly full"),
    Text(
        "alerts.disk.summary",
        f"{_MACHINE}: 空き容量は {_n('X', 1)} GB です。",
        f"{_MACHINE}: {_n('X', 1)} GB are free.",
    ),
    Text(
        "alerts.disk.about",
        "不要なファイルとログを消してください。0になると計測を蓄積できません。",
        "Clear files and logs nobody needs. At 0 it can store no readings.",
    ),
    Text("alerts.certificate.title", "証明書の期限が近い", "A certificate ends soon"),
    Text(
        "alerts.certificate.summary",
        f"{_MACHINE}: 証明書はあと {_n('X')} 日で切れます。",
        f"{_MACHINE}: its certificate ends in {_n('X')} days.",
    ),
    Text(
        "alerts.certificate.about",
        "期限までに新しい証明書を配ってください。切れると計測を送れません。",
        "Give it a new one in time. When it has ended, nothing can be sent.",
    ),
)
