// A registry's possible addresses -> the one that answers, and what it asks of those who come. No login is shown.
import { AppError } from "../error.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { complaintIn, unreachable } from "./failure.ts";
import { ConnectionError, type HttpAnswer } from "./http.ts";
import { backOff, isCertificateFailure, isPassing, isPassingFailure } from "./patience.ts";

export interface Found {
  readonly base: URL;
  readonly challenges: readonly Challenge[];
}

export interface FindRequest {
  readonly host: string;
  /** In the order in which they are tried. */
  readonly bases: readonly URL[];
  readonly get: (url: URL, base: URL) => Promise<HttpAnswer>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** A registry that is down is not waited for long before anything was done. */
const TRIES = 3;

/** Asks `/v2/`, which every registry answers. Throws `registry-failed`. */
export async function findRegistry(request: FindRequest): Promise<Found> {
  for (let attempt = 1; ; attempt++) {
    const failures: unknown[] = [];
    for (const base of request.bases) {
      try {
        return await ask(request, base);
      } catch (cause) {
        failures.push(cause);
      }
    }
    const failure = telling(failures);
    if (!mayPass(failure) || attempt === TRIES) {
      throw failure instanceof ConnectionError ? unreachable(request.host, failure, attempt) : failure;
    }
    await request.wait(backOff(attempt, request.host));
  }
}

async function ask({ host, get }: FindRequest, base: URL): Promise<Found> {
  const answer = await get(new URL("/v2/", base), base);
  if (answer.status === 200 || answer.status === 401) {
    await answer.discard();
    return { base, challenges: parseChallenges(answer.header("www-authenticate") ?? "") };
  }
  const { words } = await complaintIn(answer);
  const said = words === "" ? "" : `: ${words}`;
  throw new AppError("registry-failed", `${host} answers ${answer.status} to GET /v2/${said}`, {
    hint: isPassing(answer.status) ? "run it again later" : "is it a registry? check the name",
    data: { host, status: answer.status },
  });
}

/** Of several ways that failed, what most likely keeps the right one from working. */
function telling(failures: readonly unknown[]): unknown {
  const answered = failures.find((failure) => !(failure instanceof ConnectionError) && !isTlsWanted(failure));
  const untrusted = failures.find((failure) => failure instanceof ConnectionError && isCertificateFailure(failure));
  return answered ?? untrusted ?? failures.find((failure) => failure instanceof ConnectionError) ?? failures[0];
}

/** What speaks TLS alone answers a plain request with 400. */
function isTlsWanted(failure: unknown): boolean {
  return failure instanceof AppError && failure.data["status"] === 400;
}

function mayPass(failure: unknown): boolean {
  return isPassingFailure(failure) || (failure instanceof AppError && isPassing(Number(failure.data["status"])));
}
