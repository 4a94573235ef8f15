"""Tries the check on small specifications of its own, so that its strictness does not depend on the vendors' being there.

Each line is an exchange and what the check has to say of it; an exchange without a finding has to pass.
"""

import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import edmx  # noqa: E402
import openapi  # noqa: E402
from finding import Finding, Known  # noqa: E402

PERSON = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "email": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Address"}]},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object"},
    },
}
JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}
DOCUMENT = {
    "openapi": "3.0.0",
    "servers": [{"url": "https://api.example.com/v1"}],
    "paths": {
        "/people": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "page", "schema": {"type": "integer"}},
                    {"in": "query", "name": "filter", "schema": {"type": "object", "properties": {"email": {"type": "string"}}}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": PERSON}}}}},
            },
        },
        "/people/{id}": {
            "put": {"requestBody": {"required": True, "content": JSON}, "responses": {"200": {"content": JSON}}},
            "patch": {
                "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": PERSON}}},
                "responses": {"204": {}},
            },
        },
        "/choices": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"oneOf": [
                    {"type": "object", "properties": {"kind": {"enum": ["a"]}, "one": {"type": "string"}}},
                    {"type": "object", "properties": {"kind": {"enum": ["b"]}, "two": {"type": "string"}}},
                ]}}}},
                "responses": {"204": {}},
            },
        },
    },
    "components": {"schemas": {
        "Person": PERSON,
        "Address": {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": True},
    }},
}
METADATA = """<Edmx><DataServices><Schema Namespace="ns" Alias="n">
<EntityType Name="base" OpenType="true">
<Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>
<EntityType Name="user" BaseType="n.base" OpenType="true"><Property Name="mail" Type="Edm.String"/>
<Property Name="active" Type="Edm.Boolean"/><Property Name="phones" Type="Collection(Edm.String)"/>
<NavigationProperty Name="manager" Type="n.user"/></EntityType>
<EntityType Name="folder" BaseType="n.base"><NavigationProperty Name="deleted" Type="Collection(n.base)"/></EntityType>
<Action Name="restore" IsBound="true"><Parameter Name="it" Type="n.base"/><Parameter Name="quiet" Type="Edm.Boolean"/>
<ReturnType Type="n.base"/></Action>
<EntityContainer Name="c"><EntitySet Name="users" EntityType="n.user"/><Singleton Name="folder" Type="n.folder"/></EntityContainer>
</Schema></DataServices></Edmx>"""

REST = [
    # method, path, body, status, reply, what is found as (where, is)
    ("GET", "/v1/people?page=2&filter[email]=a", None, 200, [{"id": 1, "email": "a", "tags": ["x"]}], []),
    ("GET", "/v1/people?page=two", None, 200, [], [("query page", "string for integer")]),
    ("GET", "/v1/people?pages=2", None, 200, [], [("query pages", "undeclared")]),
    ("GET", "/v1/people?filter[mail]=a", None, 200, [], [("query filter.mail", "undeclared")]),
    ("GET", "/v1/people", None, 200, [{"mail": "a", "email": None}],
     [("reply [].mail", "undeclared"), ("reply [].email", "null for string")]),
    ("DELETE", "/v1/people", None, 204, None, [("method", "undeclared")]),
    ("PUT", "/v1/people/7", {"email": "a", "address": None}, 200, {"email": "a", "extra": {"any": "text"}, "free": {"x": [1]}}, []),
    ("PUT", "/v1/people/7", {"emial": "a"}, 200, {"email": "a"}, [("body emial", "undeclared"), ("body email", "missing")]),
    ("PUT", "/v1/people/7", {"email": {"a": 1}}, 200, {"email": "a"}, [("body email", "object for string")]),
    ("PUT", "/v1/people/7", {"email": "a", "id": 7}, 200, {"email": "a"}, [("body id", "read-only")]),
    ("PUT", "/v1/people/7", {"email": "a", "tags": [1]}, 200, {"email": "a"}, [("body tags[]", "integer for string")]),
    ("PUT", "/v1/people/7", {"email": "a", "address": {"town": "b"}}, 200, {"email": "a"}, [("body address.town", "undeclared")]),
    ("PUT", "/v1/people/7", {"email": "a", "extra": {"any": 1}}, 200, {"email": "a"}, [("body extra.any", "integer for string")]),
    ("PUT", "/v1/people/7", None, 200, {"email": "a"}, [("body", "missing")]),
    ("PUT", "/v1/people/7", {"email": "a"}, 202, None, [("status 202", "undeclared")]),
    ("PATCH", "/v1/people/7", "email=a&address[city]=b&tags[]=c", 204, None, []),
    ("PATCH", "/v1/people/7", "email=a&address[town]=b", 204, None, [("body address.town", "undeclared")]),
    ("POST", "/v1/choices", {"kind": "b", "two": "x"}, 204, None, []),
    ("POST", "/v1/choices", {"kind": "b", "two": "x", "one": "x"}, 204, None, [("body one", "undeclared")]),
]
ODATA = [
    ("GET", "/o/users?$select=id,mail&$filter=mail eq 'a' and phones/any(p:p eq 'b')", None, 200, {"value": [{"id": "1", "mail": None}]},
     []),
    ("GET", "/o/users?$select=maill", None, 200, {"value": []}, [("query $select maill", "undeclared")]),
    ("GET", "/o/users?$filter=maill eq 'a'", None, 200, {"value": []}, [("query $filter maill", "undeclared")]),
    ("GET", "/o/users", None, 200, {"value": [{"maill": "a", "active": "yes"}]},
     [("reply value[].maill", "undeclared"), ("reply value[].active", "string for Edm.Boolean")]),
    ("GET", "/o/users/7/manager", None, 200, {"maill": "a"}, [("reply maill", "undeclared")]),
    ("GET", "/o/users/7/managerr", None, 200, {}, [("path", "undeclared")]),
    ("PATCH", "/o/users/7", {"maill": "a"}, 204, None, [("body maill", "undeclared")]),
    ("PATCH", "/o/users('7')", {"active": 1, "id": None}, 204, None,
     [("body active", "integer for Edm.Boolean"), ("body id", "null for Edm.String")]),
    ("POST", "/o/users", {"phones": "1"}, 201, {"id": "1"}, [("body phones", "string for list of Edm.String")]),
    ("GET", "/o/folder/deleted/7", None, 200, {"@odata.type": "#ns.user", "id": "7", "mail": "a"}, []),
    ("GET", "/o/folder/deleted/7", None, 200, {"id": "7", "mail": "a"}, [("reply mail", "undeclared")]),
    ("GET", "/o/folder/deleted/ns.user", None, 200, {"value": [{"mail": "a"}]}, []),
    ("GET", "/o/folder/deletedd/7", None, 200, {}, [("path", "undeclared")]),
    ("POST", "/o/folder/deleted/7/restore", {"quiet": True}, 200, {"id": "7"}, []),
    ("POST", "/o/folder/deleted/7/restore", {"quiett": True}, 200, {"id": "7"}, [("body quiett", "undeclared")]),
    ("POST", "/o/folder/deleted/7/restorre", {}, 200, {"id": "7"}, [("path", "undeclared")]),
]


def exchange(method, path, body, status, reply):
    form = isinstance(body, str)
    return {
        "method": method,
        "url": "https://api.example.com" + path.replace(" ", "%20"),
        "headers": {"content-type": "application/x-www-form-urlencoded" if form else "application/json"},
        "body": body if form or body is None else json.dumps(body),
        "status": status,
        "reply": None if reply is None else json.dumps(reply),
    }


def anchors():
    """An entry knows what it names and nothing beside it."""
    entry = {"at": "GET /v1/people/{person}", "where": "reply [].mail", "is": "undeclared", "because": "…"}
    it = Finding("GET /v1/people/{id}", "reply [].mail", "undeclared", "")
    others = [it._replace(at="PUT /v1/people/{id}"), it._replace(at="GET /v1/people/search"), it._replace(at="GET /v1/people")]
    others += [it._replace(where="reply [].mails"), it._replace(where="reply [].mail.a"), it._replace(is_="null for string")]
    known = Known(entry)
    yield "an entry knows its finding", known.knows(it) and not known.unmet()
    for other in others:
        yield f"an entry does not know {other}", not Known(entry).knows(other) and Known(entry).unmet()
    path = Known({"at": "GET /files/{id}", "where": "path", "is": "undeclared", "because": "…"})
    sent = Finding("GET /files/7", "path", "undeclared", "")
    yield "a path that no specification has is known with its parameters", path.knows(sent)
    yield "a longer path is another", not path.knows(sent._replace(at="GET /files/7/x"))


def main():
    wrong, tried = 0, 0
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(METADATA)
        file.flush()
        services = [(openapi.OpenApi(DOCUMENT, None), REST), (edmx.Edmx(pathlib.Path(file.name), "/o"), ODATA)]
    for spec, lines in services:
        for *parts, expected in lines:
            tried += 1
            sent = exchange(*parts)
            found = [(f.where, f.is_) for f in spec.check(sent)] if spec.covers(sent) else [("path", "undeclared")]
            if sorted(set(found)) != sorted(expected):
                wrong += 1
                print(f"contract: {parts}\n    expected {expected}\n    found    {found}")
    for says, holds in anchors():
        tried += 1
        if not holds:
            wrong += 1
            print(f"contract: {says}: it does not hold")
    print(f"contract: the check tried on specifications of its own, {tried} times, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
