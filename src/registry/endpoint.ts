// A registry's host -> where it is spoken to, and over what. TLS everywhere; without it only where the bytes stay on the
// machine, or where the user has said so.
import type { Environment } from "../git/environment.ts";
import { DEFAULT_HOST } from "../oci/reference.ts";

/** Hosts, with port, that need no TLS or no known certificate: separated by commas or white space. */
const INSECURE_VARIABLE = "MORELLO_INSECURE_REGISTRIES";

export interface Endpoints {
  /** In the order in which they are tried. Only the first that answers is used. */
  readonly bases: readonly URL[];
  /** Whether that host may be spoken to without TLS. */
  readonly isPlainAllowed: (host: string) => boolean;
  /** Whether any certificate of that host is taken. */
  readonly isInsecure: (host: string) => boolean;
}

export function endpointsOf(host: string, env: Environment, insecure: readonly string[]): Endpoints {
  const listed = new Set([...insecure, ...(env[INSECURE_VARIABLE] ?? "").split(/[\s,]+/)]);
  const isInsecure = (name: string): boolean => listed.has(name);
  const isPlainAllowed = (name: string): boolean => isLoopback(name) || isInsecure(name);
  const address = host === DEFAULT_HOST ? "registry-1.docker.io" : host;
  const [tls, plain] = [new URL(`https://${address}`), new URL(`http://${address}`)];
  if (isInsecure(host)) return { bases: [tls, plain], isPlainAllowed, isInsecure };
  // A local registry mostly has no TLS, and nobody can listen: the likelier first.
  return { bases: isLoopback(host) ? [plain, tls] : [tls], isPlainAllowed, isInsecure };
}

/** `host` with or without its port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}
