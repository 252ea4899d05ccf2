#!/bin/sh
# fab-run where other programs expect ssh, and in what people write around it.
. "${0%/*}/../support/lib.sh"
need_tool git tar make

host web1
host web2
host web3
dir=$(mktemp -d "$T/scratch/XXXXXX")
there=/tmp/fab-dropin.$$
on web1 "mkdir -p $there"
mkdir -p "$dir/src/sub"
head -c 300000 /dev/urandom >"$dir/src/noise"
echo text >"$dir/src/sub/a file"
fab="$B/fab-run -F $T/ssh_config"

# -- rsync, git, tar --

if command -v rsync >/dev/null; then
	run rsync -s -a -e "$fab" "$dir/src/" "web1:$there/with blank/"
	status_is 0 'rsync -e fab-run copies there'
	run rsync -s -a -e "$fab" "web1:$there/with blank/" "$dir/back"
	status_is 0 'and back'
	ok 'the same' diff -r "$dir/src" "$dir/back"
	run rsync -s -a -e "$fab" "web1:$there/none" "$dir/back"
	ok 'its errors come through' [ $status = 23 ]
else
	skip 'no rsync' 'rsync -e fab-run'
fi
(
	cd "$dir/src" && git init -q . && git add . &&
		git -c user.name=x -c user.email=x@y commit -qm one
) >/dev/null 2>&1
run sh -c "tar c -C '$dir' src | $fab web1 tar x -C $there"
status_is 0 'tar c | fab-run host tar x'
run env GIT_SSH_COMMAND="$fab" git clone -q "ssh://web1$there/src" "$dir/clone"
status_is 0 'GIT_SSH_COMMAND=fab-run git clone'
ok 'the same' diff -r "$dir/src/sub" "$dir/clone/sub"
run env GIT_SSH_COMMAND="$fab" git -C "$dir/clone" -c user.name=x \
	-c user.email=x@y -c protocol.version=2 fetch -q
status_is 0 'git fetch, with protocol 2'
echo more >"$dir/clone/more"
run sh -c "cd '$dir/clone' && git add more && git -c user.name=x \
	-c user.email=x@y commit -qm two && GIT_SSH_COMMAND='$fab' \
	git push -q origin HEAD:refs/heads/two"
status_is 0 'git push'
run fab-run -G -p 2222 root@web1
status_is 0 'git probes with -G, which needs no command'
like "$T/out" '^port 2222$' 'and prints the settings'
like "$T/out" '^user root$' 'of the host'
run fab-run -o SendEnv=GIT_PROTOCOL -G web1
status_is 0 'and sends -o SendEnv along'
run fab-run web1 "tar c -C $there src"
mkdir -p "$dir/back"
tar x -C "$dir/back" <"$T/out"
ok 'tar over there comes back whole' diff -r -x .git "$dir/src" "$dir/back/src"
rm -rf "$dir/src/.git"
for name in web1 web2 web3; do
	on $name "mkdir -p $there.$name"
done
run sh -c "tar c -C '$dir' src |
	$fab -I -H 'web[1-3]' 'tar x -C $there.\$FAB_HOST'"
status_is 0 'tar c | fab-run -I -H to many'
run fab-run 'web[1-3]' "cat $there.\$FAB_HOST/src/noise | sha256sum"
is "$(cut -d' ' -f2 "$T/out" | sort | uniq -c | tr -s ' ')" \
	" 3 $(sha256sum <"$dir/src/noise" | cut -d' ' -f1)" 'all have it'

# -- Loops, make, xargs, cron --

printf 'web1\nweb2\nweb3\n' >"$dir/hosts"
run sh -c "while read -r h; do $fab -n \$h 'echo \$0 >/dev/null; echo ran'
done <'$dir/hosts'"
is "$(grep -c ran "$T/out")" 3 'a while-read loop runs for each host'
cat >"$dir/Makefile" <<END
HOSTS = \$(foreach n,1 2 3 4 5 6 7,\$(foreach h,web1 web2 web3,\$h-\$n))
all: \$(HOSTS:%=done/%)
done/%:
	$fab \$(word 1,\$(subst -, ,\$*)) 'test \$* != web2-3 && echo \$*'
	touch \$@
END
mkdir "$dir/done"
run make -C "$dir" -kj20
status_is 2 'make -kj20 fails where a host does'
# shellcheck disable=SC2012 # plain names
is "$(ls "$dir/done" | wc -l)" 20 'and has made the stamps of all others'
sed -i 's/test .* && //' "$dir/Makefile"
run make -C "$dir" -kj20
status_is 0 'made again, only the rest runs'
is "$(grep -c '^web' "$T/out")" 1 'once'
run sh -c "tr '\n' '\0' <'$dir/hosts' | xargs -0 -P 3 -I% $fab -n % 'echo ran'"
is "$(grep -c ran "$T/out")" 3 'xargs -P'
run sh -c "xargs -n 1 -P 3 $fab -n <'$dir/hosts'"
status_is 123 'xargs sees failures (no command: 125)'
run env -i HOME="$HOME" PATH=/usr/bin:/bin FAB_TEST="$T" setsid -w \
	sh -c "exec <&- ; exec $fab web1,web2 'echo ran; cat'"
status_is 0 'from cron: no terminal, no input, hardly an environment'
is "$(grep -c ran "$T/out")" 2 'both ran'
err_is '' 'and nothing is said'
run env -i HOME="$HOME" PATH=/usr/bin:/bin FAB_TEST="$T" setsid -w \
	sh -c "exec <&- >&- 2>&-; exec $fab web1 'echo x'"
status_is 0 'with all three closed nothing of ours lands there'
run setsid -w sh -c "$fab -o BatchMode=yes -o UserKnownHostsFile=/dev/null \
	web1 'echo x'"
status_is 255 'an unknown key with nobody to ask: 255'
run sh -c "if $fab web1 'test -e /nonesuch'; then echo yes; else echo no; fi"
out_is no 'if fab-run host test -e f'
err_is '' 'is silent'
run sh -c "for h in web1 web2; do $fab -n \$h hostname && continue; break
done; wait"
status_is 0 'for loops'

for name in web1 web2 web3; do
	on $name "rm -rf $there $there.$name"
done
done_testing
