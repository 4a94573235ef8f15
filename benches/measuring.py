"""Runs programs to their end and says what they cost. Stock Python only.

Time is that of the whole process, from before it is started until it is gone, so a tool pays for its own start. Peak memory comes
from runs of their own under GNU time: what `wait4` tells of a child also counts the memory of the program that started it.
"""

import os
import statistics
import subprocess
import tempfile
import time


class Failed(Exception):
    pass


class Cost:
    """What one run took: seconds on the clock, seconds of processor time."""

    def __init__(self, wall, processor):
        self.wall = wall
        self.processor = processor


class Command:
    """A program with its arguments; `codes` are the exit codes that mean success."""

    def __init__(self, arguments, environment=None, codes=(0,), stdin=None):
        self.arguments = [str(argument) for argument in arguments]
        self.environment = {**os.environ, **(environment or {})}
        self.codes = codes
        self.stdin = stdin or os.devnull

    def run(self):
        """One run, timed."""
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        with open(self.stdin, "rb") as given:
            files = [(os.POSIX_SPAWN_DUP2, file.fileno(), number) for number, file in enumerate((given, out, err))]
            began = time.perf_counter()
            process = os.posix_spawnp(self.arguments[0], self.arguments, self.environment, file_actions=files)
            _, status, usage = os.wait4(process, 0)
            wall = time.perf_counter() - began
        self._judge(os.waitstatus_to_exitcode(status), out, err)
        return Cost(wall, usage.ru_utime + usage.ru_stime)

    def peak(self):
        """Peak resident memory of one run, in bytes."""
        with tempfile.NamedTemporaryFile("r") as report, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            measured = ["/usr/bin/time", "-q", "-o", report.name, "-f", "%M", *self.arguments]
            with open(self.stdin, "rb") as given:
                done = subprocess.run(measured, env=self.environment, stdin=given, stdout=out, stderr=err, check=False)
            self._judge(done.returncode, out, err)
            return int(report.read().split()[-1]) * 1024

    def text(self):
        """What one run prints."""
        done = subprocess.run(self.arguments, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode not in self.codes:
            raise Failed(f"{self.arguments[0]} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def _judge(self, code, out, err):
        if code in self.codes:
            return
        out.seek(0)
        err.seek(0)
        said = (out.read() + err.read()).decode(errors="replace")
        raise Failed(f"{' '.join(self.arguments)} ended with {code}:\n{said}")


class Series:
    """Costs of several runs of the same thing."""

    def __init__(self, costs):
        self.walls = sorted(cost.wall for cost in costs)
        self.median = statistics.median(self.walls)
        self.least = self.walls[0]
        self.most = self.walls[-1]
        self.processor = statistics.median(cost.processor for cost in costs)

    def __str__(self):
        unit, times = ("ms", 1000) if self.median < 1 else ("s", 1)
        each = [f"{value:.2f}" if unit == "s" else figure(value) for value in (t * times for t in (self.median, self.least, self.most))]
        return f"{each[0]} {unit} ({each[1]}–{each[2]})"


def in_turns(repetitions, *makers):
    """Runs several things in turns, so that whatever else the machine does meets them alike; one series each.

    A maker is given the number of the repetition and returns a `Command`. Number 0 warms up and is not counted.
    """
    costs = [[] for _ in makers]
    for number in range(repetitions + 1):
        # Every other time the other way round: the second of a pair finds warmer caches.
        order = list(enumerate(makers))
        for place, make in order if number % 2 == 0 else reversed(order):
            cost = make(number).run()
            if number > 0:
                costs[place].append(cost)
    return [Series(each) for each in costs]


class Table:
    """Figures beside their goals, as docs/reference/performance.md has them."""

    HEAD = ("Figure", "Goal", "Median (least–most)", "cpu", "Peak", "Peer", "Ratio", "")

    def __init__(self):
        self.rows = []
        self.missed = 0

    def add(self, what, goal, series, met, peak=None, peer=None, alone=False):
        """A figure, and with `alone` a peer whose processor time can be compared, because no server works for it."""
        self.missed += not met
        by, ratio = "", ""
        if peer:
            name, theirs = peer
            by = f"{name}: {shown(theirs.median)}"
            ratio = f"{series.median / theirs.median:.2f}"
            if alone:
                ratio += f" ({series.processor / theirs.processor:.2f})"
        self.rows.append((what, goal, str(series), shown(series.processor), megabytes(peak) if peak else "", by, ratio, "met" if met else "missed"))

    def add_size(self, what, goal, size, met):
        self.missed += not met
        self.rows.append((what, goal, megabytes(size), "", "", "", "", "met" if met else "missed"))

    def note(self, what, goal, why):
        """A figure that this version cannot have."""
        self.rows.append((what, goal, "", "", "", "", "", why))

    def print(self):
        print("| " + " | ".join(self.HEAD) + " |")
        print("|" + "---|" * len(self.HEAD))
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


def shown(seconds):
    return f"{figure(seconds * 1000)} ms" if seconds < 1 else f"{seconds:.2f} s"


def figure(number):
    """Three digits are more than a run is worth."""
    if number < 0.995:
        return f"{number:.2f}"
    return f"{number:.0f}" if number >= 99.95 else f"{number:.1f}"


def megabytes(size):
    return f"{size / 1e6:.1f} MB" if size < 1e8 else f"{size / 1e6:.0f} MB"
