# Sourced behind lib.sh by the tests of httpd-scope.
# shellcheck shell=sh
# shellcheck disable=SC2034 # variables are for the tests

need_tool python3 curl
export PYTHONPATH="$SUPPORT" PYTHONDONTWRITEBYTECODE=1

# rows CMD...: tests written in another language. Each line of CMD is a
# result, "ok NAME" or "not ok NAME", or a remark on the result before it.
rows()
{
	printf '$ %s\n' "$*" >"$T/ran"
	status=0
	"$@" >"$T/rows" 2>"$T/err" <"$input" || status=$?
	rm -f "$T/out"
	while IFS= read -r row; do
		case $row in
		'ok '*) pass "${row#ok }" ;;
		'not ok '*) fail "${row#not ok }" ;;
		*) printf '# %s\n' "$row" ;;
		esac
	done <"$T/rows"
	[ $status -eq 0 ] || fail "${SCRIPT-the rows} ran to the end: $status"
}

# probe SCRIPT [OPTION...]: the rows of tests/support/SCRIPT.py, run as the
# COMMAND of an httpd-scope with those options.
probe()
{
	SCRIPT=$1
	shift
	rows httpd-scope "$@" -- python3 "$SUPPORT/$SCRIPT.py"
}

# serve [OPTION...]: without COMMAND, until stop_serving; $port.
serve()
{
	port=$(free_port)
	start httpd-scope -p "$port" "$@"
	wait_for 5 port_open "$port"
}

stop_serving()
{
	kill "$started"
	finish
}

# fetch CURL-ARGUMENT...: $status is curl's, $code that of HTTP.
fetch()
{
	printf '$ curl %s\n' "$*" >"$T/ran"
	status=0
	code=$(curl -sS -m 10 -o "$T/out" -w '%{http_code}' "$@" \
		2>"$T/err") || status=$?
}
