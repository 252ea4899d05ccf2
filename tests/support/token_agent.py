#!/usr/bin/env python3
"""An ssh-agent that holds keys as a FIDO token has them.

	token_agent.py DIR

listens at DIR/agent and makes DIR/ed25519_sk, DIR/ecdsa_sk, as ssh-keygen
makes them for a token, with their .pub; "ready" on standard output tells when.
It signs as a token does (PROTOCOL.u2f of OpenSSH), one at a time. Certificates
DIR/*-cert.pub are listed too. Files in DIR say what happens:

	refuse		nobody touches the token
	untouched	nor yet, but when the file is gone
	unlisted	no key is shown

DIR/signed gets a line for each signature, DIR/most how many were asked for at
a time.
"""
import base64
import glob
import hashlib
import os
import socket
import struct
import sys
import threading
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

APPLICATION = b"ssh:"
FAILURE = b"\x05"


def string(b):
    return struct.pack(">I", len(b)) + b


def take(b):
    n = struct.unpack(">I", b[:4])[0]
    return b[4 : 4 + n], b[4 + n :]


def mpint(n):
    return string(n.to_bytes(n.bit_length() // 8 + 1, "big"))


class Token:
    """A key, and what it signs with."""

    def __init__(self, name, kind, public, sign):
        self.name = name
        self.kind = kind
        self.fields = public + string(APPLICATION)
        self.blob = string(kind) + self.fields
        self.sign = sign


def ed25519_token():
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Token("ed25519_sk", b"sk-ssh-ed25519@openssh.com", string(public),
                 key.sign)


def ecdsa_token():
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(
        serialization.Encoding.X962,
        serialization.PublicFormat.UncompressedPoint)

    def sign(data):
        r, s = utils.decode_dss_signature(
            key.sign(data, ec.ECDSA(hashes.SHA256())))
        return mpint(r) + mpint(s)

    return Token("ecdsa_sk", b"sk-ecdsa-sha2-nistp256@openssh.com",
                 string(b"nistp256") + string(point), sign)


def write_files(where, token):
    with open(f"{where}/{token.name}.pub", "w") as f:
        f.write(f"{token.kind.decode()} "
                f"{base64.b64encode(token.blob).decode()} token\n")
    check = struct.pack(">I", 0x12345678) * 2
    private = (check + token.blob + b"\x01" + string(b"handle") + string(b"") +
               string(b"token"))
    private += bytes(range(1, 8))[: -len(private) % 8]
    whole = (b"openssh-key-v1\0" + string(b"none") * 2 + string(b"") +
             struct.pack(">I", 1) + string(token.blob) + string(private))
    text = base64.encodebytes(whole).decode()
    with open(f"{where}/{token.name}", "w") as f:
        f.write("-----BEGIN OPENSSH PRIVATE KEY-----\n" + text +
                "-----END OPENSSH PRIVATE KEY-----\n")
    os.chmod(f"{where}/{token.name}", 0o600)


class Agent:
    def __init__(self, where):
        self.where = where
        self.tokens = [ed25519_token(), ecdsa_token()]
        self.counter = 0
        self.asked = 0
        self.most = 0
        self.lock = threading.Lock()
        self.touching = threading.Lock()
        for token in self.tokens:
            write_files(where, token)

    def has(self, name):
        return os.path.exists(f"{self.where}/{name}")

    def listed(self):
        if self.has("unlisted"):
            return []
        blobs = []
        for path in sorted(glob.glob(f"{self.where}/*-cert.pub")):
            with open(path) as f:
                blobs.append(base64.b64decode(f.read().split()[1]))
        return blobs + [token.blob for token in self.tokens]

    def token_of(self, blob):
        kind, fields = take(blob)
        if b"-cert-v01" in kind:
            fields = take(fields)[1]
        for token in self.tokens:
            if fields.startswith(token.fields):
                return token
        return None

    def sign(self, blob, data):
        token = self.token_of(blob)
        while self.has("untouched"):
            time.sleep(0.02)
        if not token or self.has("refuse"):
            return FAILURE
        self.counter += 1
        rest = b"\x01" + struct.pack(">I", self.counter)
        raw = token.sign(hashlib.sha256(APPLICATION).digest() + rest +
                         hashlib.sha256(data).digest())
        with open(f"{self.where}/signed", "a") as f:
            f.write(f"{token.name}\n")
        # Ed25519 has bytes, ECDSA two numbers, both in a string
        signature = string(token.kind) + string(raw) + rest
        return b"\x0e" + string(signature)

    def count(self, more):
        with self.lock:
            self.asked += more
            self.most = max(self.most, self.asked)
            with open(f"{self.where}/most", "w") as f:
                f.write(f"{self.most}\n")

    def answer(self, request):
        if request[0] == 11:
            blobs = self.listed()
            return (b"\x0c" + struct.pack(">I", len(blobs)) +
                    b"".join(string(b) + string(b"token") for b in blobs))
        if request[0] == 13:
            blob, rest = take(request[1:])
            data, rest = take(rest)
            self.count(1)
            try:
                with self.touching:
                    return self.sign(blob, data)
            finally:
                self.count(-1)
        return FAILURE

    def serve(self, c):
        f = c.makefile("rb")
        try:
            while head := f.read(4):
                c.sendall(string(self.answer(
                    f.read(struct.unpack(">I", head)[0]))))
        except OSError:
            pass
        c.close()


def main():
    where = sys.argv[1]
    agent = Agent(where)
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"{where}/agent")
    s.listen(128)
    print("ready", flush=True)
    while True:
        c, _ = s.accept()
        threading.Thread(target=agent.serve, args=(c,), daemon=True).start()


main()
