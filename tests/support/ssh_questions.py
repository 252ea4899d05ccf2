#!/usr/bin/env python3
"""An SSH server that asks (keyboard-interactive, RFC 4256); needs asyncssh.

	ssh_questions.py DIR

listens at a port that it prints, with a host key DIR/key whose line for
known_hosts is DIR/known. The user's name says what is asked:

	told	a name and an instruction of two lines, with an escape
		sequence; a code that is shown
	empty	an instruction and no question; then the password
	rounds	the password, then a code, then no question, then a PIN
	long	a question of 3000 letters
	many	lines of a menu

Each right answer is in the list below. DIR/answers gets what was answered.
Commands answer "in".
"""
import asyncio
import sys

import asyncssh

PASSWORD = "secret word"
ROUNDS = {
    "told": [("Vault", "First line\r\nSecond \x1b[31mline",
              [("Code: ", True)], ["1234"])],
    "empty": [("", "Your password expires soon", [], []),
              ("", "", [("Password: ", False)], [PASSWORD])],
    "rounds": [("", "", [("Password: ", False)], [PASSWORD]),
               ("", "Sent a code", [("Code: ", False)], ["1234"]),
               ("", "Nearly there", [], []),
               ("", "", [("PIN: ", False), ("Colour: ", True)],
                ["77", "red"])],
    "long": [("", "", [("x" * 3000 + " END: ", False)], ["1234"])],
    "many": [("", "", [("Menu\n\n 1. push\n 2. phone\n\nChoose: ", True)],
              ["1"])],
}


class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        self.user = username
        self.round = 0
        return True

    def kbdint_auth_supported(self):
        return True

    def challenge(self):
        name, instruction, prompts, _ = ROUNDS[self.user][self.round]
        return name, instruction, "", prompts

    def get_kbdint_challenge(self, username, lang, submethods):
        self.round = 0
        return self.challenge()

    def validate_kbdint_response(self, username, responses):
        rounds = ROUNDS[self.user]
        with open(f"{where}/answers", "a") as f:
            f.write(f"{username} {'|'.join(responses)}\n")
        if list(responses) != rounds[self.round][3]:
            return False
        self.round += 1
        return True if self.round == len(rounds) else self.challenge()


def answer(process):
    process.stdout.write("in\n")
    process.exit(0)


async def main():
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    server = await asyncssh.create_server(
        Server, "127.0.0.1", 0, server_host_keys=[key],
        process_factory=answer)
    port = server.sockets[0].getsockname()[1]
    with open(f"{where}/known", "w") as f:
        f.write(f"[127.0.0.1]:{port} {key.export_public_key().decode()}")
    print(port, flush=True)
    await asyncio.Event().wait()


where = sys.argv[1]
asyncio.run(main())
