"""A simulator of Verizon ThingSpace: the token, the login, and the reads of devices and firmware.

It speaks the shapes, spellings and refusals of ThingSpace's documentation, is strict where that is silent, and answers
501 to calls that ThingSpace has and it has not. It shares no code with the client, so that no mistake is shared either.

**In a test**, in this process, on a free port of 127.0.0.1::

    from pulumi_fota.simulator import Simulator

    fleet = {
        "accountName": "0000123456-00001",
        "deviceList": [{"deviceId": "356938035643809", "make": "SEQUANS", "model": "GM01Q", "firmware": "1.2"}],
        "firmwareList": [{"make": "SEQUANS", "model": "GM01Q", "firmwareFrom": "1.2", "firmwareTo": "1.3"}],
    }
    with Simulator(fleet) as simulator:
        simulator.url  # http://127.0.0.1:41234

The credentials are `sim-key`, `sim-secret`, `sim-user` and `sim-password`, or any others that begin with `sim-`
(`credentials=Credentials(password="sim-…")`). A request that carries one that does not is refused. The fleet is a dict
or the path of a JSON file, which is read again whenever it changes; several accounts are `{"accounts": [fleet, …]}`.
Rows are served as they stand, whatever is in them; only `deviceId` must be there.

*The account.* `simulator.device("356938035643809")["firmware"] = "1.3"` changes a device; `add(row)` and
`remove(imei)` are there too, and `simulator.accounts[name]` has the same three for another account than the first.
`expire_bearer()`, `expire_session()`, `lock()`, `unlock()` and `change_password("sim-…")` do what time, five refused
logins, support and a user do. `bearer()` and `session()` give tokens that are good without asking for them.

*What reached it.* `simulator.requests` lists every request (`kind`, `method`, `path`, `query`, `headers`, `body`,
`json`, `status`, `connection`), `count("devices")` counts those of a kind (`token`, `login`, `devices`,
`account_devices`, `firmware`, `other`; all without one), and `forget_requests()` begins anew.

*What goes wrong.* `answer_with(503)` answers every request so until `answer_normally()`; `on="devices"`, `times=2`,
`first=3` and `every=2` choose which. `answer_with(429, headers={"Retry-After": "20"})`, `answer_with(json={…})` and
`answer_with(body=b"…", content_type="text/html")` say what comes back. `fault("devices:session-expired*1")`, which is
`fault("session-expired", on="devices", times=1)`, puts in a fault by name: `session-expired` and `bearer-expired`
happen to the account, so that a new token is good again; `session-refused` and `900901` only answer so; `cut`,
`gzip`, `empty`, `row-missing`, `row-foreign`, `cursor-stuck` … spoil good answers; `slow=0.3` is late. `alter(change,
on="devices")` hands the JSON of good answers to a function first. One fault happens at each request: those that are
limited by `times` first, in order, then the newest of the others; `simulator.faults.fired` counts them by name.
`latency = 0.3` makes all answers slow, `chaos(seed)` lets random faults happen at a tenth of the requests (never a
refused login).

*What ThingSpace leaves open* is chosen by keyword: `page_size`, `post_page_size` (the answer to a list of IMEIs then
has pages), `max_devices`, `unknown="omit" | "row" | "refuse"`, `single_session`.

*Without a socket and in virtual time*: `Simulator(fleet, clock=…, sleep=…, seed=…)` needs no `with`; `handle(method,
path, query, headers, body)` gives `(status, headers, body)`, and `app` is a WSGI application.

**As a process**: `python -m pulumi_fota.simulator --fleet fleet.json --port 0` prints its URL on the first line of
stdout and serves until it is stopped. `--fault`, `--latency` and `--chaos` are as above; `--help` tells more. The
credentials come from `SIM_KEY`, `SIM_SECRET`, `SIM_USERNAME` and `SIM_PASSWORD`. It writes what it decides, and how
many bytes came and went, to stderr; never what was in them.
"""

import pulumi_fota.simulator.extra  # noqa: F401 - First of all, it says what is missing.
from pulumi_fota.simulator.credentials import Credentials
from pulumi_fota.simulator.exchange import Answer, Request
from pulumi_fota.simulator.fleet import Account, FleetError
from pulumi_fota.simulator.simulator import Simulator

__all__ = ["Account", "Answer", "Credentials", "FleetError", "Request", "Simulator"]
