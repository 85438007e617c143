"""DNS cookies (RFC 7873, RFC 9018), and the file of secrets."""

import os
import re
import signal
import subprocess
import time

import dns.message
import pytest
import yaml

from conftest import start
from support.entries import replace, service_entry
from support.meshdns import binary, rcode
from support.process import eventually
from support.wire import QR, TcpClient, UdpClient, fields, message, opt, option, options, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]

COOKIE = 10
CLIENT = bytes.fromhex("2464c4abcf10c957")
SECRET, NEXT = "e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962"


def ask(server, cookie, *questions, kind=UdpClient, **how):
    """(rcode, the cookie that came back or None) of a query with a cookie."""
    with kind(server.dns_port, **how) as client:
        response = client.ask(message(*questions, additional=[opt(options=option(COOKIE, cookie))]))
    answer = dns.message.from_wire(response)
    assert len(answer.question) == len(questions)
    assert bool(answer.answer) == (bool(questions) and rcode(answer) == "NOERROR")
    return rcode(answer), options(answer).get(COOKIE)


def learn(server):
    code, cookie = ask(server, CLIENT, question("a.bar.global"))
    assert code == "NOERROR"
    return cookie


def damaged(cookie):
    return cookie[:-1] + bytes([cookie[-1] ^ 1])


@pytest.mark.parametrize("kind", [UdpClient, TcpClient])
def test_a_client_learns_a_server_cookie_and_keeps_it(server, kind):
    before = int(time.time()) - 1  # the kernel's coarse clock
    code, cookie = ask(server, CLIENT, question("a.bar.global"), kind=kind)
    assert (code, len(cookie), cookie[:8], cookie[8:12]) == ("NOERROR", 24, CLIENT, b"\1\0\0\0")
    assert before <= int.from_bytes(cookie[12:16], "big") <= time.time()
    assert ask(server, cookie, question("a.bar.global"), kind=kind) == ("NOERROR", cookie)


def test_a_wrong_server_cookie_is_renewed(server):
    cookie = learn(server)
    for wrong in (damaged(cookie), cookie + b"\0", cookie[:16], cookie[:8] + b"\2" + cookie[9:], CLIENT + bytes(32)):
        code, renewed = ask(server, wrong, question("a.bar.global"))
        assert code == "NOERROR"
        assert ask(server, renewed) == ("NOERROR", renewed)


def test_a_cookie_is_of_one_address(server):
    cookie = learn(server)
    with UdpClient(server.dns_port) as client:
        asked = message(additional=[opt(options=option(COOKIE, cookie))])
        assert rcode(dns.message.from_wire(client.ask(asked))) == "NOERROR"
    with TcpClient(server.dns_port, source="127.0.0.9") as client:
        assert rcode(dns.message.from_wire(client.ask(asked))) == "BADCOOKIE"


@pytest.mark.parametrize("size", [0, 1, 7, 9, 15, 41, 64])
def test_a_cookie_of_a_wrong_length_is_malformed(server, size):
    assert ask(server, bytes(size), question("a.bar.global")) == ("FORMERR", None)
    assert ask(server, bytes(size)) == ("FORMERR", None)


def test_a_query_for_a_cookie_alone(server):
    """RFC 7873 §5.4: no question."""
    code, cookie = ask(server, CLIENT)
    assert (code, cookie[:8]) == ("NOERROR", CLIENT)
    assert ask(server, cookie) == ("NOERROR", cookie)
    code, renewed = ask(server, damaged(cookie))
    assert code == "BADCOOKIE"
    assert ask(server, renewed) == ("NOERROR", renewed)
    with UdpClient(server.dns_port) as client:
        assert fields(client.ask(message(additional=[opt()]))) == (4711, QR, 1, (0, 0, 0, 1))


def test_no_cookie_where_none_was_asked_for(server):
    with UdpClient(server.dns_port) as client:
        answer = dns.message.from_wire(client.ask(message(question("a.bar.global"), additional=[opt()])))
    assert options(answer) == {}


def test_errors_carry_cookies_too(server):
    for name, code in (("none.global", "NXDOMAIN"), ("example.org", "REFUSED")):
        with UdpClient(server.dns_port) as client:
            asked = message(question(name), additional=[opt(options=option(COOKIE, CLIENT))])
            answer = dns.message.from_wire(client.ask(asked))
        assert (rcode(answer), options(answer)[COOKIE][:8]) == (code, CLIENT)


# The file of secrets

def secrets(path, *lines):
    replace(path, "".join(f"{line}\n" for line in lines))
    return path


def with_secrets(start_server, tmp_path, *lines):
    file = secrets(tmp_path / "cookies", *lines)
    file.chmod(0o600)
    return start_server(ENTRIES, {"cookies": {"secretFile": str(file)}}), file


def after(server, change, pattern):
    """Changes the file, and waits until the log says what that meant."""
    lines = server.log.count("\n")
    change()
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile(pattern), start=lines)


def test_servers_with_the_same_secret_know_each_others_cookies(start_server, tmp_path, server):
    first, file = with_secrets(start_server, tmp_path, "# shared", "", SECRET)
    (tmp_path / "other").mkdir()
    with start(tmp_path / "other", ENTRIES, {"cookies": {"secretFile": str(file)}}) as second:
        cookie = learn(first)
        assert ask(second, cookie) == ("NOERROR", cookie)
    assert ask(server, cookie)[0] == "BADCOOKIE"  # a secret of its own
    assert "can be read by every user" not in first.log


def test_a_secret_rolls_over_without_a_restart(start_server, tmp_path):
    server, file = with_secrets(start_server, tmp_path, SECRET)
    cookie = learn(server)
    after(server, lambda: secrets(file, SECRET, NEXT), "cookies: 2 secrets")
    assert ask(server, cookie) == ("NOERROR", cookie)
    after(server, lambda: secrets(file, NEXT, SECRET), "cookies: 2 secrets")
    code, renewed = ask(server, cookie)
    assert code == "NOERROR" and renewed != cookie
    after(server, lambda: secrets(file, NEXT), "cookies: 1 secret")
    assert ask(server, cookie)[0] == "BADCOOKIE"
    assert ask(server, renewed) == ("NOERROR", renewed)


def test_a_changed_file_is_seen_without_a_signal(start_server, tmp_path):
    server, file = with_secrets(start_server, tmp_path, SECRET)
    cookie = learn(server)
    secrets(file, NEXT)
    eventually(lambda: ask(server, cookie)[0] == "BADCOOKIE", timeout=30)


def test_a_broken_file_leaves_the_secrets_from_before(start_server, tmp_path):
    server, file = with_secrets(start_server, tmp_path, SECRET)
    cookie = learn(server)
    after(server, lambda: secrets(file, NEXT, SECRET[:-1]), r"error cookies: .*/cookies:2: found 31 characters")
    after(server, file.unlink, r"error cookies: cannot read .*/cookies: No such file")
    assert ask(server, cookie) == ("NOERROR", cookie)
    server.stop()
    assert SECRET[:8] not in server.log and NEXT[:8] not in server.log


# what is in the file, what is said about it
REFUSED = [
    (None, r"cannot read FILE: No such file or directory"),
    ("", r"FILE: found no secret"),
    (f"{SECRET}\n\nnot a secret\n", r"FILE:3: found 12 characters, expected a cookie secret"),
    (f"{SECRET}{SECRET}\n", r"FILE:1: found 64 characters"),
    (f"{SECRET}\n{SECRET}\n", r"FILE:2: found a secret again"),
]


@pytest.mark.parametrize("text,expected", REFUSED)
def test_a_file_that_cannot_be_used_refuses_the_start(tmp_path, text, expected):
    file = tmp_path / "cookies"
    if text is not None:
        file.write_text(text)
    config = tmp_path / "meshdns.yaml"
    config.write_text(yaml.safe_dump({"cookies": {"secretFile": str(file)}}))
    ended = subprocess.run([binary(), "--config", config, "--from", tmp_path, "--listen", "127.0.0.1:0", "--admin",
                            "127.0.0.1:0"], capture_output=True, text=True, timeout=20)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert re.search(expected.replace("FILE", re.escape(str(file))), said), said
    assert "listening" not in said and SECRET[:8] not in said and "not a secret" not in said


def test_a_file_that_others_can_read_is_told(start_server, tmp_path):
    file = secrets(tmp_path / "cookies", SECRET)
    file.chmod(0o644)
    server = start_server(ENTRIES, {"cookies": {"secretFile": str(file)}})
    assert re.search(r" warn(ing)? cookies: .*/cookies can be read by every user", server.log)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_refuses_the_start(tmp_path):
    file = secrets(tmp_path / "cookies", SECRET)
    file.chmod(0)
    config = tmp_path / "meshdns.yaml"
    config.write_text(yaml.safe_dump({"cookies": {"secretFile": str(file)}}))
    ended = subprocess.run([binary(), "--config", config, "--from", tmp_path], capture_output=True, text=True,
                           timeout=20)
    assert ended.returncode == 1 and "Permission denied" in ended.stdout + ended.stderr
