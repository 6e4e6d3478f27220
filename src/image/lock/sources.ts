// What a base says of its system -> where its packages come from, unless morello.yaml says so itself.
import { AppError } from "../../error.ts";

export interface System {
  /** `debian`, `ubuntu` */
  readonly distribution: string;
  /** `bookworm`, `noble` */
  readonly codename: string;
}

/** Of /etc/os-release; null: neither Debian nor Ubuntu. */
export function systemOf(osRelease: string): System | null {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  const [distribution, codename] = [value("ID"), value("VERSION_CODENAME")];
  return ["debian", "ubuntu"].includes(distribution) && codename !== "" ? { distribution, codename } : null;
}

const SNAPSHOT = "http://snapshot.debian.org/archive";

/** Lines of sources.list: the release, its updates, its security fixes. `snapshot`: a day or a time, Debian's alone. */
export function defaultSources(
  { distribution, codename }: System,
  architecture: string,
  snapshot: string | null,
): string[] {
  if (distribution === "debian") {
    const at = snapshot === null ? null : stamp(snapshot);
    const [main, security] =
      at === null
        ? ["http://deb.debian.org/debian", "http://deb.debian.org/debian-security"]
        : [`${SNAPSHOT}/debian/${at}`, `${SNAPSHOT}/debian-security/${at}`];
    return [
      `deb ${main} ${codename} main`,
      `deb ${main} ${codename}-updates main`,
      `deb ${security} ${codename}-security main`,
    ];
  }
  if (snapshot !== null) {
    throw new AppError("image-spec", `environment.indexes.snapshot is for Debian, and the base is ${distribution}`, {
      hint: "take indexes.snapshot out, or name a snapshot's URL in indexes.apt",
    });
  }
  const site = architecture === "amd64" ? "http://archive.ubuntu.com/ubuntu" : "http://ports.ubuntu.com/ubuntu-ports";
  return ["", "-updates", "-security"].map((suffix) => `deb ${site} ${codename}${suffix} main universe`);
}

/** `20261101T000000Z` */
function stamp(snapshot: string): string {
  return snapshot.includes("-") ? `${snapshot.replaceAll("-", "")}T000000Z` : snapshot;
}
