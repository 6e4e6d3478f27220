// Environment -> which authorities a registry's certificate is judged by, and what the client shows. Docker's and podman's
// directories by host, the usual variables, and the system's own bundle. Reads files; trusts nothing that is not there.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { AppError, isAppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";

export interface Trust {
  /** Made once a host: reading some 140 authorities takes 30 ms. */
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** Where systems keep their bundle. Source: Go's crypto/x509, root_linux.go, which docker reads. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Directories with one directory a host in them. Source: docker's and containers' certs.d(5). */
function certificateDirectories(env: Environment): readonly string[] {
  const home = env["HOME"];
  const config = env["XDG_CONFIG_HOME"] ?? (home === undefined ? undefined : join(home, ".config"));
  return [
    ...(config === undefined ? [] : [join(config, "containers/certs.d"), join(config, "docker/certs.d")]),
    "/etc/containers/certs.d",
    "/etc/docker/certs.d",
  ];
}

/** `host` with its port. `insecure`: whatever certificate it shows is taken. Throws `registry-failed`. */
export function trustFor(host: string, insecure: boolean, env: Environment): Trust {
  const directories = certificateDirectories(env).map((directory) => join(directory, host));
  const authorities = directories.flatMap((directory) => filesEnding(directory, ".crt").map((file) => readPem(file)));
  const named = [env["SSL_CERT_FILE"], env["NODE_EXTRA_CA_CERTS"]].flatMap((file) => readIfThere(file ?? "") ?? []);
  const system =
    env["SSL_CERT_FILE"] === undefined ? BUNDLES.flatMap((file) => readIfThere(file) ?? []).slice(0, 1) : [];
  const [certificate] = directories.flatMap((directory) => filesEnding(directory, ".cert"));
  try {
    const secureContext = createSecureContext({
      ca: [...(system.length > 0 ? system : rootCertificates), ...named, ...authorities],
      ...(certificate === undefined
        ? {}
        : { cert: readPem(certificate), key: readPem(certificate.replace(/\.cert$/, ".key")) }),
    });
    return { secureContext, rejectUnauthorized: !insecure };
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError("registry-failed", `The certificates that are kept for ${host} cannot be read`, {
      cause,
      hint: `ls ${directories.join(" ")}`,
      data: { host },
    });
  }
}

function filesEnding(directory: string, end: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(end))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return []; // most hosts have none
  }
}

function readPem(file: string): string {
  const text = readIfThere(file);
  if (text !== null && text.includes("-----BEGIN ")) return text;
  throw new AppError("registry-failed", `${text === null ? "Cannot read" : "There is no PEM certificate in"} ${file}`, {
    hint: `openssl x509 -in '${file}' -noout -subject`,
    data: { file },
  });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
