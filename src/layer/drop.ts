// What builds leave behind that no container needs, and that differs from build to build: patterns, each with its reason.

export interface DropRule {
  /** As in `select.ts`, from the root: a pattern that fits a directory takes all that is in it. */
  readonly pattern: string;
  readonly reason: string;
}

/** Of Debian, pip and what runs while they install. Measured: the 20 files that differ in two builds of one image. */
export const LEFTOVERS: readonly DropRule[] = [
  { pattern: "var/lib/apt/lists/*", reason: "the archive's index of the day" },
  { pattern: "var/cache/apt/*.bin", reason: "apt's cache, with times in it" },
  { pattern: "var/cache/apt/archives/*.deb", reason: "packages that are installed already" },
  { pattern: "var/log/apt/*", reason: "a log, with times in it" },
  { pattern: "var/log/*.log", reason: "a log, with times in it" },
  { pattern: "var/log/journal/*", reason: "a log, with times in it" },
  { pattern: "var/cache/ldconfig/aux-cache", reason: "holds inode numbers and times" },
  { pattern: "var/cache/fontconfig/*", reason: "holds directories' times" },
  { pattern: "var/cache/debconf/*-old", reason: "the state before the last package" },
  { pattern: "var/lib/dpkg/*-old", reason: "the state before the last package" },
  { pattern: "var/lib/systemd/catalog/database", reason: "holds times, and is made anew" },
  { pattern: "etc/ssh/ssh_host_*_key", reason: "a secret that every container would share" },
  { pattern: "etc/ssh/ssh_host_*_key.pub", reason: "belongs to a secret that every container would share" },
  { pattern: "etc/machine-id", reason: "would make every container the same machine" },
  { pattern: "var/lib/dbus/machine-id", reason: "would make every container the same machine" },
  { pattern: "etc/*-", reason: "the state before the last account" },
  { pattern: "tmp/*", reason: "temporary" },
  { pattern: "var/tmp/*", reason: "temporary" },
  { pattern: "root/.cache", reason: "a cache" },
  { pattern: "root/.*_history", reason: "what was typed" },
  { pattern: "root/.wget-hsts", reason: "what was fetched, and when" },
];
