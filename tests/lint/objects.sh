#!/bin/sh
# What no object file may use, and what only some may, by nm. (base/mem says
# that memory is out; http/identity asks for users before there are threads.)
B=$LINT_B/gcc
make -s B="$B" CC=gcc CFLAGS='-O2 -g' all >"$LINT_B.objects.log" 2>&1 || {
	cat "$LINT_B.objects.log"
	exit 1
}
rm -f "$LINT_B.objects.log"

# symbols WHY PATTERN [WHERE]: only objects that match WHERE may use them.
symbols()
{
	find "$B/lib" "$B/cmd" -name '*.o' -exec nm -A -u {} + |
		sed -n "s|^$B/\(.*\)\.o: *U \([^@]*\).*|\1.c \2|p" |
		grep -E " (__)?($2)(_chk)?\$" |
		grep -vE "^(${3:-nothing}) " | awk -v why="$1" \
		'{ print $1 ": " $2 ": " why }'
}

found=$(
	symbols 'banned' \
		'strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|system|popen|tmpnam|mktemp|alloca'
	symbols 'only lib/scope forks' 'fork|vfork|clone|daemon|forkpty' \
		'lib/scope/.*'
	symbols 'only lib/base/spawn starts helpers' 'posix_spawnp?' \
		'lib/base/spawn\.c'
	symbols 'only lib/scope and lib/base/spawn execute' \
		'execv|execve|execvp|execvpe|execl|execlp|execle|fexecve' \
		'lib/(scope|base/spawn).*'
	symbols 'only lib/base/diag and lib/fleet/writer print' \
		'stderr|stdout|perror|printf|puts|putchar|vprintf|psignal|warnx?|errx?|verrx?|vwarnx?' \
		'lib/(base/diag|fleet/writer)\.c'
	symbols 'a library does not exit' 'exit|quick_exit|pthread_exit' \
		'cmd/.*'
	symbols 'no sleep as synchronisation' \
		'sleep|usleep|nanosleep|clock_nanosleep'
	symbols 'not safe in threads' \
		'localtime|gmtime|ctime|asctime|getpwnam|getpwuid|getgrnam|getgrgid|gethostbyname|readdir_r|rand|srand|setenv|putenv|unsetenv|setlocale|inet_ntoa' \
		'cmd/.*|lib/scope/.*|lib/http/identity\.c'
)
written=$(grep -nE '\b(write|dprintf|writev)\((1|2|STD(ERR|OUT)_FILENO)' \
	-r lib cmd | grep -vE '^lib/(base/(diag|mem)|fleet/writer)\.c')
[ -z "$written" ] || found="$found
$written: only lib/base/diag and lib/fleet/writer print"
[ -z "$found" ] || {
	echo "$found" | sort -u
	exit 1
}
