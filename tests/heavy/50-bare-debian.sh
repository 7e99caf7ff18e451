#!/usr/bin/env bash
# Both commands of the README in a Debian that has nothing installed: a new minimal system and a
# clean copy of the tree.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=tests/setup.sh
source "$root/tests/setup.sh"
cd "$root"

cannot() {
    echo "not run: $*"
    exit 77
}

# The mounts live in a name space of this process and go with it, however it ends; so no clean-up
# can ever reach through them into the host's /dev.
if [[ ${1:-} != --inside ]]; then
    [[ $EUID -eq 0 ]] || cannot "a chroot needs root"
    unshare --mount true 2>/dev/null || cannot "this machine does not let me mount anything"
    set_up() { install_missing debootstrap debian-archive-keyring; }
    with_lock set_up
    command -v debootstrap >/dev/null || cannot "there is no debootstrap here"
    scratch=$(mktemp -d /var/tmp/stratsim-bare.XXXXXX)
    trap 'rm -rf --one-file-system "$scratch"' EXIT
    code=0
    unshare --mount --propagation private "${BASH_SOURCE[0]}" --inside "$scratch" || code=$?
    exit "$code"
fi

scratch=$2
system=$scratch/debian

# The first Debian mirror this machine itself uses, its proxies and its certificates.
mirror=$(grep -rhsE '^(URIs:|deb )' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} |
    grep -oE 'https?://[^] ]*/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
mirror=${mirror:-http://deb.debian.org/debian}
echo "debootstrap from $mirror"
if ! debootstrap --variant=minbase bookworm "$system" "$mirror" >"$scratch/debootstrap.log" 2>&1; then
    tail -n 5 "$scratch/debootstrap.log"
    cannot "debootstrap failed here"
fi
apt-config dump Acquire | grep -Ei '::(proxy|cainfo|verify|check-|sslcert|sslkey)' \
    >"$system/etc/apt/apt.conf.d/90host" || true
mkdir -p "$system/etc/ssl/certs"
for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt /etc/apt/auth.conf; do
    [[ ! -f $file ]] || cp -L "$file" "$system$file"
done
if [[ -d /etc/apt/auth.conf.d ]]; then
    cp -R /etc/apt/auth.conf.d "$system/etc/apt/"
fi

# What a clone of this tree would hold, with the edits that are not committed yet.
mkdir "$system/stratsim"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -z |
        while IFS= read -r -d '' file; do
            [[ ! -e $file ]] || printf '%s\0' "$file"
        done >"$scratch/files"
    tar --create --null --files-from="$scratch/files" | tar --extract --directory="$system/stratsim"
else
    tar --create --exclude=./build --exclude=./.git . | tar --extract --directory="$system/stratsim"
fi

mount -t proc proc "$system/proc" || cannot "proc cannot be mounted here"
mount --rbind /dev "$system/dev" || cannot "/dev cannot be mounted here"

carried=()
for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!variable:-} ]] || carried+=("$variable=${!variable}")
done
bare() {
    chroot "$system" /usr/bin/env -i HOME=/root "${carried[@]}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        /bin/bash -c 'cd /stratsim && "$@"' - "$@"
}
result=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        echo "ok: $what"
    else
        echo "FAILED: $what"
        result=1
    fi
}

began=$SECONDS
code=0
bare ./stratsim run canary --pods 10 >"$scratch/first" 2>"$scratch/first.errors" || code=$?
echo "./stratsim run canary --pods 10: exit code $code after $((SECONDS - began)) s; on stderr:"
sed 's/^/    /' "$scratch/first.errors"
check "it ends with 0" test "$code" -eq 0

# The second call has nothing to set up: the first one's stdout must be its stdout, byte for byte.
code=0
bare ./stratsim run canary --pods 10 >"$scratch/second" 2>"$scratch/second.errors" || code=$?
check "the second call ends with 0" test "$code" -eq 0
check "there is a report" test -s "$scratch/first"
check "the first call's stdout is the report alone" cmp "$scratch/first" "$scratch/second"
check "the second call sets nothing up" test ! -s "$scratch/second.errors"

began=$SECONDS
code=0
bare ./tests/run >"$scratch/tests" 2>&1 || code=$?
echo "./tests/run: exit code $code after $((SECONDS - began)) s; it closes with:"
tail -n 12 "$scratch/tests" | sed 's/^/    /'
check "it ends with 0" test "$code" -eq 0
exit "$result"
