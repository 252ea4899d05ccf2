#!/bin/sh
# Scopes in a row: a fab-run on a host inside an httpd-scope, httpd-scopes in
# one another, a server that is not there any more.
# shellcheck disable=SC2086 # $fab is several words
. "${0%/*}/../support/lib.sh"
need_root 'hosts with networks of their own'
need_tool curl

host web1
host web2
isolated web1 || skip_all 'needs hosts with networks of their own'
fab="$B/fab-run -F $T/ssh_config"
mkdir "$T/a" "$T/b"
echo 'from a' >"$T/a/file"
echo 'from b' >"$T/b/file"
chmod 755 "$T" "$T/a" "$T/b"

# From web1, web2 is reached over a forwarding of the first connection.
port=$(free_port)
key=$(host_dir web1)/client
install -m 600 -o 64201 "$T/keys/ed25519" "$key"
# the program itself may lie where a host has a /tmp of its own
cp "$B/fab-run" "$(host_dir web1)/bin/fab-run"
inner="$(seen_dir web1)/bin/fab-run -F /dev/null -i /run/host/client -l deploy -p $port \
-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=/tmp/known 127.0.0.1"
run httpd-scope -d "$T/a" -- $fab -R "$port:127.0.0.1:$web2_port" web1 \
	"$inner 'hostname; curl -sf \${HTTPD_SCOPE_URL}file'"
status_is 0 'a fab-run on a host inside a scope'
out_is "$(printf 'web2\nfrom a')" 'carries the scope on to the next'
run httpd-scope -d "$T/a" -- httpd-scope -d "$T/b" -- $fab web1,web2 \
	'curl -sf ${HTTPD_SCOPE_URL}file; set -- $HTTPD_SCOPE_OUTER
	curl -sf ${1}file'
status_is 0 'httpd-scopes in one another'
is "$(sort "$T/out")" "$(for name in web1 web2; do
	printf '%s: from a\n%s: from b\n' $name $name
done)" 'are both carried to each host'
run httpd-scope -d "$T/a" -- $fab --until 20 web1 'curl -sf ${HTTPD_SCOPE_URL}file
	echo x >>/tmp/count; [ $(wc -l </tmp/count) -ge 3 ]'
is "$(grep -c 'from a' "$T/out")" 3 'each attempt of --until reaches it'
run httpd-scope -d "$T/a" -- sh -c "$fab --tether web1 'curl -sf \${HTTPD_SCOPE_URL}file'"
out_is 'from a' 'with --tether, too'
run httpd-scope -d "$T/a" -- sh -c 'env | grep ^HTTPD_SCOPE' 
sed 's/^/export /' "$T/out" >"$T/env"
run sh -c ". '$T/env'; exec $fab web1 'echo ran'"
status_is 125 'a scope that has ended is 125'
out_is '' 'and nothing runs'
err_like 'no httpd-scope answers any more at http' 'and why'
run sh -c ". '$T/env'; exec $fab --scope=off web1 'echo ran'"
out_is ran '--scope=off does without'

done_testing
