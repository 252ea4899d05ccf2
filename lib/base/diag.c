#include "base/diag.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "base/quote.h"

enum { DIAG_TEXT_MAX = 64 << 20 }; /* a list of all hosts may be in it */

static const char *program = "fab";
static int shown_level;
static diag_output *line_output;
static diag_flushed *line_flush;
static void *line_output_arg;

void
diag_init(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	if (argv0 && *argv0)
		program = slash ? slash + 1 : argv0;
}

const char *
diag_program(void)
{
	return program;
}

void
diag_set_level(int level)
{
	shown_level = level;
}

int
diag_level(void)
{
	return shown_level;
}

void
diag_set_output(diag_output *output, diag_flushed *flush, void *arg)
{
	line_output = output;
	line_flush = flush;
	line_output_arg = arg;
}

void
diag_flush(void)
{
	if (line_flush)
		line_flush(line_output_arg);
}

static void __attribute__((format(printf, 1, 0)))
diag_line(const char *format, va_list ap)
{
	struct buf text, line;

	buf_init(&text, DIAG_TEXT_MAX);
	buf_init(&line, DIAG_TEXT_MAX);
	buf_vprintf(&text, format, ap);
	buf_printf(&line, "%s: ", program);
	quote_printable(&line, buf_str(&text), text.len);
	buf_putc(&line, '\n');
	if (line_output)
		line_output(line_output_arg, buf_str(&line), line.len);
	else
		fdio_write_all(STDERR_FILENO, buf_str(&line), line.len);
	buf_release(&text);
	buf_release(&line);
}

void
diag_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	diag_line(format, ap);
	va_end(ap);
}

void
diag_note(const char *format, ...)
{
	va_list ap;

	if (shown_level < 0)
		return;
	va_start(ap, format);
	diag_line(format, ap);
	va_end(ap);
}

void
diag_verbose(int level, const char *format, ...)
{
	va_list ap;

	if (shown_level < level)
		return;
	va_start(ap, format);
	diag_line(format, ap);
	va_end(ap);
}

void
diag_fault(const struct fault *f)
{
	diag_error("%s", f->text);
	if (f->shown[0]) {
		diag_error("  %s", f->shown);
		diag_error("  %*s^", f->caret, "");
	}
}
