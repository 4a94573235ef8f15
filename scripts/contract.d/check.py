"""Validates recorded traffic of connectors against the specifications that their test files name.

check.py SPECS TRAFFIC TESTS CACHE

TRAFFIC is JSON lines as `dsr connector test --traffic` writes them: {connector, case, method, url, headers, body, status, reply}.
A test file says which specification speaks of which part of the traffic, or why there is none:

    contract:
      - spec: zendesk/oas.yaml     # below SPECS
        only: { type: [deals] }    # which values of a path's parameter it is used for; default: any
        least: { seen: 40, because: "…" }   # where fewer mistakes can be seen than mutants.py asks for
        under: /api/v2             # what stands before the specification's paths; default: the path of its first server
        differs:                   # what is known to be otherwise, each with its reason; see finding.py
          - { at: "GET /api/v2/search", where: query page, is: undeclared, because: "cursor paging, described in the vendor's guide" }
        open:                      # where the specification takes anything, so that a mistake there stays unseen
          - { at: "PATCH /api/v2/users/{id}", where: body user.user_fields, because: "fields of one's own" }

    contract: { none: "the vendor publishes none" }

Ends with 1 if anything differs that is not listed, if something listed no longer differs, if a connector says nothing of a
specification, or if the check itself misses mistakes that are made on purpose (mutants.py).
"""

import json
import pathlib
import pickle
import sys
import urllib.parse

import yaml

import edmx
import mutants
import openapi
from finding import Finding, Known

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path):
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, LOADER)


def cached(path, cache):
    """A parsed document; parsing the large ones takes longer than checking against them."""
    if path.suffix == ".json":
        return load(path)
    stat = path.stat()
    kept = cache / f"{path.parent.name}-{path.name}-{stat.st_size}-{stat.st_mtime_ns}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    document = load(path)
    cache.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(".new")
    new.write_bytes(pickle.dumps(document))
    new.rename(kept)
    return document


class Contract:
    """The specifications of one connector, and what is known of them."""

    def __init__(self, specs, stated, cache):
        self.specs, self.differs, self.open, self.used = [], [], [], set()
        self.names, self.least = [entry["spec"] for entry in stated], mutants.LEAST
        for entry in stated:
            path = specs / entry["spec"]
            if path.suffix in (".xml", ".edmx"):
                self.specs.append(edmx.Edmx(path, entry.get("under", "")))
            else:
                self.specs.append(openapi.OpenApi(cached(path, cache), entry.get("under"), entry.get("only")))
            if "least" in entry:
                self.least, _ = entry["least"]["seen"], entry["least"]["because"]
            self.differs += [Known(e) for e in entry.get("differs", [])]
            self.open += [Known(e, below=True) for e in entry.get("open", [])]

    def speaks(self, exchange):
        """The specification that speaks of an exchange: one that has its method as well, before one that has its path alone."""
        spec = max(self.specs, key=lambda spec: spec.covers(exchange))
        if not spec.covers(exchange):
            return None
        self.used.add(spec)
        return spec

    def findings(self, exchange):
        spec = self.speaks(exchange)
        if spec is None:
            path = urllib.parse.urlsplit(exchange["url"]).path
            return [Finding(f"{exchange['method']} {path}", "path", "undeclared", "no specification speaks of this path")]
        return list(dict.fromkeys(spec.check(exchange)))

    def unknown(self, exchange):
        """What of an exchange differs and is not known."""
        return [f for f in self.findings(exchange) if not any([known.knows(f) for known in self.differs])]


def distinct(sent):
    """Exchanges that differ in more than the case that has them."""
    seen = {}
    for exchange in sent:
        parts = [exchange.get(part) for part in ("method", "url", "body", "status", "reply")]
        seen.setdefault(json.dumps(parts), exchange)
    return list(seen.values())


def examine(name, contract, sent):
    """Differences of one connector, as lines to print."""
    lines = {}
    for exchange in sent:
        for at, where, is_, says in contract.unknown(exchange):
            lines.setdefault((at, where, is_), f"{name}: {at}\n    {where}, {is_}: {says[:200]}")
    for spec, path in zip(contract.specs, contract.names):
        if spec not in contract.used:
            lines[("unused", path)] = f"{name}: {path} speaks of nothing that is sent"
    for known in contract.differs:
        for part in known.unmet():
            lines[("listed", part, known.because)] = f"{name}: listed as different, but it is not: {part} ({known.because})"
    return list(lines.values())


def main(specs, traffic, tests, cache):
    specs, tests, cache = pathlib.Path(specs), pathlib.Path(tests), pathlib.Path(cache)
    exchanges = {}
    for line in pathlib.Path(traffic).read_text().splitlines():
        exchange = json.loads(line)
        exchanges.setdefault(exchange["connector"], []).append(exchange)
    failures, compared, known, without, scores = [], 0, 0, [], {}
    for name, sent in sorted(exchanges.items()):
        stated = load(tests / f"{name}.test.yml").get("contract")
        if isinstance(stated, dict) and set(stated) == {"none"} and stated["none"]:
            without.append((name, stated["none"]))
            continue
        if not stated or isinstance(stated, dict):
            failures.append(f"{name}: says neither which specification speaks of it nor why there is none (contract)")
            continue
        contract = Contract(specs, stated, cache)
        spoken = sum(1 for exchange in sent if contract.speaks(exchange))
        compared, known = compared + spoken, known + len(sent) - spoken
        sent = distinct(sent)
        failures += examine(name, contract, sent)
        scores[name], missed = mutants.score(name, contract, sent)
        failures += missed
    for line in failures:
        print(line)
    for line in mutants.table(scores):
        print(line)
    print(f"{len(without)} connectors without a specification:")
    for name, because in without:
        print(f"  {name}: {because}")
    print(f"{compared} exchanges of {len(scores)} connectors compared, {known} more known by their path alone, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
