"""A simulator of Verizon ThingSpace: the token, the login, and the reads of devices and firmware.

It has the shapes, spellings and refusals of ThingSpace's documentation, is strict where the documentation is silent,
and responds with 501 to calls of ThingSpace that it does not implement. It shares no code with the client, so that they
share no mistake.

**In a test**, in the same process, on a free port of 127.0.0.1::

    from pulumi_fota.simulator import Simulator

    fleet = {
        "accountName": "0000123456-00001",
        "deviceList": [{"deviceId": "356938035643809", "make": "SEQUANS", "model": "GM01Q", "firmware": "1.2"}],
        "firmwareList": [{"make": "SEQUANS", "model": "GM01Q", "firmwareFrom": "1.2", "firmwareTo": "1.3"}],
    }
    with Simulator(fleet) as simulator:
        simulator.url  # http://127.0.0.1:41234

The credentials are `sim-key`, `sim-secret`, `sim-user` and `sim-password`, or others that begin with `sim-`
(`credentials=Credentials(password="sim-…")`). Requests with credentials that do not are refused. The fleet is a dict or
the path of a JSON file, which is read again whenever it has changed. Several accounts are `{"accounts": [fleet, …]}`.
The rows of devices and firmware are served as they are, whatever their keys and values; only `deviceId` is required.
Other keys around the rows than these are refused. `plausible_fleet(made_imeis(300), now=…)` returns a fleet.

*The accounts.* `simulator.device("356938035643809")["firmware"] = "1.3"` changes a device of the first account, and
`add(row)` and `remove(imei)` add and remove one. `simulator.accounts[name]` has the same methods for other accounts.

*The tokens.* `expire_bearer()`, `expire_session()`, `lock()`, `unlock()` and `change_password("sim-…")` do what time,
five refused logins, Verizon's support and a user do. `bearer()` and `session()` return valid tokens without a request.

*The requests.* `simulator.requests` has every request (`kind`, `method`, `path`, `query`, `headers`, `body`, `json`,
`status`, `connection`). `count("devices")` is the number of requests of a kind (`token`, `login`, `devices`,
`account_devices`, `firmware`, `other`), and `count()` that of all. `forget_requests()` starts from zero.

*The faults.* `answer_with(503)` responds to every request with 503 until `answer_normally()`. `on="devices"`,
`times=2`, `first=3` and `every=2` select requests. `answer_with(429, headers={"Retry-After": "20"})`,
`answer_with(json={…})` and `answer_with(body=b"…", content_type="text/html")` say what the response is.
`fault("devices:session-expired*1")`, or `fault("session-expired", on="devices", times=1)`, injects a fault by name:
`session-expired` and `bearer-expired` invalidate a token, so that a new one is needed; `session-refused` and `900901`
only respond as if; `cut`, `gzip`, `empty`, `row-missing`, `row-foreign`, `cursor-stuck` … change successful responses;
`slow=0.3` delays them. `alter(change, on="devices")` passes the JSON values of successful responses to a function. One
fault happens at each request: those with `times` come first, in order, then the newest of the others.
`simulator.faults.fired` counts them by name. `latency = 0.3` delays all responses, and `chaos(seed)` injects random
faults at a tenth of the requests, but never refuses a login.

*What ThingSpace does not document* is selected by keyword: `page_size`, `post_page_size` (responses to a list of IMEIs
have pages), `max_devices`, `unknown="omit" | "row" | "refuse"`, `single_session`.

*Without a socket and in virtual time*: `Simulator(fleet, clock=…, sleep=…, seed=…)` and `handle(method, path, query,
headers, body)`, which returns `(status, headers, body)`, need no `with`.

**As a process**: `python -m pulumi_fota.simulator --fleet fleet.json --port 0` prints its URL on the first line of
stdout, then the settings for a shell and for a stack, and serves until it is stopped. `--devices 300` serves a
plausible fleet, and `--imeis imeis.txt` one with these devices. `--fault`, `--latency` and `--chaos` are as above;
`--help` says more. `SIM_KEY`, `SIM_SECRET`, `SIM_USERNAME` and `SIM_PASSWORD` set other credentials. It logs the kind,
status and size of each request to stderr, and never its content.
"""

try:
    from pulumi_fota.simulator.auth import Credentials
    from pulumi_fota.simulator.fleet import Account, FleetError
    from pulumi_fota.simulator.http import Request, Response
    from pulumi_fota.simulator.plausible_fleet import made_imeis, plausible_fleet
    from pulumi_fota.simulator.simulator import Simulator
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "werkzeug":
        raise
    raise ModuleNotFoundError(
        "the simulator needs werkzeug: install the package with its extra `simulator`, or `testing` for its fixture",
        name="pulumi_fota.simulator",  # With this name `python -m pulumi_fota.simulator` prints one line.
    ) from None

__all__ = [
    "Account",
    "Credentials",
    "FleetError",
    "Request",
    "Response",
    "Simulator",
    "made_imeis",
    "plausible_fleet",
]
