# Logs in from inside the container with the key that stdin brings. Results are lines of JSON.
port=${PROBE_SSH_PORT:-22}
user=${PROBE_SSH_USER:-root}
key=$(mktemp) || exit 1
trap 'rm -f "$key"' EXIT
cat >"$key"

result() { printf '{"name":"ssh %s","state":"%s","says":"%s"}\n' "$1" "$2" "$(printf %s "$3" | tr -d '"\\\r' | tail -n 1)"; }

# shellcheck disable=SC2086
login() {
  ssh -F none -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    -o BatchMode=yes -o ConnectTimeout=10 "$@" </dev/null 2>&1
}

if said=$(login -i "$key" -o IdentitiesOnly=yes "$user@127.0.0.1" 'echo in'); then
  result "takes the key" passed "as $user"
else
  result "takes the key" failed "$said"
fi

# The server's refusal lists what it would take: nothing but keys.
said=$(login -o PubkeyAuthentication=no -o PreferredAuthentications=none,password,keyboard-interactive "$user@127.0.0.1" true)
case $said in
  *'Permission denied (publickey).'*) result "takes no password" passed "publickey alone" ;;
  *) result "takes no password" failed "$said" ;;
esac

# shellcheck disable=SC2016
if said=$(login -i "$key" -o IdentitiesOnly=yes "$user@127.0.0.1" 'printf %s "$PATH"') && [ "$said" = "$PATH" ]; then
  result "sees the environment" passed "PATH is the image's"
else
  result "sees the environment" failed "PATH is $said; $PATH is wanted"
fi
