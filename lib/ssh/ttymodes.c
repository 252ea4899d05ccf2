#include "ssh/ttymodes.h"

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum {
	TTY_OP_END = 0,
	TTY_OP_ISPEED = 128,
	TTY_OP_OSPEED = 129,
	TTY_DISABLED = 255 /* a key that does nothing */
};

struct key {
	uint8_t opcode;
	int index; /* in c_cc */
};

struct flag {
	size_t field; /* offset in struct termios */
	tcflag_t bit;
	uint8_t opcode;
};

static const struct key keys[] = {{1, VINTR}, {2, VQUIT}, {3, VERASE},
    {4, VKILL}, {5, VEOF}, {6, VEOL}, {7, VEOL2}, {8, VSTART}, {9, VSTOP},
    {10, VSUSP}, {12, VREPRINT}, {13, VWERASE}, {14, VLNEXT}, {18, VDISCARD}};

#define IN offsetof(struct termios, c_iflag)
#define LOCAL offsetof(struct termios, c_lflag)
#define OUT offsetof(struct termios, c_oflag)
#define CONTROL offsetof(struct termios, c_cflag)

static const struct flag flags[] = {{IN, IGNPAR, 30}, {IN, PARMRK, 31},
    {IN, INPCK, 32}, {IN, ISTRIP, 33}, {IN, INLCR, 34}, {IN, IGNCR, 35},
    {IN, ICRNL, 36}, {IN, IXON, 38}, {IN, IXANY, 39}, {IN, IXOFF, 40},
    {IN, IMAXBEL, 41}, {IN, IUTF8, 42}, {LOCAL, ISIG, 50}, {LOCAL, ICANON, 51},
    {LOCAL, ECHO, 53}, {LOCAL, ECHOE, 54}, {LOCAL, ECHOK, 55},
    {LOCAL, ECHONL, 56}, {LOCAL, NOFLSH, 57}, {LOCAL, TOSTOP, 58},
    {LOCAL, IEXTEN, 59}, {LOCAL, ECHOCTL, 60}, {LOCAL, ECHOKE, 61},
    {OUT, OPOST, 70}, {OUT, ONLCR, 72}, {OUT, OCRNL, 73}, {OUT, ONOCR, 74},
    {OUT, ONLRET, 75}, {CONTROL, CS7, 90}, {CONTROL, CS8, 91},
    {CONTROL, PARENB, 92}, {CONTROL, PARODD, 93}};

static void
put(struct buf *to, uint8_t opcode, uint32_t value)
{
	const char bytes[] = {(char)opcode, (char)(value >> 24),
	    (char)(value >> 16), (char)(value >> 8), (char)value};

	(void)buf_append(to, bytes, sizeof(bytes));
}

/* In bits a second. */
static uint32_t
speed_of(speed_t s)
{
	static const struct {
		speed_t code;
		uint32_t bits;
	} speeds[] = {{B9600, 9600}, {B19200, 19200}, {B38400, 38400},
	    {B57600, 57600}, {B115200, 115200}};
	size_t i;

	for (i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		if (speeds[i].code == s)
			return speeds[i].bits;
	}
	return 38400;
}

void
ttymodes_encode(struct buf *to, const struct termios *t)
{
	size_t i;

	put(to, TTY_OP_OSPEED, speed_of(cfgetospeed(t)));
	put(to, TTY_OP_ISPEED, speed_of(cfgetispeed(t)));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		cc_t c = t->c_cc[keys[i].index];

		put(to, keys[i].opcode,
		    c == _POSIX_VDISABLE ? TTY_DISABLED : c);
	}
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		tcflag_t field =
		    *(const tcflag_t *)((const char *)t + flags[i].field);

		put(to, flags[i].opcode,
		    (field & flags[i].bit) == flags[i].bit);
	}
	(void)buf_putc(to, TTY_OP_END);
}

void
ttymodes_plain(struct buf *to)
{
	static const uint8_t off[] = {
	    53 /* ECHO */, 70 /* OPOST */, 72 /* ONLCR */};
	size_t i;

	for (i = 0; i < sizeof(off); i++)
		put(to, off[i], 0);
	(void)buf_putc(to, TTY_OP_END);
}
