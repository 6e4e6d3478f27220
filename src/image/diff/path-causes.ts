// Causes that a path alone gives away: what tools write anew in every build. One row a cause; the first that fits counts.
import type { Cause } from "./cause.ts";

export interface PathCause extends Cause {
  /** Over the path below the root. */
  readonly path: RegExp;
}

const file = (id: string, path: RegExp, title: string, remedy: string): PathCause => ({
  id,
  level: "file",
  path,
  title,
  remedy,
});

export const PATH_CAUSES: readonly PathCause[] = [
  file(
    "apt-lists",
    /^var\/lib\/apt\/(?:lists|periodic)(?:\/|$)/,
    "apt's lists of the day",
    "RUN apt-get update && apt-get install -y … && rm -rf /var/lib/apt/lists/*",
  ),
  file(
    "apt-cache",
    /^var\/cache\/apt\/[^/]*\.bin$/,
    "apt's binary cache, 40 MB with times in it",
    "RUN apt-get … && rm -f /var/cache/apt/*.bin",
  ),
  file(
    "apt-archives",
    /^var\/cache\/apt(?:\/|$)/,
    "packages that apt fetched and kept",
    "RUN apt-get … && apt-get clean",
  ),
  file(
    "package-log",
    /^var\/log\/(?:dpkg\.log|alternatives\.log|bootstrap\.log|apt(?:\/|$))/,
    "logs of apt and dpkg, with the time of every step",
    "RUN apt-get … && rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log",
  ),
  file("log", /^var\/log\//, "a log", "RUN … && find /var/log -type f -delete"),
  file(
    "ssh-host-key",
    /^etc\/ssh\/ssh_host_.*_key(?:\.pub)?$/,
    "SSH host keys, made in the build: a secret that every container would share",
    "RUN apt-get install -y openssh-server && rm -f /etc/ssh/ssh_host_*_key*",
  ),
  file(
    "font-cache",
    /^(?:var\/cache|root\/\.cache)\/fontconfig(?:\/|$)/,
    "fontconfig's cache, which holds directories' times",
    "RUN … && rm -rf /var/cache/fontconfig/*",
  ),
  file(
    "ldconfig-cache",
    /^var\/cache\/ldconfig(?:\/|$)/,
    "ldconfig's auxiliary cache, which holds inode numbers and times",
    "RUN … && rm -f /var/cache/ldconfig/aux-cache",
  ),
  file(
    "ld-so-cache",
    /^etc\/ld\.so\.cache$/,
    "the index of shared libraries: other libraries are installed",
    "RUN ldconfig # after the last library is installed",
  ),
  file(
    "machine-id",
    /^(?:etc|var\/lib\/dbus)\/machine-id$/,
    "a machine ID, made in the build",
    "RUN … && rm -f /etc/machine-id /var/lib/dbus/machine-id",
  ),
  file(
    "debconf-old",
    /^var\/cache\/debconf\/.*-old$/,
    "debconf's state before the last package",
    "RUN … && rm -f /var/cache/debconf/*-old",
  ),
  file(
    "debconf",
    /^var\/cache\/debconf(?:\/|$)/,
    "answers to packages' questions",
    "ENV DEBIAN_FRONTEND=noninteractive",
  ),
  file(
    "dpkg-old",
    /^var\/lib\/dpkg\/.*-old$/,
    "dpkg's state before the last package",
    "RUN … && rm -f /var/lib/dpkg/*-old",
  ),
  file(
    "account-backup",
    /^etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-$/,
    "accounts as they were before the last one",
    "RUN … && rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-",
  ),
  file(
    "locale-archive",
    /^usr\/lib\/locale(?:\/|$)/,
    "compiled locales, in the order in which they were made",
    "ENV LANG=C.UTF-8 # instead of locale-gen",
  ),
  file(
    "certificates",
    /^(?:etc\/ssl\/certs(?:\/|$)|etc\/ca-certificates|usr\/share\/ca-certificates\/|usr\/local\/share\/ca-certificates\/|etc\/pki\/)/,
    "certificate authorities: another bundle, or another order",
    "morello image lock # pins ca-certificates",
  ),
  file(
    "history",
    /^(?:root|home\/[^/]+)\/\.(?:[^/]*_history|wget-hsts|lesshst|viminfo|python_history)$/,
    "what somebody typed or fetched in the build",
    "RUN … && rm -f /root/.*_history /root/.wget-hsts",
  ),
  file(
    "user-cache",
    /^(?:root|home\/[^/]+)\/\.(?:cache|npm|conda\/pkgs|local\/state)(?:\/|$)/,
    "caches of pip and others",
    "RUN pip install --no-cache-dir …",
  ),
  file(
    "conda",
    /(?:^|\/)(?:conda-meta\/history|pkgs\/cache\/|pkgs\/urls(?:\.txt)?$)/,
    "conda's history and cache, with times in them",
    "RUN conda install … && conda clean --all --yes --force-pkgs-dirs",
  ),
  file("temporary", /^(?:tmp|var\/tmp|dev\/shm)\//, "temporary files", "RUN … && rm -rf /tmp/* /var/tmp/*"),
  file(
    "git-directory",
    /(?:^|\/)\.git(?:\/|$)/,
    "a .git directory: index times, reflogs, packs as they happened to be",
    "echo .git >> .dockerignore",
  ),
  file(
    "engine",
    /^(?:\.dockerenv|run\/\.containerenv|etc\/(?:hostname|hosts|resolv\.conf|mtab))$/,
    "what the engine itself lays in containers",
    "buildah build … # docker commit keeps these, a build does not",
  ),
  file(
    "desktop-cache",
    /^usr\/share\/.*\/?(?:mime\.cache|mimeinfo\.cache|icon-theme\.cache|gschemas\.compiled|loaders\.cache)$/,
    "an index that packages' triggers make anew",
    "RUN apt-get install -y --no-install-recommends …",
  ),
  file(
    "systemd-state",
    /^var\/lib\/systemd\/(?:catalog\/database|random-seed|timers\/)/,
    "systemd's state",
    "RUN … && rm -rf /var/lib/systemd/catalog /var/lib/systemd/random-seed",
  ),
  file(
    "alternatives",
    /^(?:etc\/alternatives|var\/lib\/dpkg\/alternatives)(?:\/|$)/,
    "which program an alternative means: packages came in another order",
    "RUN update-alternatives --set NAME PATH",
  ),
  file(
    "random-name",
    /(?:^|[/._-])(?:tmp|temp|pip-(?:build|install|req)|pymp)[._-]?(?=[a-z0-9_]*[0-9_])[a-z0-9_]{6,}(?:\/|$)/i,
    "a name with random letters, left by a program",
    "RUN … && rm -rf PATH # in the step that leaves it",
  ),
];
