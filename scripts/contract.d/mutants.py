"""Attacks the check itself: mistakes made on purpose in recorded exchanges, each of which it has to find.

From every exchange that a specification speaks of come copies with one mistake each: a segment of the path, a query parameter, a
member of the body or of the reply misspelt, a query parameter that nobody knows, a member of another type. A mistake that the check
lets through has to lie at a place that the test file names with its reason: `open`, where a specification takes anything, or
`differs`, where it says nothing or something else than is true. Whatever else is let through fails, as does a place that is named and would be seen, and a connector of whose
mistakes too few are found, named places counted in.
"""

import json
import urllib.parse

from finding import items, named, plain, under

KINDS = ("path", "query", "body name", "body type", "reply name", "reply type")
# Of a hundred mistakes so many have to be found, whatever the test file names as open; `least` says why it may be fewer.
LEAST = 75


def misspelt(name):
    return name[:-1] + name[-1] * 2 + "q" if name else "q"


def score(name, contract, sent):
    """How many mistakes of each kind were made and found, and the lines of those that nothing explains."""
    made, found, lines, seen = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), [], set()
    for exchange in sent:
        spec = contract.speaks(exchange)
        before = set(contract.findings(exchange))
        if spec is None:
            # What is known of it is its path alone.
            at = next((k.path_of(f) for f in before for k in contract.differs if k.path_of(f)), None)
            tried = paths(exchange, at.split(" ", 1)[1], 0) if at else []
        else:
            template = plain(spec.template(exchange))
            at, tried = f"{exchange['method']} {template}", mutants(exchange, template, spec.under.count("/"))
        for kind, where, mutant in tried:
            if (at, kind, where) in seen:
                continue
            seen.add((at, kind, where))
            made[kind] += 1
            if any(f not in before for f in contract.unknown(mutant)):
                found[kind] += 1
                continue
            named_open = any([names(k, at, where) for k in contract.open])
            if not named_open and not any(unsaid(k) and names(k, at, where) for k in contract.differs):
                lines.append(f"{name}: {at}\n    {where}: a mistake in it stays unseen ({kind})")
    for known in contract.open:
        for part in known.unmet():
            lines.append(f"{name}: listed as open, but nothing stays unseen there: {part} ({known.because})")
    whole = sum(made.values())
    if whole and sum(found.values()) * 100 < whole * contract.least:
        lines.append(f"{name}: of {whole} mistakes {sum(found.values())} are seen, fewer than {contract.least} of a hundred")
    elif contract.least != LEAST and sum(found.values()) * 100 >= whole * LEAST:
        lines.append(f"{name}: `least` says {contract.least} of a hundred, but {LEAST} are reached")
    return (made, found), lines


def unsaid(known):
    """Whether an entry of `differs` leaves nothing to compare with: an undeclared member, or another type than the real one."""
    return any(kind == "undeclared" or " for " in kind and not kind.startswith("null ") for kind in known.kinds)


def names(known, at, where):
    place = next((p for p in known.places if under(where, p)), None)
    listed = next((a for a, (exact, _) in known.at.items() if exact == at), None)
    if place is None or listed is None:
        return False
    known.met |= {place, listed}
    return True


def paths(exchange, template, given):
    """The exchange with one segment of its path misspelt; the first `given` slashes belong to the server's address."""
    url = urllib.parse.urlsplit(exchange["url"])
    segments = url.path.split("/")
    for number, word in enumerate(template.split("/")):
        if number > given and word and not word.startswith("{"):
            word, bracket, rest = segments[number].partition("(")
            wrong = segments[:number] + [f"{word}q{bracket}{rest}"] + segments[number + 1 :]
            yield "path", f"path {number} {word}", {**exchange, "url": url._replace(path="/".join(wrong)).geturl()}


def mutants(exchange, template, given):
    yield from paths(exchange, template, given)
    url = urllib.parse.urlsplit(exchange["url"])
    pairs = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
    for number, (option, value) in enumerate(pairs + [("nobody_knows_this", "1")]):
        wrong = pairs + [(option, value)] if number == len(pairs) else list(pairs)
        if number < len(pairs):
            wrong[number] = (misspelt_option(option), value)
        yield "query", f"query {option}", {**exchange, "url": url._replace(query=urllib.parse.urlencode(wrong)).geturl()}
    yield from bodies(exchange)
    if exchange.get("reply") and exchange["status"] is not None and exchange["status"] < 300:
        try:
            value = json.loads(exchange["reply"])
        except ValueError:
            return
        for where, wrong in renamed(value, "reply"):
            yield "reply name", where, {**exchange, "reply": json.dumps(wrong)}
        for where, wrong in retyped(value, "reply"):
            yield "reply type", where, {**exchange, "reply": json.dumps(wrong)}


def misspelt_option(option):
    """`page[size]` as `page[sizeq]`."""
    return option[:-1] + "q]" if option.endswith("]") and not option.endswith("[]") else misspelt(option)


def bodies(exchange):
    if not exchange.get("body"):
        return
    kind = next((v for k, v in exchange["headers"].items() if k.lower() == "content-type"), "")
    if "json" in kind:
        value = json.loads(exchange["body"])
        for where, wrong in renamed(value, "body"):
            yield "body name", where, {**exchange, "body": json.dumps(wrong)}
        for where, wrong in retyped(value, "body"):
            yield "body type", where, {**exchange, "body": json.dumps(wrong)}
    elif "form" in kind:
        pairs = urllib.parse.parse_qsl(exchange["body"], keep_blank_values=True)
        for number, (field, value) in enumerate(pairs):
            wrong = pairs[:number] + [(misspelt_option(field), value)] + pairs[number + 1 :]
            place = named("body", field.replace("[", ".").replace("]", ""))
            yield "body name", place, {**exchange, "body": urllib.parse.urlencode(wrong)}
            wrong = pairs[:number] + [(field + "[another]", "type")] + pairs[number + 1 :]
            yield "body type", place, {**exchange, "body": urllib.parse.urlencode(wrong)}


def inner(value, place):
    """Every value inside a value with its place, and how to put another in its stead."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield named(place, name), member, lambda new, name=name: {**value, name: new}
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield items(place), member, lambda new, n=number: value[:n] + [new] + value[n + 1 :]


def renamed(value, place):
    """The value with one member misspelt, for each member at any depth."""
    if isinstance(value, dict):
        for name in value:
            yield named(place, name), {misspelt(n) if n == name else n: member for n, member in value.items()}
    for where, member, replaced in inner(value, place):
        for deeper, wrong in renamed(member, where):
            yield deeper, replaced(wrong)


def retyped(value, place):
    """The value with one member of another type, for each member at any depth."""
    for where, member, replaced in inner(value, place):
        if member is not None:
            yield where, replaced("a text" if isinstance(member, (dict, list)) else {"another": ["type"]})
        for deeper, wrong in retyped(member, where):
            yield deeper, replaced(wrong)


def table(scores):
    """Rows of connector, then seen/made of each kind."""
    yield f"mistakes seen of mistakes made: {', '.join(KINDS)}"
    totals = [dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)]
    for name, (made, found) in sorted(scores.items()):
        yield f"  {name:26}" + "".join(f"{found[kind]}/{made[kind]}".rjust(12) for kind in KINDS)
        for kind in KINDS:
            totals[0][kind] += made[kind]
            totals[1][kind] += found[kind]
    yield f"  {'all':26}" + "".join(f"{totals[1][kind]}/{totals[0][kind]}".rjust(12) for kind in KINDS)
