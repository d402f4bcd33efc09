"""Reports that make themselves: when due, once, again after a fault, in a process of their own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector import config
from collector.reporting.jobs import jobs_of, schedule_faults
from collector.reporting.running import run_command
from collector.reporting.service import PAUSES_S, REPORTS, ReportService
from collector.reporting.vitals import report_figures
from collector.state import open_state
from collector.state.report_runs import ReportRuns
from edge_agent.process.progress import Progress
from tests.collector.reporting.plants import quarter

TOKYO_6_30 = datetime(2025, 6, 3, 21, 30, tzinfo=UTC)
"""06:30 of 4 June in Tokyo."""
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ENTRY = """
[[reports]]
name = "daily"
when = "daily 06:30"
"""


class Clocks:
    """A clock on the wall and one that only goes forward, moved by hand."""

    def __init__(self) -> None:
        self.wall, self.lived_s = TOKYO_6_30, 0.0

    def now_ms(self) -> int:
        """UTC now, milliseconds since 1970."""
        return round(self.wall.timestamp() * 1000)

    def monotonic_s(self) -> float:
        """Seconds lived."""
        return self.lived_s

    def go(self, by: timedelta) -> None:
        """Let time pass."""
        self.wall += by
        self.lived_s += by.total_seconds()


class Commands:
    """Notes each command instead of running it, and answers a fault when told to."""

    def __init__(self) -> None:
        self.run: list[tuple[str, ...]] = []
        self.fault = ""

    def __call__(
        self, command: tuple[str, ...], _stopping: threading.Event, _moved: Callable[[], None]
    ) -> str:
        """Note the command."""
        self.run.append(command)
        return self.fault

    @property
    def periods(self) -> list[str]:
        """The period of each command that was run."""
        return [command[command.index("--period") + 1] for command in self.run]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with a quarter of a year of totals."""
    return quarter(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[ReportRuns]:
    """An empty list of reports made."""
    state = open_state(tmp_path / "state")
    yield state.report_runs
    state.database.close()


class Desk:
    """A service with clocks and commands that a test holds."""

    def __init__(self, plant: Path, runs: ReportRuns, text: str = ENTRY) -> None:
        path = plant.with_name(f"{abs(hash(text))}.toml")
        path.write_text(plant.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
        self.path, self.runs = path, runs
        self.clocks, self.commands, self.progress = Clocks(), Commands(), Progress()
        self.service = self.again()

    def again(self) -> ReportService:
        """Another process with the same state."""
        self.service = ReportService(
            config.load(self.path), self.path, self.runs, self.progress,
            self.clocks, self.clocks.monotonic_s, self.commands,
        )  # fmt: skip
        return self.service


@pytest.fixture
def desk(plant: Path, runs: ReportRuns) -> Desk:
    """A service with one daily report."""
    return Desk(plant, runs)


def test_a_new_report_begins_with_its_next_time(desk: Desk) -> None:
    """What was due before it stood in the settings is not made; the next day's is, once."""
    assert desk.service.run_once() == 0
    desk.clocks.go(DAY - MINUTE)
    assert desk.service.run_once() == 0
    desk.clocks.go(MINUTE)
    assert desk.service.run_once() == 1
    assert desk.service.run_once() == 0
    assert desk.commands.periods == ["2025-06-04"]


def test_a_report_counts_from_the_start_of_the_collector(desk: Desk) -> None:
    """What becomes due between the start and the first look is made."""
    desk.clocks.go(DAY - MINUTE / 2)
    desk.service.begin()
    desk.clocks.go(MINUTE)
    assert desk.service.run_once() == 1
    assert desk.commands.periods == ["2025-06-04"]


def test_the_command_says_all_that_the_settings_say(plant: Path, runs: ReportRuns) -> None:
    """Site, languages, formats, folder, options and addresses reach the command."""
    text = ENTRY + (
        'site = "sendai"\nlanguages = ["ja", "en"]\nformats = ["pdf", "html"]\n'
        'folder = "drop"\nto = ["a@example.jp"]\n[reports.options]\ntarget_kw = "200"\n'
        '[mail]\nhost = "127.0.0.1"\nfrom = "m@example.jp"\n'
    )
    desk = Desk(plant, runs, text)
    desk.service.run_once()
    desk.clocks.go(DAY)
    desk.service.run_once()
    (command,) = desk.commands.run
    words = " ".join(command)
    assert command[:5] == (sys.executable, "-m", "collector", "report", "daily")
    assert "--site sendai" in words
    assert "--language both" in words
    assert "--format pdf,html" in words
    assert f"--out {plant.parent / 'drop'}" in words
    assert "--option target_kw=200" in words
    assert "--to a@example.jp" in words
    assert f"--config {desk.path}" in words


def test_after_an_outage_the_newest_is_made_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Three days down: yesterday's is made, the log says that two others were not."""
    desk.service.run_once()
    desk.clocks.go(3 * DAY + 5 * MINUTE)
    service = desk.again()
    with caplog.at_level(logging.WARNING):
        assert service.run_once() == 1
    assert desk.commands.periods == ["2025-06-06"]
    assert "was due 2 more times" in caplog.text
    assert desk.again().run_once() == 0


def test_a_report_made_late_is_still_about_its_own_day(desk: Desk) -> None:
    """Due on Wednesday and made on Thursday before 06:30, it is about Tuesday."""
    desk.service.run_once()
    desk.clocks.go(2 * DAY - MINUTE)
    desk.again().run_once()
    assert desk.commands.periods == ["2025-06-04"]


def test_a_fault_is_tried_again_with_growing_pauses(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """One line a fault; the pauses grow; the report is made once the fault is gone."""
    desk.service.run_once()
    desk.clocks.go(DAY)
    desk.commands.fault = "mail server away"
    with caplog.at_level(logging.WARNING):
        assert desk.service.run_once() == 0
    assert "tried again in 1 min: report daily of sendai: mail server away" in caplog.text
    assert desk.service.counts.waiting == 1
    for pause_s in PAUSES_S[:3]:
        before = len(desk.commands.run)
        desk.clocks.go(timedelta(seconds=pause_s - 1))
        desk.service.run_once()
        assert len(desk.commands.run) == before
        desk.clocks.go(timedelta(seconds=1))
        desk.service.run_once()
        assert len(desk.commands.run) == before + 1
    desk.commands.fault = ""
    desk.clocks.go(timedelta(seconds=PAUSES_S[3]))
    assert desk.service.run_once() == 1
    assert desk.service.counts.waiting == 0
    assert set(desk.commands.periods) == {"2025-06-04"}


def test_a_clock_set_forward_and_back_neither_repeats_nor_stops(desk: Desk) -> None:
    """After a year's step and back, nothing is made twice and the next report comes in time."""
    desk.service.run_once()
    desk.clocks.wall += timedelta(days=365)
    desk.service.run_once()
    desk.clocks.wall -= timedelta(days=365)
    made = len(desk.commands.run)
    desk.service.run_once()
    assert len(desk.commands.run) == made
    desk.clocks.go(DAY)
    assert desk.service.run_once() == 1
    assert desk.commands.periods[-1] == "2025-06-04"


def test_faults_are_figures_of_health(desk: Desk) -> None:
    """Reports made, failed attempts and those that wait are told to Prometheus."""
    desk.service.run_once()
    desk.clocks.go(DAY)
    desk.commands.fault = "x"
    desk.service.run_once()
    found = {metric.name: metric.value for metric in report_figures(desk.service.counts)}
    assert found == {
        "mieruka_collector_reports_made_total": 0.0,
        "mieruka_collector_reports_failed_total": 1.0,
        "mieruka_collector_reports_waiting": 1.0,
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "dayly"\nwhen = "daily 06:30"\n', "did you mean daily"),
        ('name = "daily"\nwhen = "monthly 2 07:00"\n', "is not made for"),
        ('name = "daily"\nwhen = "daily 06:30"\noptions = { tagret_kw = "1" }\n', "no option"),
        ('name = "daily"\nwhen = "daily 06:30"\nperiod = "soon"\n', "not a period"),
    ],
)
def test_what_cannot_be_made_is_told_before_it_is_due(
    plant: Path, runs: ReportRuns, text: str, told: str
) -> None:
    """A wrong name, period or option of [[reports]] is one line with its number."""
    desk = Desk(plant, runs, "[[reports]]\n" + text)
    (fault,) = schedule_faults(config.load(desk.path))
    assert fault.startswith("reports[0]: ")
    assert told in fault


def test_a_report_of_all_sites_is_one_job(plant: Path, runs: ReportRuns) -> None:
    """The portfolio is made once, not once a site, and asked for without a site."""
    desk = Desk(plant, runs, '[[reports]]\nname = "portfolio"\nwhen = "monthly 2 07:00"\n')
    (job,) = jobs_of(config.load(desk.path))
    assert job.site_name == ""
    assert "--site" not in job.command(desk.clocks.now_ms(), desk.path)


def test_a_due_report_is_made_in_a_process_of_its_own(plant: Path, runs: ReportRuns) -> None:
    """The real command puts the report into the folder and is noted as made."""
    desk = Desk(plant, runs, ENTRY + 'folder = "made"\n')
    desk.service.run_once()
    desk.clocks.go(DAY)
    real = ReportService(
        config.load(desk.path), desk.path, runs, desk.progress, desk.clocks,
        desk.clocks.monotonic_s,
    )  # fmt: skip
    assert real.run_once() == 1, real.counts.last_fault
    assert (plant.parent / "made" / "daily-sendai-2025-06-04.html").is_file()
    assert real.run_once() == 0


def test_a_command_s_last_line_is_its_fault() -> None:
    """Exit code 0 is no fault; else the last line on stderr is told."""
    stopping = threading.Event()

    def run(code: str) -> str:
        return run_command((sys.executable, "-c", code), stopping, lambda: None)

    assert run("print('well')") == ""
    said = "import sys; sys.exit('first\\ncollector: there is no site x')"
    assert run(said) == "there is no site x"
    assert run_command(("/nonexistent",), stopping, lambda: None).startswith("cannot be started")


def test_a_command_is_ended_when_the_collector_ends_or_it_takes_too_long() -> None:
    """A report that hangs holds up neither the end nor the next report."""
    sleep = (sys.executable, "-c", "import time; time.sleep(60)")
    stopping, moved = threading.Event(), threading.Event()
    assert "took longer" in run_command(sleep, stopping, moved.set, longest_s=0.1)
    assert moved.is_set()
    stopping.set()
    assert run_command(sleep, stopping, moved.set) == "the collector ends"


def test_the_part_is_said_to_move_while_a_report_is_made(desk: Desk) -> None:
    """The watchdog sees that reports are looked after."""
    desk.progress.expect(REPORTS, 100.0)
    desk.service.run_once()
    assert not desk.progress.stuck()
    desk.service.stop()
    desk.clocks.go(DAY)
    assert desk.service.run_once() == 0
