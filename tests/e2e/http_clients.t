#!/bin/sh
# The clients that people have, against one httpd-scope.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T" "$T/scratch"
site=$T/site
mkdir "$site"
head -c 3000000 /dev/urandom >"$site/file.bin"
touch -d '2 hours ago' "$site/file.bin"
cd "$T/scratch" || exit
serve -d "$site" -l "$T/log"
url=http://127.0.0.1:$port

# has TOOL NAME: otherwise NAME is skipped.
has()
{
	command -v "$1" >/dev/null 2>&1 && return
	skip "no $1" "$2"
	return 1
}

# logged ERE NAME: in the log since the last time.
logged()
{
	tail -n "+$((${seen:-0} + 1))" "$T/log" >"$T/fresh"
	like "$T/fresh" "$1" "$2"
}

# look: what is logged from now on is what logged sees.
look()
{
	seen=$(wc -l <"$T/log")
}

# shellcheck disable=SC2317 # run by ok
same()
{
	cmp -s "$1" "$2"
}

# half FILE OF: the first half of OF, of its time.
half()
{
	head -c "$(($(wc -c <"$2") / 2))" "$2" >"$1"
	touch -r "$2" "$1"
}

curl_tests()
{
	half got "$site/file.bin"
	run curl -fsS -C - -o got "$url/file.bin"
	ok 'curl -C - goes on' same got "$site/file.bin"
	run curl -sS -C - -o got "$url/file.bin"
	status_is 0 'and is content with a whole file'
	run curl -fsS -r 0-9,100-109 -o got "$url/file.bin"
	like got '^Content-Range: bytes 100-109/3000000' 'curl -r: two ranges'
	fetch -R -z "$site/file.bin" "$url/file.bin"
	is "$code" 304 'curl -z: not modified'
	run curl -fsS --etag-save tag -o got "$url/file.bin"
	fetch --etag-compare tag "$url/file.bin"
	is "$code" 304 'curl --etag-compare: not modified'
	run curl -fsS --parallel --parallel-immediate -o a "$url/file.bin" \
		-o b "$url/file.bin" -o c "$url/file.bin" -o d "$url/file.bin"
	ok 'curl --parallel' same d "$site/file.bin"
	fetch -T "$site/file.bin" "$url/new"
	is "$code" 405 'curl -T: refused, and it can read so'
	fetch -d "@$site/file.bin" "$url/file.bin"
	is "$code" 405 'curl -d: likewise'
}

wget_tests()
{
	has wget 'wget -c goes on' || return
	rm -f file.bin
	half file.bin "$site/file.bin"
	look
	run wget -q -c "$url/file.bin"
	ok 'wget -c goes on' same file.bin "$site/file.bin"
	logged '"GET /file.bin HTTP/1.1" 206 1500000 ' 'with the second half'
	run wget -q -c "$url/file.bin"
	status_is 0 'and is content with a whole file'
	run wget -q -N "$url/file.bin"
	logged '"GET /file.bin HTTP/1.1" 304 ' 'wget -N: not modified'
	mkdir -p "$site/tree/a b/c" && echo x >"$site/tree/a b/c/d+e~f"
	run wget -q -r -np -nH -P mirror "$url/tree/"
	ok 'wget -r follows the listings' \
		same 'mirror/tree/a b/c/d+e~f' "$site/tree/a b/c/d+e~f"
}

browser_tests()
{
	mkdir -p "$site/names" && echo 1234 >"$site/names/<b>&amp;.txt"
	for browser in w3m lynx; do
		has $browser "$browser shows names and sizes" || continue
		run "$browser" -dump "$url/names/"
		out_like '<b>&amp;\.txt +5 +20[0-9-]+ [0-9]' \
			"$browser shows names and sizes"
	done
}

# In a browser with a screen: what it makes of names, sorting, width, colours.
chromium_tests()
{
	for browser in chromium chromium-browser google-chrome; do
		command -v $browser >/dev/null 2>&1 && break
	done
	has "$browser" 'Chromium shows a listing' || return
	mkdir -p "$site/shown/dir"
	(
		cd "$site/shown" || exit
		echo x >'"><script>alert(1)<.txt'
		echo x >'javascript:alert(1)'
		echo x >"$(printf 'c%0200d' 0).rpm"
		truncate -s 5000000000 a.rpm
		truncate -s 9 b.rpm
		truncate -s 1000 c.rpm
	)
	SCRIPT=browser
	rows timeout 60 python3 "$SUPPORT/http_browser.py" "$browser" \
		"$url/shown/" "$T/profile"
}

git_tests()
{
	has git 'git clone over HTTP without a program' || return
	mkdir work && (
		cd work && git init -q && git config user.email t@t &&
			git config user.name t && cp "$site/file.bin" . &&
			git add . && git commit -qm one &&
			git tag -a -m v v1
	) && git clone -q --bare work "$site/r.git" &&
		git -C "$site/r.git" update-server-info
	run git clone -q "$url/r.git" clone
	status_is 0 'git clone over HTTP without a program'
	ok 'all of it' same clone/file.bin "$site/file.bin"
	(cd work && echo two >two && git add . && git commit -qm two &&
		git push -q "$site/r.git" HEAD) >/dev/null 2>&1
	git -C "$site/r.git" update-server-info
	run git -C clone pull -q
	ok 'git pull brings what is new' same clone/two work/two
}

# apt PATH...: with files of its own under $T/apt.
apt_get()
{
	run apt-get -q -y -o Dir="$T/apt" -o Dir::State::status="$T/apt/status" \
		-o Dir::Bin::dpkg=true -o APT::Sandbox::User= \
		-o Acquire::Languages=none -o Debug::NoLocking=1 \
		-o Acquire::http::Timeout=8 "$@"
}

apt_tests()
{
	has apt-get 'apt: 30 packages, pipelined' || return
	has dpkg-deb 'apt: 30 packages, pipelined' || return
	"$SUPPORT/apt-repo.sh" "$site/apt" 30
	find "$site/apt" -exec touch -d '1 hour ago' {} +
	for dir in etc/apt.conf.d etc/preferences.d etc/trusted.gpg.d \
		etc/sources.list.d state/lists/partial var/lib/apt/lists/partial \
		cache/archives/partial var/cache/apt/archives/partial \
		var/log/apt etc/apt; do
		mkdir -p "$T/apt/$dir"
	done
	: >"$T/apt/status"
	echo "deb [trusted=yes] $url/apt ./" >"$T/apt/etc/apt/sources.list"
	look
	apt_get update
	status_is 0 'apt-get update'
	logged 'by-hash/SHA256/[0-9a-f]+ HTTP/1.1" 200' 'finds lists by hash'
	look
	apt_get update
	logged 'Release HTTP/1.1" 304' 'again: not modified'
	packages=$(seq -f y%.0f 30)
	read -r before _ </proc/uptime
	# shellcheck disable=SC2086 # a list
	apt_get -d install $packages
	read -r after _ </proc/uptime
	status_is 0 'apt: 30 packages, pipelined'
	unlike "$T/err" 'Pipeline-Depth' 'and it finds no fault with that'
	ok 'in no time' [ $((${after%.*} - ${before%.*})) -lt 6 ]
	apt_resume
}

# A partial file of what the server has now, and one of what it had once.
apt_resume()
{
	archives=$T/apt/var/cache/apt/archives
	deb=x-data_1.0_all.deb
	half "$archives/partial/$deb" "$site/apt/$deb"
	look
	apt_get -d install x-data
	ok 'apt goes on with a partial file' same "$archives/$deb" \
		"$site/apt/$deb"
	logged "GET /apt/(\./)?$deb HTTP/1.1\" 206 20" 'of this state'
	rm "$archives/$deb"
	head -c 2000000 /dev/urandom >"$archives/partial/$deb"
	touch -d '3 hours ago' "$archives/partial/$deb"
	look
	apt_get -d install x-data
	ok 'it begins again with one of another' same "$archives/$deb" \
		"$site/apt/$deb"
	logged "GET /apt/(\./)?$deb HTTP/1.1\" 200 40" 'at its beginning'
}

dnf_tests()
{
	has dnf 'dnf: six packages, three in parallel' || return
	has createrepo_c 'dnf: six packages, three in parallel' || return
	if ! [ "$is_root" ]; then
		skip 'not root' 'dnf: six packages, three in parallel'
		return
	fi
	"$SUPPORT/rpm-repo.sh" "$site/dnf" "$url/dnf/" 4
	chmod -R a+rX "$site/dnf"
	run dnf -c "$url/dnf/dnf.conf" --installroot="$T/inst" --releasever=1 \
		--setopt=cachedir="$T/dnf" --setopt=max_parallel_downloads=3 \
		-y install x y1 y2 y3 y4
	status_is 0 'dnf: six packages, three in parallel'
	for n in 1 2 3 4; do
		[ -s "$T/inst/usr/share/y$n" ] || fail "y$n is installed"
	done
	ok 'they are installed' same "$T/inst/usr/share/x/data" "$site/dnf.data"
}

# zypp ARGUMENT...: with a root of its own.
zypp()
{
	run zypper --root "$T/zypper" --non-interactive --no-gpg-checks "$@"
}

# From the repository that dnf had.
zypper_tests()
{
	has zypper 'zypper installs four packages' || return
	if ! [ -d "$site/dnf" ]; then
		skip 'no repository' 'zypper installs four packages'
		return
	fi
	zypp addrepo -G "$url/dnf" r
	look
	zypp install x y1 y2 y3
	status_is 0 'zypper installs four packages'
	ok 'they are installed' same "$T/zypper/usr/share/x/data" \
		"$site/dnf.data"
	logged 'HEAD .*repomd.xml HTTP/1.1" 200 .*ZYpp' 'it looks by HEAD'
}

zchunk_tests()
{
	has zckdl 'zckdl: chunks that are missing' || return
	seq 400000 >old
	sed 's/7777$/&changed/' old >new
	zck -o old.zck old && zck -o "$site/new.zck" new
	look
	run zckdl -s old.zck "$url/new.zck"
	status_is 0 'zckdl: chunks that are missing'
	ok 'make the file whole' same new.zck "$site/new.zck"
	logged '"GET /new.zck HTTP/1.1" 206' 'by ranges'
	ok 'with few requests' [ "$(grep -c new.zck "$T/fresh")" -lt 8 ]
}

# A wheel of nothing, in a directory without a page of its own.
pip_tests()
{
	if ! python3 -m pip --version >/dev/null 2>&1; then
		skip 'no pip' 'pip --find-links reads the listing'
		return
	fi
	mkdir -p "$site/wheels"
	python3 - "$site/wheels" <<-'END'
	import sys, zipfile
	name, version = 'nothing', '1.0+local.1'
	info = f'{name}-{version}.dist-info/'
	path = f'{sys.argv[1]}/{name}-{version}-py3-none-any.whl'
	with zipfile.ZipFile(path, 'w') as wheel:
	    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\n'
	                   f'Name: {name}\nVersion: {version}\n')
	    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\n'
	                   'Root-Is-Purelib: true\nTag: py3-none-any\n')
	    wheel.writestr(info + 'RECORD', '')
	END
	run python3 -m pip --no-cache-dir --disable-pip-version-check \
		download -q --no-deps --no-index --find-links "$url/wheels" \
		--trusted-host 127.0.0.1 -d wheels nothing
	status_is 0 'pip --find-links reads the listing'
	wheel=nothing-1.0+local.1-py3-none-any.whl
	ok 'and fetches a name with +' same "wheels/$wheel" \
		"$site/wheels/$wheel"
}

# A registry of one package, whose name npm asks for with %2f.
npm_tests()
{
	has npm 'npm installs a scoped package' || return
	mkdir -p "$site/npm/@scope" package app
	printf '%s\n' '{"name": "@scope/thing", "version": "1.0.0"}' \
		>package/package.json
	tar -czf "$site/npm/thing.tgz" package
	cat >"$site/npm/@scope/thing" <<-END
	{"name": "@scope/thing", "dist-tags": {"latest": "1.0.0"},
	"versions": {"1.0.0": {"name": "@scope/thing", "version": "1.0.0",
	"dist": {"tarball": "$url/npm/thing.tgz", "shasum":
	"$(sha1sum "$site/npm/thing.tgz" | cut -d' ' -f1)"}}}}
	END
	echo '{"name": "app", "version": "1.0.0"}' >app/package.json
	look
	run npm --prefix app --registry "$url/npm/" --no-audit --no-fund \
		--no-update-notifier --cache "$T/npm-cache" \
		--userconfig /dev/null install @scope/thing
	status_is 0 'npm installs a scoped package'
	ok 'which is there' [ -s app/node_modules/@scope/thing/package.json ]
	logged '@scope%2[fF]thing HTTP/1.1" 200' 'by a name with %2f'
}

curl_tests
wget_tests
browser_tests
chromium_tests
git_tests
apt_tests
dnf_tests
zypper_tests
zchunk_tests
pip_tests
npm_tests
ok 'no request was an error of ours' not grep -Eq '" 5[0-9][0-9] ' "$T/log"
stop_serving

done_testing
