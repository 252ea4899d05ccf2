#!/bin/sh
# Copies with sudo's rights to hosts without an sftp-server, whose sh is one of
# many.
# shellcheck disable=SC2016 # names that are not for this shell
. "${0%/*}/../support/lib.sh"
need_root 'a host with sudo users of its own'
need_tool sudo

S=$T/scratch/src
G=$T/scratch/got
mkdir -p "$S/tree/sub" "$G"
for name in '$(x)' '`x`' "it's" '"' '*' '-n' '--' "\\" 'a\nb' '~' '!' ' a ' "$(
	printf 'end\nx')" "$(printf 'a\001\177\377b')" "$(printf '%0255d' 0)"; do
	echo "$name" >"$S/tree/sub/$name"
	ln -s -- "$name" "$S/tree/sub/to-$(printf %s "$name" | cksum | tr ' ' -)"
done
{
	printf '\000\001\377\n\n\\\n'
	head -c 600000 /dev/urandom
} >"$S/tree/bytes"
: >"$S/tree/nothing"

# in_place HOST PROGRAM: the host's sh, and where it is busybox, all it runs.
in_place()
{
	as_root_on "$1" sh -c 'rm -f /usr/lib/openssh/sftp-server \
		/usr/libexec/openssh/sftp-server /usr/libexec/sftp-server \
		/usr/lib/ssh/sftp-server /usr/lib/sftp-server
	[ "${1##*/}" != busybox ] || for name in dd find stat mv touch chmod \
		chown ls readlink mkdir rm ln; do
		ln -s "$1" "/usr/local/bin/$name"
	done
	ln -s "$1" /bin/sh.new && mv -f /bin/sh.new /bin/sh' sh "$2"
}

for shell in bash busybox mksh ksh zsh; do
	path=$(command -v $shell) || {
		skip "no $shell" "copies through $shell"
		continue
	}
	host $shell
	in_place $shell "$path"
	rm -rf "$G/tree"
	run fab-sudo $shell id -un
	out_is root "$shell: a command is root's"
	run fab-put --sudo -r $shell "$S/tree" /srv/new/
	status_is 0 "$shell: a tree is put"
	err_is '' 'and nothing is said'
	run fab-get --sudo -r $shell /srv/new/tree "$G"
	status_is 0 'and got'
	ok 'as it is' diff -r --no-dereference "$S/tree" "$G/tree"
done

done_testing
