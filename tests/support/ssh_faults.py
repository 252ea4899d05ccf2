"""An SSH server that does what real ones do not do on demand.

    ssh_faults.py DIR USER_CONFIG KNOWN_HOSTS

Each behaviour below has a name and listens on a free port of its own: to
USER_CONFIG goes a Host of that name for each, to KNOWN_HOSTS its key, and
"ready" to standard output. What a behaviour has seen of the client it writes
to DIR/NAME.

It speaks just one set of algorithms (curve25519-sha256, ssh-ed25519,
aes128-ctr, hmac-sha2-256; RFC 4253, 8731), lets everybody in, and goes through
the stages of STAGES. STALL-stage and the like stop there, at each; others
behave once the command was asked for, or replace one answer.
"""
import base64
import hashlib
import hmac
import os
import selectors
import socket
import struct
import sys
import threading
import time

from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat)

(DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG, SERVICE_REQUEST,
 SERVICE_ACCEPT) = range(1, 7)
KEXINIT, NEWKEYS, KEX_INIT, KEX_REPLY = 20, 21, 30, 31
USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS, USERAUTH_BANNER = \
    range(50, 54)
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = range(80, 83)
(CHANNEL_OPEN, OPEN_CONFIRMATION, OPEN_FAILURE, WINDOW_ADJUST, DATA,
 EXTENDED_DATA, EOF, CLOSE, CHANNEL_REQUEST, CHANNEL_SUCCESS,
 CHANNEL_FAILURE) = range(90, 101)

# What comes next at each: the identification line, our KEXINIT, our answer in
# the key exchange, NEWKEYS, the answer to the request for ssh-userauth, to the
# login, to the opening of a channel, to exec, and the end of the command.
STAGES = ("banner", "kexinit", "kex", "newkeys", "service", "auth", "open",
          "exec", "status")
LENGTHS = 0, 1, 40001, 0x7fffffff, 0x80000000, 0xffffffff
EVIL = b"go away\x1b[31m\x07\x00\xff now"
OURS = 7  # our number of the client's channel


class Gone(Exception):
    """The client has closed the connection, or we have."""


def u32(n):
    return struct.pack(">I", n & 0xffffffff)


def string(b):
    return u32(len(b)) + b


def mpint(b):
    b = b.lstrip(b"\0")
    return string(b"\0" + b if b and b[0] & 0x80 else b)


def take_string(b):
    n = struct.unpack(">I", b[:4])[0]
    return b[4:4 + n], b[4 + n:]


class Key:
    def __init__(self):
        self.private = ed25519.Ed25519PrivateKey.generate()
        self.blob = string(b"ssh-ed25519") + string(
            self.private.public_key().public_bytes(
                Encoding.Raw, PublicFormat.Raw))

    def sign(self, data):
        return string(b"ssh-ed25519") + string(self.private.sign(data))


class Direction:
    """Keys of one direction."""

    def __init__(self, derive, iv, key, mac):
        self.cipher = Cipher(algorithms.AES(derive(key)[:16]),
                             modes.CTR(derive(iv)[:16])).encryptor()
        self.mac_key = derive(mac)

    def mac(self, seq, packet):
        return hmac.new(self.mac_key, u32(seq) + packet,
                        hashlib.sha256).digest()


class Peer:
    """A client, and the conversation with it."""

    def __init__(self, sock, behaviour, key, path):
        self.path = path
        self.sock, self.behaviour, self.key = sock, behaviour, key
        self.shown = key  # the key that is shown
        self.out = self.into = None  # Direction
        self.seq_out = self.seq_in = 0
        self.session_id = None
        self.banner = b"SSH-2.0-Faults"
        self.grant = 2 << 20  # the window for standard input
        self.stdin = bytearray()
        self.stdin_ended = self.closed = False
        self.window = self.packet = 0  # what the client takes
        self.seen = []  # types and texts worth a record
        self.signs = lambda key, h: key.sign(h)
        self.point = None  # ours, if not a true one
        self.channel = 0

    def note(self, *lines):
        """Writes down what was seen."""
        self.seen += lines
        # the connection before may still be about to say its own
        new = "%s.%d" % (self.path, threading.get_ident())
        with open(new, "w", encoding="ascii") as f:
            f.write("".join(line + "\n" for line in self.seen))
        os.rename(new, self.path)

    # -- Bytes and packets --

    def raw(self, b):
        try:
            self.sock.sendall(b)
        except OSError as e:
            raise Gone from e

    def read(self, n):
        b = bytearray()
        while len(b) < n:
            try:
                more = self.sock.recv(n - len(b))
            except OSError as e:
                raise Gone from e
            if not more:
                raise Gone
            b += more
        return bytes(b)

    def pack(self, payload, length=None, spoil=False):
        """A packet, encrypted if keys are in force."""
        block = 16 if self.out else 8
        padding = block - (5 + len(payload)) % block
        padding += block if padding < 4 else 0
        if length is None:
            length = 1 + len(payload) + padding
        packet = u32(length) + bytes([padding]) + payload + bytes(padding)
        seq, self.seq_out = self.seq_out, (self.seq_out + 1) & 0xffffffff
        if not self.out:
            return packet
        mac = self.out.mac(seq, packet)
        if spoil:
            mac = bytes([mac[0] ^ 1]) + mac[1:]
        return self.out.cipher.update(packet) + mac

    def send(self, *parts):
        self.raw(self.pack(b"".join(
            bytes([p]) if isinstance(p, int) else p for p in parts)))

    def packet_in(self):
        first = self.read(16 if self.into else 4)
        if self.into:
            first = self.into.cipher.update(first)
        length = struct.unpack(">I", first[:4])[0]
        rest = self.read(length + 4 - len(first))
        packet = first + (self.into.cipher.update(rest) if self.into else rest)
        if self.into and self.read(32) != self.into.mac(self.seq_in, packet):
            raise Gone
        self.seq_in = (self.seq_in + 1) & 0xffffffff
        return packet[5:4 + length - packet[4]]

    def next(self):
        """The next message that is not dealt with here, and its rest."""
        while True:
            payload = self.packet_in()
            kind, rest = payload[0], payload[1:]
            if kind == WINDOW_ADJUST:
                self.window += struct.unpack(">I", rest[4:8])[0]
            elif kind == DATA:
                data = take_string(rest[4:])[0]
                self.stdin += data
            elif kind == EOF:
                self.stdin_ended = True
            elif kind == CLOSE:
                self.closed = True
            elif kind == GLOBAL_REQUEST:
                name, more = take_string(rest)
                self.seen.append("global " + name.decode())
                if more[0] and self.behaviour.answers:
                    self.send(REQUEST_FAILURE)
            elif kind in (REQUEST_FAILURE, CHANNEL_FAILURE, OPEN_FAILURE):
                self.seen.append({REQUEST_FAILURE: "request-failure",
                                  CHANNEL_FAILURE: "channel-failure",
                                  OPEN_FAILURE: "open-failure"}[kind])
            elif kind not in (IGNORE, DEBUG, UNIMPLEMENTED):
                return kind, rest
            if kind in (WINDOW_ADJUST, DATA, EOF, CLOSE, REQUEST_FAILURE,
                        CHANNEL_FAILURE, OPEN_FAILURE):
                return kind, rest

    def expect(self, wanted):
        while True:
            kind, rest = self.next()
            if kind == wanted:
                return rest
            if kind == DISCONNECT:
                self.seen.append("disconnect")
                raise Gone

    def wait_for(self, condition):
        while not condition():
            if self.next()[0] == DISCONNECT:
                raise Gone

    def drain(self):
        """Reads to the client's end."""
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        raise Gone

    def idle(self):
        """As a server that has nothing to say."""
        self.wait_for(lambda: False)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone

    def disconnect(self, text=EVIL, reason=2):
        self.send(DISCONNECT, u32(reason), string(text), string(b""))
        self.sock.shutdown(socket.SHUT_WR)
        self.drain()

    # -- Key exchange --

    def kexinit(self):
        lists = (b"curve25519-sha256,curve25519-sha256@libssh.org",
                 b"ssh-ed25519", b"aes128-ctr", b"aes128-ctr",
                 b"hmac-sha2-256", b"hmac-sha2-256", b"none", b"none", b"",
                 b"")
        return (bytes([KEXINIT]) + os.urandom(16) +
                b"".join(string(x) for x in lists) + b"\0" + u32(0))

    def exchange(self, first, theirs=None):
        """first: the stages are looked at."""
        ours = self.kexinit()
        self.send(ours)
        if theirs is None:
            theirs = bytes([KEXINIT]) + self.expect(KEXINIT)
        point_c = take_string(self.expect(KEX_INIT))[0]
        if first:
            self.stage("kex")
        private = x25519.X25519PrivateKey.generate()
        point = private.public_key().public_bytes(Encoding.Raw,
                                                  PublicFormat.Raw)
        shared = private.exchange(
            x25519.X25519PublicKey.from_public_bytes(point_c))
        k = mpint(shared)
        point = point if self.point is None else self.point
        h = hashlib.sha256(b"".join(
            [string(self.client_banner), string(self.banner), string(theirs),
             string(ours), string(self.shown.blob), string(point_c),
             string(point), k])).digest()
        self.session_id = self.session_id or h
        self.send(KEX_REPLY, string(self.shown.blob), string(point),
                  string(self.signs(self.shown, h)))
        if first:
            self.stage("newkeys")

        def derive(letter):
            return hashlib.sha256(
                k + h + letter + self.session_id).digest()

        self.send(NEWKEYS)
        self.out = Direction(derive, b"B", b"D", b"F")
        self.expect(NEWKEYS)
        self.into = Direction(derive, b"A", b"C", b"E")

    # -- A session, stage by stage --

    def stage(self, name):
        self.behaviour.at(self, name)

    def greet(self):
        self.stage("banner")
        self.raw(self.banner + b"\r\n")
        line = b""
        while not line.endswith(b"\n"):
            line += self.read(1)
        self.client_banner = line.rstrip(b"\r\n")

    def log_in(self):
        while True:
            rest = self.expect(USERAUTH_REQUEST)
            _user, rest = take_string(rest)
            _service, rest = take_string(rest)
            method, rest = take_string(rest)
            if method != b"publickey":
                self.send(USERAUTH_FAILURE, string(b"publickey"), 0)
                continue
            if rest[0]:
                self.stage("auth")
                return self.send(USERAUTH_SUCCESS)
            self.send(60, rest[1:])

    def open(self):
        rest = self.expect(CHANNEL_OPEN)
        _kind, rest = take_string(rest)
        self.channel, self.window, self.packet = struct.unpack(
            ">III", rest[:12])
        self.stage("open")
        self.send(OPEN_CONFIRMATION, u32(self.channel), u32(OURS),
                  u32(self.grant), u32(32768))

    def session(self):
        self.greet()
        self.stage("kexinit")
        self.exchange(True)
        self.expect(SERVICE_REQUEST)
        self.stage("service")
        self.send(SERVICE_ACCEPT, string(b"ssh-userauth"))
        self.log_in()
        self.open()
        self.expect(CHANNEL_REQUEST)
        self.stage("exec")
        self.send(CHANNEL_SUCCESS, u32(self.channel))
        self.stage("status")
        self.behaviour.command(self)
        self.idle()

    # -- What a command does --

    def data(self, b, stream=0):
        """As the window allows."""
        while b:
            self.wait_for(lambda: self.window > 0)
            n = min(len(b), self.window, self.packet)
            self.window -= n
            self.put(b[:n], stream)
            b = b[n:]

    def put(self, b, stream=0):
        if stream:
            self.send(EXTENDED_DATA, u32(self.channel), u32(stream), string(b))
        else:
            self.send(DATA, u32(self.channel), string(b))

    def more(self, n):
        self.send(WINDOW_ADJUST, u32(self.channel), u32(n))

    def eof(self):
        self.send(EOF, u32(self.channel))

    def close(self):
        self.send(CLOSE, u32(self.channel))

    def request(self, name, more=b"", reply=0):
        self.send(CHANNEL_REQUEST, u32(self.channel), string(name), reply,
                  more)

    def status(self, n):
        self.request(b"exit-status", u32(n))

    def signal(self, name, text=b""):
        self.request(b"exit-signal",
                     string(name) + b"\0" + string(text) + string(b""))

    def end(self, n=0):
        self.eof()
        self.status(n)
        self.close()


class Behaviour:
    answers = True  # keep-alives

    def __init__(self, at=None, command=None, **more):
        self._at, self._command = at or {}, command
        self.__dict__.update(more)

    def at(self, peer, stage):
        if stage in self._at:
            self._at[stage](peer)

    def command(self, peer):
        if self._command:
            return self._command(peer)
        peer.data(b"hello\n")
        return peer.end()


BEHAVIOURS = {}


def at(stage, name, **more):
    """Runs the function before that stage's message."""
    def add(f):
        BEHAVIOURS[name] = Behaviour({stage: f}, **more)
        return f
    return add


def command(name, grant=None, **more):
    """The function is what the command does."""
    def add(f):
        def prepare(peer):
            peer.grant = grant
        BEHAVIOURS[name] = Behaviour(
            {"open": prepare} if grant is not None else None, f, **more)
        return f
    return add


# -- At each stage --

def garbage(peer):
    peer.raw(bytes((i * 89 + 7) % 251 for i in range(70000)))
    peer.drain()


def hang_up(peer):
    peer.sock.shutdown(socket.SHUT_WR)
    peer.drain()


for _stage in STAGES:
    at(_stage, "stall-" + _stage, answers=False)(Peer.drain)
    at(_stage, "reset-" + _stage)(Peer.reset)
    at(_stage, "close-" + _stage)(hang_up)
    at(_stage, "garbage-" + _stage)(garbage)
    if _stage != "banner":
        at(_stage, "disconnect-" + _stage)(Peer.disconnect)

BEHAVIOURS["normal"] = Behaviour()


# -- Before the key exchange --

@at("banner", "endless-line")
def _(peer):
    while True:
        peer.raw(b"x" * 65536)


@at("banner", "many-lines")
def _(peer):
    peer.raw(b"Welcome, this is not it\r\n" * 200)


@at("banner", "lines-of-megabytes")
def _(peer):
    peer.raw((b"y" * 1000 + b"\n") * 3000)


@at("banner", "empty-lines")
def _(peer):
    peer.raw(b"\r\n\n  SSH-2.0-not-yet\r\nS\nSS\nSSH\nSSH2\n\r\n")


@at("banner", "version-1")
def _(peer):
    peer.raw(b"SSH-1.5-Old\n\0\0\1\x0a\0\0\0\0\0\2" + bytes(260))
    peer.drain()


@at("banner", "long-banner")
def _(peer):
    peer.banner = b"SSH-2.0-" + b"z" * 4000


@at("banner", "http")
def _(peer):
    peer.raw(b"HTTP/1.0 400 Bad Request\r\n\r\n")
    hang_up(peer)


# -- Lengths that lie --

for _where in ("kexinit", "service", "status"):
    for _length in LENGTHS:
        @at(_where, "length-%x-%s" % (_length, _where))
        def _(peer, length=_length):
            peer.raw(peer.pack(bytes(100), length))
            peer.drain()


for _type in (0, KEXINIT, KEX_REPLY, DISCONNECT, DEBUG, 255):
    @at("kexinit", "empty-message-%d" % _type)
    def _(peer, kind=_type):
        peer.raw(u32(12) + bytes([11, kind]) + bytes(10))
        peer.drain()


@at("kexinit", "padding-lie")
def _(peer):
    peer.raw(u32(12) + b"\xff" + bytes(11))
    peer.drain()


@at("kexinit", "kexinit-short")
def _(peer):
    peer.send(KEXINIT, bytes(10))
    peer.drain()


@at("kexinit", "kexinit-lie")
def _(peer):
    peer.send(KEXINIT, bytes(16), u32(0xfffffff0), bytes(200))
    peer.drain()


@at("status", "bad-mac")
def _(peer):
    peer.raw(peer.pack(b"\x02" + string(b"x" * 20), spoil=True))
    peer.drain()


# -- In the key exchange --

@at("kex", "bad-signature")
def _(peer):
    peer.signs = lambda key, h: key.sign(h[::-1])


@at("kex", "short-signature")
def _(peer):
    peer.signs = lambda key, h: key.sign(h)[:20]


@at("kex", "empty-signature")
def _(peer):
    peer.signs = lambda key, h: b""


@at("kex", "other-key")
def _(peer):
    peer.shown = Key()


@at("kex", "zero-point")
def _(peer):
    peer.point = bytes(32)


@at("kex", "short-point")
def _(peer):
    peer.point = bytes(5)


@at("kex", "early-success")
def _(peer):
    peer.send(USERAUTH_SUCCESS)
    peer.drain()


@at("newkeys", "success-without-keys")
def _(peer):
    peer.send(SERVICE_ACCEPT, string(b"ssh-userauth"))
    peer.send(USERAUTH_SUCCESS)
    peer.drain()


# -- Login --

@at("service", "service-other")
def _(peer):
    peer.send(SERVICE_ACCEPT, string(b"nonsense"))
    peer.drain()


@at("auth", "auth-banner")
def _(peer):
    peer.send(USERAUTH_BANNER, string(b"\x1b[2Jhello\x07\r\n"), string(b""))
    peer.send(USERAUTH_BANNER, string(b"b" * 30000), string(b""))


@at("auth", "auth-banner-flood")
def _(peer):
    for _ in range(3000):
        peer.send(USERAUTH_BANNER, string(b"b" * 30000), string(b""))


@at("auth", "auth-methods-evil")
def _(peer):
    peer.send(USERAUTH_FAILURE, string(b"\x1b[31m\x07,pass\xffword"), 0)
    peer.drain()


@at("auth", "auth-methods-long")
def _(peer):
    peer.send(USERAUTH_FAILURE, string(b"method," * 4000 + b"last"), 0)
    peer.drain()


@at("auth", "auth-partial")
def _(peer):
    while True:
        peer.send(USERAUTH_FAILURE, string(b"publickey"), 1)
        peer.expect(USERAUTH_REQUEST)


@at("auth", "auth-refused")
def _(peer):
    while True:
        peer.send(USERAUTH_FAILURE, string(b"publickey,password"), 0)
        peer.expect(USERAUTH_REQUEST)


@at("auth", "auth-ignore-flood")
def _(peer):
    while True:
        peer.send(IGNORE, string(b"i" * 30000))


# -- Channel --

@at("open", "open-refused")
def _(peer):
    peer.send(OPEN_FAILURE, u32(peer.channel), u32(1), string(EVIL),
              string(b""))
    peer.drain()


@at("open", "open-other-channel")
def _(peer):
    peer.send(OPEN_CONFIRMATION, u32(peer.channel + 99), u32(OURS),
              u32(1 << 20), u32(32768))
    peer.drain()


@at("exec", "exec-refused")
def _(peer):
    peer.send(CHANNEL_FAILURE, u32(peer.channel))
    peer.drain()


@at("exec", "exec-closed")
def _(peer):
    peer.close()
    peer.drain()


# -- The command --

@command("late-status")
def _(peer):
    peer.data(b"out\n")
    peer.eof()
    time.sleep(1.5)
    peer.status(7)
    peer.close()


@command("status-no-eof")
def _(peer):
    peer.data(b"out\n")
    peer.status(7)
    peer.close()


@command("status-alone")
def _(peer):
    peer.data(b"out\n")
    peer.status(7)
    peer.wait_for(lambda: peer.closed)


@command("status-first")
def _(peer):
    peer.status(7)
    peer.data(b"out\n" * 100000)
    peer.eof()
    peer.close()


@command("status-then-silence", answers=False)
def _(peer):
    peer.data(b"out\n")
    peer.status(7)
    peer.wait_for(lambda: peer.closed)


@command("status-large")
def _(peer):
    peer.end(0xfffffff0)


@command("status-256")
def _(peer):
    peer.end(256)


@command("no-status")
def _(peer):
    peer.data(b"out\n")
    peer.eof()
    peer.close()


@command("no-status-no-eof")
def _(peer):
    peer.data(b"out\n")
    peer.close()


@command("eof-alone")
def _(peer):
    peer.data(b"out\n")
    peer.eof()
    peer.wait_for(lambda: peer.closed)


@command("signal-kill")
def _(peer):
    peer.signal(b"KILL", b"text\x1b[31m")
    peer.close()


@command("signal-unknown")
def _(peer):
    peer.signal(b"WEIRD@example.com")
    peer.close()


@command("signal-evil")
def _(peer):
    peer.signal(b"\x1b[31m\x07\xff", EVIL)
    peer.close()


@command("signal-long")
def _(peer):
    peer.signal(b"S" * 5000)
    peer.close()


@command("signal-short")
def _(peer):
    peer.request(b"exit-signal", u32(1000) + b"KILL")
    peer.close()


@command("unknown-requests")
def _(peer):
    peer.request(b"strange@example.com", b"x" * 100, 1)
    peer.wait_for(lambda: "channel-failure" in peer.seen)
    peer.send(GLOBAL_REQUEST, string(b"strange@example.com"), 1, b"y" * 100)
    peer.wait_for(lambda: "request-failure" in peer.seen)
    # libssh2 answers nothing to the first, and before 1.11 nothing to the last
    for kind in (b"strange@example.com", b"forwarded-tcpip", b"x11",
                 b"auth-agent@openssh.com"):
        peer.send(CHANNEL_OPEN, string(kind), u32(99), u32(1 << 20),
                  u32(32768), string(b"localhost"), u32(1), string(b"there"),
                  u32(2))
        if kind in (b"forwarded-tcpip", b"x11"):
            n = peer.seen.count("open-failure")
            peer.wait_for(lambda: peer.seen.count("open-failure") > n)
    peer.send(192, b"not a message that anybody knows")
    peer.data(b"out\n")
    peer.end(7)


@command("requests-without-reply")
def _(peer):
    for _ in range(20000):
        peer.request(b"strange@example.com")
        peer.send(GLOBAL_REQUEST, string(b"strange@example.com"), 0)
    peer.data(b"out\n")
    peer.end(7)


@command("ignore-flood")
def _(peer):
    for _ in range(3000):
        peer.send(IGNORE, string(b"i" * 30000))
    peer.data(b"out\n")
    peer.end(7)


@command("requests-for-ever")
def _(peer):
    while True:
        peer.request(b"strange@example.com", b"x" * 1000, 1)
        peer.send(GLOBAL_REQUEST, string(b"strange@example.com"), 1)


@command("ignore-for-ever")
def _(peer):
    while True:
        peer.send(IGNORE, string(b"i" * 30000))


@command("debug-flood")
def _(peer):
    for _ in range(3000):
        peer.send(DEBUG, 1, string(EVIL), string(b""))
    peer.send(DEBUG, 1, u32(0xffffffff))
    peer.send(DEBUG)
    peer.send(IGNORE)
    peer.data(b"out\n")
    peer.end(7)


@command("data-after-close")
def _(peer):
    peer.data(b"out\n")
    peer.end(7)
    for _ in range(50):
        peer.put(b"late\n")
        peer.put(b"late\n", 1)
    peer.status(9)
    peer.close()


@command("data-after-eof")
def _(peer):
    peer.data(b"out\n")
    peer.eof()
    peer.put(b"late\n")
    peer.status(7)
    peer.close()


@command("other-channel")
def _(peer):
    for kind in (DATA, EXTENDED_DATA, EOF, CLOSE, WINDOW_ADJUST,
                 CHANNEL_SUCCESS, CHANNEL_FAILURE):
        peer.send(kind, u32(12345), u32(4), u32(4), b"abcd")
    peer.send(CHANNEL_REQUEST, u32(12345), string(b"exit-status"), 0, u32(9))
    peer.data(b"out\n")
    peer.end(7)


@command("short-messages")
def _(peer):
    for kind in (DATA, EXTENDED_DATA, EOF, CLOSE, WINDOW_ADJUST,
                 CHANNEL_REQUEST, GLOBAL_REQUEST, CHANNEL_OPEN,
                 OPEN_CONFIRMATION, OPEN_FAILURE):
        for n in range(4):
            peer.send(kind, bytes(n))
    peer.data(b"out\n")
    peer.end(7)


@command("data-lies")
def _(peer):
    peer.send(DATA, u32(peer.channel), u32(0x7fffffff), b"abcd")
    peer.send(EXTENDED_DATA, u32(peer.channel), u32(1), u32(0xffffffff),
              b"abcd")
    peer.end(7)


@command("beyond-window")
def _(peer):
    left = peer.window + (8 << 20)
    while left > 0:
        peer.put(b"w" * 32768)
        left -= 32768
    peer.note("all was sent")
    peer.end(0)


@command("beyond-packet")
def _(peer):
    peer.put(b"p" * 34000)
    peer.end(0)


@command("disconnect-behind-output")
def _(peer):
    out = b"".join(peer.pack(bytes([DATA]) + u32(peer.channel) +
                             string(b"%07d\n" % i)) for i in range(9000))
    err = peer.pack(bytes([EXTENDED_DATA]) + u32(peer.channel) + u32(1) +
                    string(b"err\n"))
    end = peer.pack(bytes([DISCONNECT]) + u32(11) + string(b"rebooting") +
                    string(b""))
    peer.raw(out + err + end)
    peer.drain()


@command("bad-mac-behind-output")
def _(peer):
    out = b"".join(peer.pack(bytes([DATA]) + u32(peer.channel) +
                             string(b"%07d\n" % i)) for i in range(9000))
    peer.raw(out + peer.pack(b"\x02" + string(b"x"), spoil=True))
    peer.drain()


@command("disconnect-behind-status")
def _(peer):
    peer.data(b"out\n")
    peer.status(7)
    peer.disconnect(b"rebooting")


def stray(peer):
    """Messages that nobody awaits, and the library keeps."""
    while True:
        peer.send(REQUEST_SUCCESS, b"r" * 30000)


command("stray-flood")(stray)
at("auth", "auth-stray-flood")(stray)
at("service", "service-stray-flood")(stray)


@command("signal-flood")
def _(peer):
    while True:
        peer.signal(b"S" * 30000)


@command("empty-data-flood")
def _(peer):
    for _ in range(20000):
        peer.put(b"")
        peer.put(b"", 1)
    peer.data(b"out\n")
    peer.end(7)


@command("other-streams")
def _(peer):
    for stream in (2, 5, 0xffffffff, 0):
        peer.send(EXTENDED_DATA, u32(peer.channel), u32(stream),
                  string(b"elsewhere\n"))
    peer.data(b"out\n")
    peer.data(b"err\n", 1)
    peer.end(7)


@command("window-largest")
def _(peer):
    peer.more(0xffffffff - (2 << 20))
    peer.wait_for(lambda: peer.stdin_ended)
    record(peer)
    peer.end(7)


@command("window-zero", grant=0)
def _(peer):
    time.sleep(1)
    while not peer.stdin_ended:
        peer.more(10000)
        n = len(peer.stdin)
        peer.wait_for(lambda: peer.stdin_ended or len(peer.stdin) > n)
    record(peer)
    peer.end(7)


@command("window-of-one-byte", grant=0)
def _(peer):
    while not peer.stdin_ended and len(peer.stdin) < 3000:
        peer.more(1)
        n = len(peer.stdin)
        peer.wait_for(lambda: peer.stdin_ended or len(peer.stdin) > n)
    peer.more(1 << 30)
    peer.wait_for(lambda: peer.stdin_ended)
    record(peer)
    peer.end(7)


@command("window-never", grant=0)
def _(peer):
    peer.wait_for(lambda: peer.closed)


@command("rekey-output")
def _(peer):
    block = hashlib.sha256(b"block").digest() * 1000
    for i in range(60):
        peer.data(u32(i) + block)
        if i % 6 == 3:
            peer.exchange(False)
    peer.end(0)


@command("rekey-input", grant=1 << 30)
def _(peer):
    count = 0
    while not peer.stdin_ended:
        peer.next()
        if len(peer.stdin) > count * 200000:
            count += 1
            peer.exchange(False)
    peer.seen.append("%d exchanges" % count)
    record(peer)
    peer.end(7)


@command("rekey-both", grant=1 << 30)
def _(peer):
    sent = 0
    while not peer.stdin_ended or sent < len(peer.stdin):
        while not peer.stdin_ended and sent == len(peer.stdin):
            peer.next()
        part = bytes(peer.stdin[sent:sent + 100000])
        peer.data(part)
        sent += len(part)
        peer.exchange(False)
    peer.end(0)


@command("rekey-at-once")
def _(peer):
    for _ in range(20):
        peer.exchange(False)
    peer.data(b"out\n")
    peer.exchange(False)
    peer.eof()
    peer.exchange(False)
    peer.status(7)
    peer.exchange(False)
    peer.close()


@command("rekey-other-key")
def _(peer):
    peer.data(b"out\n")
    peer.shown = Key()
    peer.exchange(False)
    peer.data(b"more\n")
    peer.end(0)


@command("rekey-stall")
def _(peer):
    peer.data(b"out\n")
    peer.send(peer.kexinit())
    peer.drain()


@command("rekey-bad-signature")
def _(peer):
    peer.data(b"out\n")
    peer.signs = lambda key, h: key.sign(h[::-1])
    peer.exchange(False)
    peer.end(0)


@command("rekey-no-common")
def _(peer):
    peer.data(b"out\n")
    peer.send(KEXINIT, bytes(16), b"".join(string(b"none-such")
                                           for _ in range(10)), 0, u32(0))
    peer.drain()


def record(peer):
    peer.seen.append("stdin " + hashlib.sha256(peer.stdin).hexdigest())


# -- Serving --

def serve(sock, name, behaviour, key, directory):
    peer = Peer(sock, behaviour, key, os.path.join(directory, name))
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.session()
    except (Gone, OSError):
        pass
    finally:
        peer.note()
        sock.close()


def main():
    directory, config, known = sys.argv[1:]
    key = Key()
    shown = base64.b64encode(key.blob).decode()
    selector = selectors.DefaultSelector()
    with open(config, "w", encoding="ascii") as c, \
            open(known, "w", encoding="ascii") as k:
        for name, behaviour in BEHAVIOURS.items():
            listener = socket.create_server(("127.0.0.1", 0), backlog=16)
            port = listener.getsockname()[1]
            selector.register(listener, selectors.EVENT_READ,
                              (name, behaviour))
            c.write("Host %s\n\tHostName 127.0.0.1\n\tPort %d\n"
                    % (name, port))
            k.write("[127.0.0.1]:%d ssh-ed25519 %s\n" % (port, shown))
    parent = os.getppid()
    print("ready", flush=True)
    # the test may end without ending us
    while os.getppid() == parent:
        for ready, _ in selector.select(1):
            sock = ready.fileobj.accept()[0]
            name, behaviour = ready.data
            threading.Thread(target=serve, daemon=True, args=(
                sock, name, behaviour, key, directory)).start()


main()
