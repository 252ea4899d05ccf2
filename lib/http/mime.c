#include "http/mime.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *ending;
	const char *type;
} types[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"rpm", "application/x-rpm"},
    {"deb", "application/vnd.debian.binary-package"},
    {"xml", "text/xml; charset=utf-8"},
    {"gz", "application/gzip"},
    {"tgz", "application/gzip"},
    {"xz", "application/x-xz"},
    {"bz2", "application/x-bzip2"},
    {"zst", "application/zstd"},
    {"zck", "application/octet-stream"},
    {"zip", "application/zip"},
    {"tar", "application/x-tar"},
    {"whl", "application/zip"},
    {"json", "application/json"},
    {"txt", "text/plain; charset=utf-8"},
    {"log", "text/plain; charset=utf-8"},
    {"conf", "text/plain; charset=utf-8"},
    {"repo", "text/plain; charset=utf-8"},
    {"list", "text/plain; charset=utf-8"},
    {"sources", "text/plain; charset=utf-8"},
    {"cfg", "text/plain; charset=utf-8"},
    {"ks", "text/plain; charset=utf-8"},
    {"ini", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"sh", "text/plain; charset=utf-8"},
    {"py", "text/plain; charset=utf-8"},
    {"c", "text/plain; charset=utf-8"},
    {"h", "text/plain; charset=utf-8"},
    {"patch", "text/plain; charset=utf-8"},
    {"diff", "text/plain; charset=utf-8"},
    {"yml", "text/plain; charset=utf-8"},
    {"yaml", "text/plain; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"asc", "text/plain; charset=utf-8"},
    {"gpg", "application/pgp-keys"},
    {"sig", "application/pgp-signature"},
    {"key", "application/pgp-keys"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"svg", "image/svg+xml"},
    {"webp", "image/webp"},
    {"ico", "image/vnd.microsoft.icon"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"jar", "application/java-archive"},
    {"iso", "application/x-iso9660-image"},
    {"apk", "application/octet-stream"},
};

const char *
mime_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	const char *dot = strrchr(base, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (!strcasecmp(types[i].ending, dot + 1))
			return types[i].type;
	return "application/octet-stream";
}
