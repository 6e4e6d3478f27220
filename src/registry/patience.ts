// How long to wait before a request is made again, and whether at all. Values in, milliseconds out.
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { ConnectionError, type HttpAnswer } from "./http.ts";

/** How often a request is made in all. */
export const TRIES = 5;
/** Milliseconds. A registry that asks for more is told to the user, not sat out. */
export const LONGEST_WAIT = 60_000;
const FIRST_WAIT = 500;

const PASSING = [408, 429, 500, 502, 503, 504];

/** What never gets better by itself within seconds. */
const LASTING = ["ENOTFOUND", "EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER"];

export function isPassing(status: number): boolean {
  return PASSING.includes(status);
}

/** Whether a connection may come about when it is tried again; a certificate that is not trusted will not be. */
export function isPassingFailure(cause: unknown): cause is ConnectionError {
  return cause instanceof ConnectionError && !LASTING.includes(cause.code) && !isCertificateFailure(cause);
}

/** Codes of OpenSSL's verification and of Node's check of the name. Source: Node's documentation of tls, "X509 certificate error codes". */
export function isCertificateFailure({ code }: ConnectionError): boolean {
  return /CERT|UNABLE_TO_|SELF_SIGNED|ERR_TLS_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE/.test(code);
}

/**
 * Doubles from half a second, spread by half of it over processes and requests, so that those who failed together do not
 * come back together. No source of randomness: the machine, the process and what is asked tell them apart.
 */
export function backOff(attempt: number, what: string): number {
  const [first = 0, second = 0] = createHash("sha256")
    .update(`${hostname()} ${process.pid} ${what} ${attempt}`)
    .digest();
  const spread = (first * 256 + second) / 65_536;
  return FIRST_WAIT * 2 ** (attempt - 1) * (0.75 + spread / 2);
}

/** Milliseconds that an answer asks to wait (seconds, or a date that its own `Date` is compared with); null: it does not. */
export function retryAfter(answer: HttpAnswer): number | null {
  const after = answer.header("retry-after");
  if (after === null) return null;
  if (/^\d+$/.test(after)) return Number(after) * 1000;
  const until = Date.parse(after) - Date.parse(answer.header("date") ?? "");
  return Number.isNaN(until) ? null : Math.max(0, until);
}
