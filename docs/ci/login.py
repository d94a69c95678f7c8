"""Log in to ThingSpace once, and print the two tokens as variables that `pulumi_fota` takes.

    python ci/login.py

It reads FOTA_KEY, FOTA_SECRET, FOTA_USERNAME and FOTA_PASSWORD and tries each once, since five refused logins in a
row lock the user. It needs no package.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any

THINGSPACE = os.environ.get("FOTA_BASE_URL", "https://thingspace.verizon.com")


def main() -> None:
    """Get the application's token, and with it the user's."""
    application = f"{os.environ['FOTA_KEY']}:{os.environ['FOTA_SECRET']}".encode()
    user = {"username": os.environ["FOTA_USERNAME"], "password": os.environ["FOTA_PASSWORD"]}
    access = post(
        "/api/ts/v1/oauth2/token",
        b"grant_type=client_credentials",
        authorization=f"Basic {base64.b64encode(application).decode()}",
        kind="application/x-www-form-urlencoded",
    )["access_token"]
    session = post(
        "/api/m2m/v1/session/login",
        json.dumps(user).encode(),
        authorization=f"Bearer {access}",
        kind="application/json",
    )["sessionToken"]
    print(f"FOTA_ACCESS_TOKEN={access}")
    print(f"FOTA_SESSION_TOKEN={session}")


def post(path: str, body: bytes, *, authorization: str, kind: str) -> dict[str, Any]:
    """Make one request, and give the JSON of its answer."""
    headers = {"Authorization": authorization, "Content-Type": kind}
    request = urllib.request.Request(f"{THINGSPACE}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))
    except urllib.error.URLError as error:
        sys.exit(f"ThingSpace did not accept {path}: {error}; not tried again")


if __name__ == "__main__":
    main()
