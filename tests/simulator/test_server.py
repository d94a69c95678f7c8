"""The HTTP server of the simulator: its connections, what it reads from them, and how it ends."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from pulumi_fota.simulator import Simulator
from support.fleet import A

READ = "/api/fota/v3/devices/0000123456-00001"


@pytest.fixture
def session(simulator):
    """
    A requests session with both tokens, which ignores the environment.
    """
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {simulator.bearer()}", "VZ-M2M-Token": simulator.session()})
        yield session


@pytest.fixture
def exchange(simulator):
    """
    Sends bytes on a new connection, and returns what comes back until the server closes it, or for 0.3 s.
    """

    def send(data, *, then_close=False):
        with socket.create_connection((urlsplit(simulator.url).hostname, urlsplit(simulator.url).port)) as connection:
            connection.sendall(data)
            if then_close:
                connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.3)
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except TimeoutError:
                received += b"(still open)"
        return received

    return send


def test_one_connection_carries_many_requests(simulator, session):
    """
    HTTP/1.1 keeps connections open, as ThingSpace's gateway does.
    """
    for _ in range(5):
        assert session.post(simulator.url + READ, json={"deviceList": [A]}).status_code == 200

    assert len({request.connection for request in simulator.requests}) == 1


def test_each_connection_is_told_apart(simulator):
    """
    A request has the address and port of the client.
    """
    for _ in range(2):
        requests.get(simulator.url, timeout=5)

    connections = {request.connection for request in simulator.requests}
    assert len(connections) == 2
    assert all(connection.startswith("127.0.0.1:") for connection in connections)


def test_an_error_keeps_the_connection_open(simulator, session):
    """
    A refusal is a response like any other.
    """
    session.get(simulator.url + "/nowhere")
    session.post(simulator.url + READ, json={"deviceList": []})

    assert len({request.connection for request in simulator.requests}) == 1


def test_an_answer_has_a_date_and_a_length(simulator, session):
    """
    A Retry-After that is a date is relative to the date of the response.
    """
    answer = session.post(simulator.url + READ, json={"deviceList": [A]})

    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["Date"].endswith(" GMT")
    assert "Server" not in answer.headers


def test_a_date_that_a_test_gives_is_not_doubled(simulator, session):
    """
    A test of skewed clocks sets the date itself.
    """
    simulator.answer_with(503, headers={"Date": "Wed, 21 Oct 2026 07:28:00 GMT"})

    assert session.get(simulator.url).headers["Date"] == "Wed, 21 Oct 2026 07:28:00 GMT"


def test_many_requests_are_answered_at_once(fleet):
    """
    Eight late responses wait at the same time: the barrier opens for all of them or for none.
    """
    barrier = threading.Barrier(8)
    with Simulator(fleet, latency=1, sleep=lambda _: barrier.wait(timeout=10)) as simulator:
        threads = [
            threading.Thread(target=requests.get, args=(simulator.url,), kwargs={"timeout": 20}) for _ in range(8)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert not barrier.broken
    assert [request.status for request in simulator.requests] == [404] * 8


def test_a_cut_answer_ends_the_connection(simulator, session):
    """
    Half of the body comes, then the end: the client can see that it was cut off.
    """
    simulator.fault("cut")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        session.post(simulator.url + READ, json={"deviceList": [A]})


def test_a_packed_answer_is_unpacked_by_a_client(simulator, session):
    """
    The compression is that of browsers and clients.
    """
    simulator.fault("gzip")

    answer = session.post(simulator.url + READ, json={"deviceList": [A]})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["deviceCount"] == 1


def test_a_redirect_is_one_for_a_client(simulator, session):
    """
    302 with a Location.
    """
    simulator.fault("redirect=http://127.0.0.1:1/")

    answer = session.get(simulator.url, allow_redirects=False)

    assert answer.is_redirect
    assert answer.headers["Location"] == "http://127.0.0.1:1/"


def test_head_has_no_body(exchange):
    """
    Only the headers are sent, so that the next response on the connection begins where it should.
    """
    received = exchange(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert received.count(b"HTTP/1.1 404") == 2
    assert received.count(b"</am:fault>") == 1


def test_a_request_that_is_cut_off_is_no_request(simulator, exchange):
    """
    A body that is shorter than its length is ignored: half a login does not try a password.
    """
    received = exchange(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", then_close=True)

    assert received == b""
    assert simulator.count() == 0


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Transfer-Encoding: chunked", b"411"),
        (b"Content-Length: -1", b"413"),
        (b"Content-Length: x", b"413"),
        (b"Content-Length: 99999999999", b"413"),
    ],
)
def test_a_body_of_unknown_or_huge_length_is_refused(simulator, exchange, header, status):
    """
    It is not read, and the connection is closed.
    """
    received = exchange(b"POST / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 " + status)
    assert not received.endswith(b"(still open)")
    assert simulator.count() == 0


def test_a_client_that_leaves_early_disturbs_nobody(simulator, capfd):
    """
    No traceback is printed, and the next client is served.
    """
    simulator.latency = 0.05
    host, port = urlsplit(simulator.url).hostname, urlsplit(simulator.url).port
    for _ in range(5):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    simulator.latency = 0

    assert requests.get(simulator.url, timeout=5).status_code == 404
    simulator.stop()
    assert capfd.readouterr().err == ""


def test_a_mistake_in_a_test_is_shown(simulator, session, capfd):
    """
    The traceback of a function that changes responses is printed if it fails.
    """
    simulator.alter(lambda body: body["no such key"])

    with pytest.raises(requests.exceptions.ConnectionError):
        session.post(simulator.url + READ, json={"deviceList": [A]})

    assert "KeyError: 'no such key'" in capfd.readouterr().err


def test_a_stopped_simulator_closes_its_connections_and_its_port(fleet):
    """
    A client with an open connection reads its end, and nobody can connect any more.
    """
    with Simulator(fleet) as simulator:
        url = urlsplit(simulator.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
        held = connection.sock

    assert held.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.hostname, url.port))


def test_a_simulator_leaves_no_thread_behind(fleet):
    """
    After ten simulators with a request each there are no more threads than before.
    """
    before = set(threading.enumerate())

    for _ in range(10):
        with Simulator(fleet) as simulator:
            requests.get(simulator.url, timeout=5)
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)

    assert not set(threading.enumerate()) - before


def test_a_simulator_can_start_again(fleet):
    """
    It keeps its tokens, and gets another port.
    """
    simulator = Simulator(fleet)
    with simulator:
        bearer = simulator.bearer()
    with simulator:
        assert simulator.bearer() == bearer
        assert requests.get(simulator.url, timeout=5).status_code == 404


def test_a_simulator_serves_at_another_address(fleet):
    """
    An IPv6 address has brackets in the URL.
    """
    with Simulator(fleet, host="::1") as simulator:
        assert simulator.url.startswith("http://[::1]:")
        assert requests.get(simulator.url, timeout=5).status_code == 404


def test_a_port_in_use_is_an_error(simulator, fleet):
    """
    Two simulators cannot share one.
    """
    with pytest.raises(OSError, match="Address already in use"), Simulator(fleet, port=urlsplit(simulator.url).port):
        pass


def test_a_thousand_devices_arrive_whole(many):
    """
    A page of a thousand rows, byte for byte.
    """
    with Simulator(many) as simulator:
        headers = {"Authorization": f"Bearer {simulator.bearer()}", "VZ-M2M-Token": simulator.session()}
        asked = [row["deviceId"] for row in many["deviceList"][:1000]]
        answer = requests.post(simulator.url + READ, json={"deviceList": asked}, headers=headers, timeout=5)

    assert [row["deviceId"] for row in json.loads(answer.content)["deviceList"]] == asked
