/*
 * The dialogue with sudo, as a machine over the bytes of standard error.
 *
 * sudo is started with a prompt that holds a nonce, and runs our shell, which
 * writes a mark before it runs the command.  The mark is put together there:
 * sudo repeats a command that it refuses, and must not say the mark by that.
 * Until the mark has come, what
 * stands on standard error is sudo's and its modules': there the nonce is
 * looked for, and answered at most once.  From the mark on, every byte is the
 * command's, and nothing that looks like a prompt means anything.
 */
#ifndef SSH_SUDO_H
#define SSH_SUDO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/nonce.h"

enum sudo_state {
	SUDO_WAITING, /* for a prompt or the mark */
	SUDO_ASKING, /* it wants the password: send it, then sudo_answered */
	SUDO_REFUSED, /* it asked again: the password is wrong; end its input */
	SUDO_STARTED, /* the command runs */
};

struct sudo {
	bool direct; /* no shell of ours runs under it */
	enum sudo_state state;
	bool answered; /* the password went out */
	size_t looked; /* prompts before this offset were seen */
	struct buf chatter; /* what sudo said; behind it, the mark's rest */
	char prompt[NONCE_LEN + 8]; /* [fab-NONCE] */
	char number[NONCE_LEN + 1]; /* what the mark is made of */
	char mark[NONCE_LEN + 8]; /* {fab-NUMBER} */
};

/* Draws the numbers.  sudo_release frees. */
void sudo_init(struct sudo *s, bool direct);
void sudo_release(struct sudo *s);

/* Takes bytes of standard error.  When the state becomes SUDO_STARTED, *rest
 * is set to the number of the last bytes that are the command's. */
enum sudo_state sudo_feed(
    struct sudo *s, const char *bytes, size_t n, size_t *rest);

/* Whether sudo has refused, before anything else, because it has no terminal
 * (requiretty).  It says so in many languages, all with the word tty. */
bool sudo_wants_terminal(const struct sudo *s);

/* Whether what sudo refused is our shell: it quotes what it does not run. */
bool sudo_refused_shell(const struct sudo *s);

/* The password was sent: the dialogue goes on. */
void sudo_answered(struct sudo *s);

/* What sudo said, for a message: prompts and blank lines left out, lines
 * joined with "; ", at most the last three, of long lines both ends: less than
 * 800 bytes.  Appended to text. */
void sudo_words(const struct sudo *s, struct buf *text);

#endif
