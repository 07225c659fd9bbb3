# What the scripts in .ci/ share. Source it from the root of the checkout: . .ci/shared.sh

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether packages of the system may be installed here without asking anybody.
may_install() { [ "$(id -u)" = 0 ] && has apt-get; }

# install PACKAGE...: from the system's own archive.
install() {
    say "Installing $* (apt)"
    apt-get update -qq </dev/null >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" \
        </dev/null >/dev/null
}
