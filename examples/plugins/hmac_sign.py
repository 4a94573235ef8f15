#!/usr/bin/env python3
"""Signs requests by HMAC-SHA256 over method, path, query, time and the digest of the body, as many vendors' schemes do.

Setting: key_id. Secret: key. Headers that it gives: Authorization and X-Date. What is signed are these lines:

    GET
    /v1/customers                     the path, as it leaves
    mail=ada%40example.org&page=1     the parameters, sorted
    20260131T081500Z                  the header X-Date
    e3b0c442…                         SHA-256 of the body
"""

import hashlib
import hmac
import os
import sys
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dsr_plugin import Signer  # noqa: E402


class Hmac(Signer):
    NAME = "hmac-example"

    def start(self, settings, secrets):
        self.key_id, self.key = settings["key_id"], secrets["key"].encode()

    def sign(self, method, url, headers, sha256, at, body):
        parts = urlsplit(url)
        date = at.replace("-", "").replace(":", "")
        query = "&".join(sorted(parts.query.split("&")))
        said = "\n".join([method, parts.path or "/", query, date, sha256])
        # A key for each day, so that one that leaks is soon worth nothing.
        day = hmac.new(self.key, date[:8].encode(), hashlib.sha256).digest()
        signature = hmac.new(day, said.encode(), hashlib.sha256).hexdigest()
        return {"X-Date": date, "Authorization": "EXAMPLE-HMAC-SHA256 Credential={}, Signature={}".format(self.key_id, signature)}, {}


if __name__ == "__main__":
    Hmac().run()
