# Jupyter's settings in a workbench image. Read by the server of JupyterLab and of Notebook 7, and by Notebook 6.
# The start script says where its secrets are; a Jupyter that somebody starts by hand is as it always was.
import os


def secret(directory, name):
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        return file.read().strip()


def major(package):
    try:
        return int(__import__(package).__version__.split(".")[0])
    except (ImportError, ValueError):
        return 0


def configure(c, file, directory):
    token = secret(directory, "token")
    password = secret(directory, "password-hash")
    if os.path.basename(file).startswith("jupyter_notebook"):
        if major("notebook") >= 7:
            return  # is a server's extension, and the server has its own file
        app = c.NotebookApp
        app.token, app.password = token, password
    else:
        app = c.ServerApp
        if major("jupyter_server") >= 2:
            c.IdentityProvider.token = token
            c.PasswordIdentityProvider.hashed_password = password
        else:
            app.token, app.password = token, password
    app.allow_root = True  # root of a container
    app.port_retries = 0  # another port is not the one that was published
    app.log_level = 30  # warnings: morello-start says where the lab is
    app.terminado_settings = {"shell_command": [os.environ.get("SHELL") or "/bin/sh", "-l"]}


if "MORELLO_JUPYTER" in os.environ:
    configure(get_config(), __file__, os.environ["MORELLO_JUPYTER"])  # noqa: F821 (Jupyter defines it)
