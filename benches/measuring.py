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
    """Figures beside their goals."""

    HEAD = ("what", "goal", "median", "least", "most", "cpu", "peak", "compared with", "median", "ratio", "")

    def __init__(self):
        self.rows = []
        self.missed = 0

    def add(self, what, goal, series, met, peak=None, peer=None, ratio=None):
        self.missed += not met
        self.rows.append((
            what, goal, shown(series.median), shown(series.least), shown(series.most), shown(series.processor),
            megabytes(peak) if peak else "", peer[0] if peer else "", shown(peer[1].median) if peer else "",
            f"{ratio:.2f}" if ratio else "", "met" if met else "MISSED",
        ))

    def add_size(self, what, goal, size, met):
        self.missed += not met
        self.rows.append((what, goal, megabytes(size), "", "", "", "", "", "", "", "met" if met else "MISSED"))

    def print(self):
        rows = [self.HEAD, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.HEAD))]
        line = lambda cells: ("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |")
        print(line(self.HEAD))
        print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        for row in self.rows:
            print(line(row))


def shown(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 10 else f"{seconds:.1f} s"


def megabytes(size):
    return f"{size / 1e6:.1f} MB"
