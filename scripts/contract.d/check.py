"""Validates recorded traffic of connectors against the specifications that their test files name.

check.py SPECS TRAFFIC TESTS

TRAFFIC is JSON lines as `dsr connector test --traffic` writes them: {connector, case, method, url, headers, body, status, reply}.
A test file says which specification speaks of which part of the traffic:

    contract:
      - spec: zendesk/oas.yaml     # below SPECS
        under: /api/v2             # what stands before the specification's paths; default: the path of its first server
        differs:                   # what is known to be otherwise, each with its reason
          - { says: "query parameter page is not declared", because: "cursor paging, described in the vendor's guide" }

Ends with 1 if anything differs that is not listed, or if a listed difference no longer occurs.
"""

import json
import pathlib
import sys
import urllib.parse

import yaml

import edmx
import openapi

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path):
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, LOADER)


def specification(specs, entry):
    path = specs / entry["spec"]
    if path.suffix in (".xml", ".edmx"):
        return edmx.Edmx(path, entry.get("under", ""))
    return openapi.OpenApi(load(path), entry.get("under"))


def main(specs, traffic, tests):
    specs, tests = pathlib.Path(specs), pathlib.Path(tests)
    exchanges = {}
    for line in pathlib.Path(traffic).read_text().splitlines():
        exchange = json.loads(line)
        exchanges.setdefault(exchange["connector"], []).append(exchange)
    failures, checked, silent = 0, 0, []
    for name, sent in sorted(exchanges.items()):
        stated = load(tests / f"{name}.test.yml").get("contract") or []
        if not stated:
            silent.append(name)
            continue
        known = [(entry, specification(specs, entry)) for entry in stated]
        allowed = {d["says"]: d["because"] for entry in stated for d in entry.get("differs", [])}
        differences, met = {}, set()
        for exchange in sent:
            path = urllib.parse.urlsplit(exchange["url"]).path
            spec = next((spec for _, spec in known if spec.covers(path)), None)
            where = f"{exchange['method']} {path}"
            if spec is None:
                differences.setdefault(f"no specification speaks of {exchange['method']} {path}", where)
                continue
            checked += 1
            for says in spec.check(exchange):
                differences.setdefault(says, where)
        for says, where in sorted(differences.items()):
            hit = next((a for a in allowed if a in says), None)
            if hit:
                met.add(hit)
            else:
                failures += 1
                print(f"{name}: {where}\n    {says}")
        for says in sorted(set(allowed) - met):
            failures += 1
            print(f"{name}: listed as different, but it is not: {says}")
    print(f"{checked} exchanges of {len(exchanges) - len(silent)} connectors checked, {failures} differences")
    if silent:
        print(f"without a specification: {', '.join(silent)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
