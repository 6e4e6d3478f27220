# Login shells see the container's environment: /etc/profile sets PATH anew, and sshd and su begin with none.
for morello_run in /run/morello "${TMPDIR:-/tmp}/morello-$(id -u)" "/dev/shm/morello-$(id -u)"; do
  if [ -r "$morello_run/environment" ] && [ ! -L "$morello_run" ]; then
    # shellcheck disable=SC1091 # written by morello-start
    . "$morello_run/environment"
    break
  fi
done
unset morello_run
