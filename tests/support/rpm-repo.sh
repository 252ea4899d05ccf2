#!/bin/sh
# A small rpm repository.
#
#	rpm-repo.sh DIR URL [N]
#
# DIR is made: the packages x and x-data, and y1 to yN, their metadata, and dnf.conf, which
# names the repository as URL, where DIR will be served, and nothing else of
# the host's. DIR.data is the file that x-data installs.
set -eu
# shellcheck source=tests/support/package-files.sh
. "${0%/*}/package-files.sh"

dir=$1
url=$2
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM

# package NAME REQUIRES FILE
package()
{
	cat >"$top/$1.spec" <<-END
	Name: $1
	Version: 1.0
	Release: 1
	Summary: A package for tests
	License: None
	BuildArch: noarch
	AutoReqProv: no
	${2:+Requires: $2}
	%description
	A package for tests.
	%files
	$3
	END
	rpmbuild -bb --quiet --buildroot "$top/tree/$1" \
		--define "_topdir $top/build" --define "_rpmdir $dir" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}.%%{ARCH}.rpm' \
		--define '_binary_payload w1.gzdio' \
		--define '__spec_install_pre :' \
		--define '__os_install_post :' \
		"$top/$1.spec" >"$top/log" 2>&1 || {
		cat "$top/log" >&2
		exit 1
	}
}

mkdir -p "$dir" "$top/build"
package_files "$top/tree"
cp "$top/tree/x-data/usr/share/x/data" "$dir.data"
package x x-data /usr/bin/x
package x-data '' /usr/share/x/data
i=0
while [ $i -lt "${3:-0}" ]; do
	i=$((i + 1))
	mkdir -p "$top/tree/y$i/usr/share"
	head -c 300000 /dev/urandom >"$top/tree/y$i/usr/share/y$i"
	package y$i '' /usr/share/y$i
done
createrepo_c -q "$dir"
cat >"$dir/dnf.conf" <<END
[main]
reposdir=/dev/null
gpgcheck=0
keepcache=0
plugins=0
install_weak_deps=0

[scope]
name=what the httpd-scope serves
baseurl=$url
END
