// Where things are in a workbench image: what the files of workbench/ keep to, and whoever starts such a container.

/** Where the caller's directory is mounted, and where work begins. */
export const WORKSPACE = "/workspace";

/** Ports inside the container. */
export const JUPYTER_PORT = 8888;
export const SSH_PORT = 22;

/** Starts the services, or a command instead. */
export const START = "/usr/local/bin/morello-start";

/** As engines take it: exit status 0 when all that was started answers. */
export const HEALTH_COMMAND = "/usr/local/bin/morello-health";

/** A file with Jupyter's token may be mounted here. */
export const TOKEN_FILE = "/run/secrets/jupyter-token";

/** Kept in a volume, a container is the same host to whoever logs in again. */
export const HOST_KEYS = "/etc/morello/host-keys";
