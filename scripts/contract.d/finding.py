"""What a check finds, and what is known of it already.

A finding has an anchor of four parts, so that knowing one of them never hides another:

    at      method and path, as the specification writes the path, or as it was sent where no specification speaks of it
    where   `path`, `method`, `query NAME`, `header NAME`, `body MEMBER`, `reply MEMBER`, `status CODE`; a member is written
            `user.tags[].name`, with `[]` for the items of a list and nothing for the whole
    is      undeclared, missing, value, read-only, refused; or what came for what is declared: `null for string`
    says    the same in a sentence, for the person who reads it; no part of the anchor
"""

import re
from typing import NamedTuple


class Finding(NamedTuple):
    at: str
    where: str
    is_: str
    says: str


KINDS = re.compile(r"(undeclared|missing|value|read-only|refused|[a-z]+ for \S.*)$")


def named(base, member):
    """The place of a member inside another place."""
    return f"{base} {member}" if " " not in base else f"{base}.{member}"


def items(base):
    return f"{base} []" if " " not in base else f"{base}[]"


def plain(path):
    """A path whose parameters have no names: two specifications seldom call them alike."""
    return re.sub(r"\{[^/{}]*\}", "{}", path)


def listed(value):
    return value if isinstance(value, list) else [value]


class Known:
    """An entry of `differs` or `open`: where a specification and the system are known to differ, or where it says nothing."""

    def __init__(self, entry, below=False):
        wanted = {"at", "where", "because"} if below else {"at", "where", "is", "because"}
        if set(entry) != wanted:
            raise SystemExit(f"an entry has {', '.join(sorted(wanted))}: {entry}")
        if not below and not all(KINDS.match(kind) for kind in listed(entry["is"])):
            raise SystemExit(f"`is` is {KINDS.pattern}: {entry}")
        self.because, self.below = entry["because"], below
        self.kinds = listed(entry.get("is", []))
        self.places = listed(entry["where"])
        self.at = {}
        for at in listed(entry["at"]):
            method, path = at.split(" ", 1)
            segments = [".+" if s == "{...}" else "[^/]+" if s == "{}" else re.escape(s) for s in plain(path).split("/")]
            self.at[at] = (f"{method} {plain(path)}", re.compile(f"{method} {'/'.join(segments)}$"))
        self.met = set()

    def knows(self, finding):
        if not self.below and finding.is_ not in self.kinds:
            return False
        place = next((p for p in self.places if p == finding.where or self.below and under(finding.where, p)), None)
        if place is None:
            return False
        for at, (exact, pattern) in self.at.items():
            # Where no specification speaks, the path is the one that was sent.
            unknown = finding.where == "path"
            if plain(finding.at) == exact or unknown and pattern.match(finding.at):
                self.met |= {at, place, finding.is_}
                return True
        return False

    def path_of(self, finding):
        """The entry's own path for one that no specification speaks of."""
        if finding.where != "path" or "path" not in self.places:
            return None
        return next((exact for exact, pattern in self.at.values() if pattern.match(finding.at)), None)

    def unmet(self):
        """Parts of the entry that nothing met: what is listed and no longer so must go."""
        return [part for part in [*self.at, *self.places, *self.kinds] if part not in self.met]


def under(where, place):
    """Whether a place is another one or lies below it."""
    return where.startswith(place) and where[len(place) : len(place) + 1] in ("", ".", "[", " ")
