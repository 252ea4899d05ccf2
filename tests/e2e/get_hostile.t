#!/bin/sh
# A hostile host cannot write outside the target of fab-get.
# shellcheck disable=SC2317 # functions are called by ok and wait_for
. "${0%/*}/../support/lib.sh"
need_tool python3

host evil "ForceCommand exec python3 $(seen_dir evil)/evil.py \
\$(cat $(seen_dir evil)/what) $T/scratch/outside"
cp "$SUPPORT/sftp_evil.py" "$(host_dir evil)/evil.py"
chmod 755 "$(host_dir evil)/evil.py"
mkdir "$T/scratch/outside" "$T/scratch/in"
G=$T/scratch/in/target

# evil WHAT: fab-get -r of its directory.
evil()
{
	echo "$1" >"$(host_dir evil)/what"
	rm -rf "$G"
	run timeout 60 fab-get -v -r evil /top "$G"
}

# Nothing has come to any place but below the target.
nothing_outside()
{
	[ -z "$(ls -A "$T/scratch/outside")" ] &&
		[ "$(ls -A "$T/scratch/in")" = target ] && ! [ -e /evil ]
}

evil dots
status_is 0 'a host that lists . and .. does not harm'
is "$(cat "$G/good")" evil 'and what it has is copied'
for what in up absolute nul empty; do
	evil $what
	status_is 1 "a name that is none ($what) is 1"
	err_like 'evil: /top: the host sends a name that is none$' 'and is told'
	ok 'and nothing is written outside' nothing_outside
done
evil link
status_is 1 'a link that is planted for a directory is 1'
err_like 'target/d: (is a symbolic link, which is not|Is a directory)' \
	'and is told'
ok 'and nothing goes through it' nothing_outside
evil link-file
ok 'a link that is planted for a file is not written through' nothing_outside
evil device
status_is 0 'devices and pipes are left out'
is "$(ls -A "$G")" '' 'and not made'
evil setuid
is "$(stat -c %a "$G/s")" 777 'set-user-ID bits of a host are not taken'
evil long
status_is 1 'a name of 5000 bytes is 1'
evil deep
status_is 1 'directories without end come to one'
err_like 'the host sends paths that are too long' 'and that is told'
chmod -R u+w "$G"
evil names
status_is 1 'names without end come to one'
err_like 'the host sends names without end' 'and that is told'
for what in bytes more; do
	evil $what
	ok "more bytes than were asked for ($what) are refused" [ $status -ne 0 ]
	ok 'and no file is made of them' [ ! -e "$G/f" ]
done
evil shrink
status_is 1 'a file that becomes shorter is 1'
err_like '/top/f: became shorter while it was read$' 'and told'
ok 'and not copied' [ ! -e "$G/f" ]
evil endless
status_is 1 'a file without length and end is 1'
err_like '/top/f: has no length, and no end$' 'and told'
ok 'and not copied' [ ! -e "$G/f" ]
for what in garbage text unasked; do
	evil $what
	status_is 255 "what is no SFTP ($what) is 255"
done
# A host that does not keep what it is given.
echo link >"$(host_dir evil)/what"
echo good >"$T/scratch/good"
run fab-put -c evil "$T/scratch/good" /top/x
status_is 1 'what is not kept as it was sent is seen by -c'
err_is 'fab-put: evil: /top/x: the copy on the host has another content' \
	'and told'
echo text >"$(host_dir evil)/what"
run fab-get evil /top/f "$G"
err_like 'does not speak SFTP, but says: This account is' \
	'and what it says instead is told'

done_testing
