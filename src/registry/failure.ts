// What a registry answered, or that it did not -> one error with the registry's own words and what to do.
import { AppError } from "../error.ts";
import { isLoopback } from "./endpoint.ts";
import type { ConnectionError, HttpAnswer } from "./http.ts";
import { isCertificateFailure } from "./patience.ts";

/** The first bytes of an error's body; more are not for people. */
const MOST_SAID = 16 * 1024;

export interface Complaint {
  /** The registry's error code: `MANIFEST_BLOB_UNKNOWN`; empty where it gives none. */
  readonly code: string;
  /** In one line; empty where nothing is said. */
  readonly words: string;
}

/** Reads an error's body: `{"errors":[{"code","message","detail"}]}`, or whatever stands there. */
export async function complaintIn(answer: HttpAnswer): Promise<Complaint> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      parts.push(chunk);
      if ((bytes += chunk.length) > MOST_SAID) break;
    }
  } catch {
    return { code: "", words: "" };
  }
  const text = Buffer.concat(parts).toString("utf8");
  try {
    const { errors, error, details } = JSON.parse(text) as Record<string, unknown>;
    const [first] = Array.isArray(errors) ? (errors as Record<string, unknown>[]) : [];
    const message = oneLine(first?.["message"] ?? details ?? error);
    const detail = first?.["detail"];
    const more = typeof detail === "string" ? detail : detail === undefined ? "" : JSON.stringify(detail);
    return { code: oneLine(first?.["code"]), words: [message, oneLine(more)].filter(Boolean).join(": ") };
  } catch {
    return { code: "", words: text.includes("<") ? "" : oneLine(text) }; // an HTML page is a proxy's
  }
}

function oneLine(value: unknown): string {
  return typeof value === "string"
    ? value
        .replace(/[^\x20-\x7e\u00a0-\uffff]+/g, " ")
        .trim()
        .slice(0, 300)
    : "";
}

export interface Asked {
  readonly host: string;
  readonly repository: string;
  readonly method: string;
  /** Without its query: that may hold a signature. */
  readonly path: string;
  /** Bytes of the body. */
  readonly size: number;
  readonly tries: number;
  /** Whether a login was shown. */
  readonly withLogin: boolean;
}

/** `registry-failed`, or `image-missing` where the registry lacks a part of what a manifest names. */
export function refusal(asked: Asked, status: number, { code, words }: Complaint): AppError {
  const { host, repository, method, path, tries } = asked;
  const said = words === "" ? "" : `: ${words}`;
  const data = { host, repository, method, path, status, code, said: words };
  const fail = (message: string, hint: string): AppError =>
    new AppError("registry-failed", message + said, { hint, data });
  if (code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN") {
    const hint = "something deletes from the repository meanwhile: run it again";
    return new AppError("image-missing", `${host} lacks a part of the image in ${repository}${said}`, { hint, data });
  }
  switch (status) {
    case 401:
      return asked.withLogin
        ? fail(`${host} does not take the login that is kept for it`, `docker login ${host}`)
        : fail(`${host} wants a login for ${repository}`, `docker login ${host}`);
    case 403:
      return fail(
        `${host} does not let this login ${method === "GET" || method === "HEAD" ? "read" : "write"} ${repository}`,
        asked.withLogin ? "ask the registry's owner for the right, or log in as another" : `docker login ${host}`,
      );
    case 404:
      return fail(
        `${host} has no ${repository}, or hides it`,
        "make the repository there, or check its name and the login",
      );
    case 405:
      return fail(`${host} takes no ${method} to ${path}`, "it is read-only, or no registry: check the name");
    case 413:
      return fail(
        `${host}, or a proxy before it, does not take ${asked.size} bytes in one request`,
        "raise the limit of the proxy (nginx: client_max_body_size 0)",
      );
    case 429:
      return fail(`${host} limits how much is asked of it`, "run it again later, or log in: docker login " + host);
    case 507:
      return fail(`${host} has no space left`, "free space in the registry's storage, then run it again");
    default:
      return fail(
        `${host} answers ${status} to ${method} ${path}${tries > 1 ? `, ${tries} times` : ""}`,
        status >= 500 ? "run it again later; the registry's own log says more" : `curl -sS ${urlOf(host)}`,
      );
  }
}

/** A registry that could not be reached, or whose connections do not last. */
export function unreachable(host: string, cause: ConnectionError, tries: number): AppError {
  if (isCertificateFailure(cause)) {
    return new AppError("registry-failed", `The certificate of ${host} is not trusted: ${cause.reason}`, {
      hint: `mkdir -p ~/.config/containers/certs.d/${host} && cp CA.crt ~/.config/containers/certs.d/${host}/ca.crt`,
      data: { host, code: cause.code, kind: "certificate" },
    });
  }
  return new AppError(
    "registry-failed",
    `Cannot reach ${host}: ${cause.reason}${tries > 1 ? `, ${tries} times` : ""}`,
    {
      hint:
        cause.code === "EPROTO" || cause.code === "ERR_SSL_WRONG_VERSION_NUMBER"
          ? `if it is to be trusted without TLS: MORELLO_INSECURE_REGISTRIES=${host}`
          : `curl -sS -o /dev/null -w '%{http_code}\\n' ${urlOf(host)}`,
      data: { host, code: cause.code, tries },
    },
  );
}

/** Where a person can ask by hand. */
function urlOf(host: string): string {
  return `${isLoopback(host) ? "http" : "https"}://${host}/v2/`;
}
