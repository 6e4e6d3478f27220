// A remote's URL -> which forge it is, where its API answers, and what the repository is called there. Asks nobody.
import { AppError } from "../error.ts";
import { parseRemoteUrl } from "./compare-url.ts";
import type { ForgeKind } from "./port.ts";

export interface ForgePlace {
  readonly kind: ForgeKind;
  /** With its port, if it is not the usual one. */
  readonly host: string;
  /** Without a slash at its end. */
  readonly api: string;
  /** `owner/name`, on GitLab with all groups. */
  readonly project: string;
}

/** Names that the SSH and web addresses of github.com go by. */
const GITHUB = /^(?:(?:www|ssh)\.)?github\.com$/i;
const GITLAB = /^(?:(?:www|altssh)\.)?gitlab\.com$/i;

/**
 * `kind` is what a person or configuration says; null: by the host's name. Throws `forge-unknown`. Only a machine's own
 * loopback address is asked without TLS.
 */
export function forgePlace(url: string, kind: ForgeKind | null): ForgePlace {
  const found = parseRemoteUrl(url);
  if (found === null) {
    throw new AppError("forge-unknown", `The remote is at no forge: ${url} (wanted: an address of GitHub or GitLab)`, {
      hint: "a plain git server is guarded by a hook: morello guard install",
    });
  }
  const host = found.host.toLowerCase();
  const is = kind ?? kindOf(host);
  if (is === null) {
    throw new AppError("forge-unknown", `Cannot tell which forge ${host} is (wanted: GitHub or GitLab)`, {
      hint: "say it: morello protect --forge github",
    });
  }
  const loopback = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host);
  const root = `${loopback && url.startsWith("http://") ? "http" : "https"}://${host}`;
  if (is === "github") {
    const isDotCom = GITHUB.test(host);
    const api = isDotCom
      ? "https://api.github.com"
      : host.endsWith(".ghe.com")
        ? `https://api.${host}`
        : `${root}/api/v3`;
    return { kind: is, host: isDotCom ? "github.com" : host, api, project: found.path };
  }
  const isDotCom = GITLAB.test(host);
  const api = isDotCom ? "https://gitlab.com/api/v4" : `${root}/api/v4`;
  return { kind: is, host: isDotCom ? "gitlab.com" : host, api, project: found.path };
}

function kindOf(host: string): ForgeKind | null {
  if (GITHUB.test(host) || host.endsWith(".ghe.com")) return "github";
  return GITLAB.test(host) || /(^|[.-])gitlab[.-]/.test(host) ? "gitlab" : null;
}
