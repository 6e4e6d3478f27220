// One blob into a repository: mounted from a neighbour, in one request where it is small, else streamed. After a cut the
// registry is asked how much it has, and the rest is sent. What fails leaves no blob.
import { AppError } from "../error.ts";
import { damaged } from "./content.ts";
import { Cursor } from "./cursor.ts";
import { complaintIn } from "./failure.ts";
import { backOff, isPassing, isPassingFailure, TRIES } from "./patience.ts";
import type { Answer, Ask, Session } from "./session.ts";
import type { Content } from "./store.ts";

/** Bytes up to which a blob goes in one request with its digest. */
const SMALL = 4 * 1024 * 1024;

/**
 * Bytes of one request once something went wrong. The first try sends all at once, as docker does and every registry
 * takes; a proxy that limits bodies, or a network that drops connections, then costs at most one piece again.
 */
const PIECE = 8 * 1024 * 1024;

export interface UploadRequest {
  readonly session: Session;
  readonly content: Content;
  /** A repository of the same registry. */
  readonly from: string | undefined;
  readonly onBytes: (done: number) => void;
}

/** Throws `registry-failed`, or `image-damaged` where the bytes do not fit the digest. */
export async function upload(request: UploadRequest): Promise<"mounted" | "written"> {
  const made = new Upload(request);
  try {
    return await made.run();
  } catch (cause) {
    await made.cancel();
    throw cause;
  } finally {
    await made.close();
  }
}

/** Why a try came to nothing, where another may do better. */
interface Setback {
  readonly failure: unknown;
  /** Waits before the next try. */
  readonly pause: () => Promise<void>;
}

class Upload {
  readonly #session: Session;
  readonly #content: Content;
  readonly #from: string | undefined;
  readonly #source: Cursor;
  /** Where the registry takes the rest; null: an upload is yet to begin. */
  #at: URL | null = null;
  #offset = 0;
  #piece = Infinity;

  constructor({ session, content, from, onBytes }: UploadRequest) {
    this.#session = session;
    this.#content = content;
    this.#from = from;
    this.#source = new Cursor(content, session.name, onBytes);
  }

  async run(): Promise<"mounted" | "written"> {
    for (let attempt = 1; ; attempt++) {
      const before = this.#offset;
      const outcome = await this.#go(attempt).catch((cause: unknown) => this.#dropped(cause, attempt));
      if (typeof outcome === "string") return outcome;
      if (attempt === TRIES) throw outcome.failure;
      await outcome.pause();
      if (await this.#session.hasBlob(this.#content.digest)) return "written"; // the answer alone was lost
      await this.#askOffset();
      this.#piece = Math.min(this.#piece, PIECE);
      if (this.#offset > before) attempt = 0; // it does get on
    }
  }

  /** Best effort: the registry would drop it in time. */
  async cancel(): Promise<void> {
    if (this.#at === null || this.#session.options.signal?.aborted === true) return;
    const ask: Ask = { method: "DELETE", at: this.#at, access: "push" };
    await this.#session.attempt(ask).then(
      (answer) => answer.discard(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #go(attempt: number): Promise<"mounted" | "written" | Setback> {
    const { digest, size } = this.#content;
    if (this.#at === null) {
      const answer = await this.#begin(attempt);
      if (answer.status === 201) return "mounted";
      this.#at = locationOf(answer, this.#session);
      this.#offset = 0;
    }
    while (size > SMALL && this.#offset < size) {
      const end = Math.min(size, this.#offset + this.#piece);
      const ask = this.#askWith(this.#at, "PATCH", this.#offset, end);
      const answer = await this.#session.attempt(ask);
      if (![201, 202, 204].includes(answer.status)) return await this.#judge(ask, answer, attempt);
      if (answer.header("location") !== null) this.#at = locationOf(answer, this.#session);
      this.#offset = end;
      await answer.discard();
    }
    const last = new URL(this.#at);
    last.searchParams.set("digest", digest);
    const ask = this.#askWith(last, "PUT", this.#offset, size);
    const answer = await this.#session.attempt(ask);
    if (answer.status !== 201 && answer.status !== 204) return await this.#judge(ask, answer, attempt);
    await answer.discard();
    this.#at = null;
    return "written";
  }

  async #begin(attempt: number): Promise<Answer> {
    const { digest } = this.#content;
    const uploads = `/v2/${this.#session.options.repository}/blobs/uploads/`;
    const mount = this.#from !== undefined && attempt === 1 ? this.#from : undefined;
    const query = mount === undefined ? "" : `?mount=${digest}&from=${mount}`;
    const answer = await this.#session.request(
      { method: "POST", at: `${uploads}${query}`, access: "push", from: mount },
      [201, 202],
    );
    await answer.discard();
    return answer;
  }

  #askWith(at: URL, method: "PATCH" | "PUT", start: number, end: number): Ask {
    // As docker, no Content-Range where all goes at once: some registries refuse it there.
    const isPiece = method === "PATCH" && (start > 0 || end < this.#content.size);
    const headers = {
      ...(start === end ? {} : { "Content-Type": "application/octet-stream" }),
      ...(isPiece ? { "Content-Range": `${start}-${end - 1}` } : {}),
    };
    return { method, at, access: "push", headers, body: this.#source.range(start, end) };
  }

  #dropped(cause: unknown, attempt: number): Setback {
    const failure = this.#session.phrased(cause, attempt);
    if (!isPassingFailure(cause)) throw failure;
    return { failure, pause: () => this.#session.options.wait(backOff(attempt, this.#content.digest)) };
  }

  async #judge(ask: Ask, answer: Answer, attempt: number): Promise<Setback> {
    const complaint = await complaintIn(answer);
    const failure = await this.#session.refused(ask, answer, attempt, complaint);
    const size = ask.body?.size ?? 0;
    if (answer.status === 413 && size > PIECE) return { failure, pause: async () => undefined };
    if (isPassing(answer.status)) return { failure, pause: () => this.#session.pause(ask, answer, attempt) };
    const isLost = answer.status === 404 || answer.status === 416 || complaint.code === "BLOB_UPLOAD_INVALID";
    const isOther = complaint.code === "DIGEST_INVALID";
    if ((!isLost && !isOther) || attempt > 1) throw isOther ? this.#changed() : failure;
    this.#at = null; // begun anew, once
    return { failure, pause: async () => undefined };
  }

  #changed(): AppError {
    return damaged(this.#session.name, this.#content.digest, "other bytes arrived there than were sent");
  }

  /** How much the registry has; an upload that it does not know any more is begun anew. */
  async #askOffset(): Promise<void> {
    if (this.#content.size <= SMALL) this.#at = null; // cheaper than to ask
    if (this.#at === null) return;
    const ask: Ask = { method: "GET", at: this.#at, access: "push" };
    const answer = await this.#session.request(ask, [200, 204, 400, 404, 405, 416]);
    await answer.discard();
    const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.header("range") ?? "")?.[1];
    const isKnown = answer.status === 204 || answer.status === 200;
    this.#offset = !isKnown || last === undefined || last === "0" ? 0 : Number(last) + 1; // 0-0: docker-registry's nothing
    if (!isKnown || this.#offset > this.#content.size) this.#at = null;
    else if (answer.header("location") !== null) this.#at = locationOf(answer, this.#session);
  }
}

function locationOf(answer: Answer, session: Session): URL {
  const location = answer.header("location");
  if (location !== null && URL.canParse(location, answer.url.href)) return new URL(location, answer.url);
  const { host } = session.options;
  throw new AppError("registry-failed", `${host} takes an upload and does not say where to send it`, {
    hint: `is it a registry? curl -sS https://${host}/v2/`,
    data: { host },
  });
}
