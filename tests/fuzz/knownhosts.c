/*
 * known_hosts: what is learned is known, whatever else is in the file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/words.h"
#include "ssh/knownhosts.h"
#include "ssh/knownline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char blob[] = "\0\0\0\013ssh-ed25519key";

static void
ask(struct knownhosts *k, const char *name, int port, const struct words *files)
{
	struct knownhosts_query q = {
	    .hostname = name, .port = port, .files = {files, NULL}};
	struct words types = {0};

	knownhosts_check(k, &q, blob, sizeof(blob) - 1);
	knownhosts_types(k, &q, &types);
	words_release(&types);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct knownhosts *k = knownhosts_new();
	struct words files = {0};
	struct buf line, notes;

	words_add(&files, "file");
	words_add(&files, "learned");
	buf_init(&line, 65536);
	buf_init(&notes, 1 << 20);
	knownhosts_parse(k, "file", (const char *)data, n);
	knownline_print(&line, "web", n % 2, blob, sizeof(blob) - 1);
	knownhosts_parse(k, "learned", buf_str(&line), line.len);
	ask(k, "web", 22, &files);
	ask(k, "10.0.0.1", 2222, &files);
	words_release(&files);
	words_add(&files, "learned");
	ask(k, "web", 22, &files);
	if (knownhosts_check(k,
		&(struct knownhosts_query){
		    .hostname = "web", .port = 22, .files = {&files, NULL}},
		blob, sizeof(blob) - 1)
		.verdict != KNOWNHOSTS_KNOWN)
		abort();
	knownhosts_take_notes(k, &notes);
	words_release(&files);
	buf_release(&line);
	buf_release(&notes);
	knownhosts_free(k);
	return 0;
}
