// One error type for what a caller can only report. What a caller must decide is returned, never thrown.

/** How an error ends the process; see `EXIT_STATUS`. */
export type ErrorKind = "refused" | "usage" | "external" | "internal";

export const EXIT_STATUS: Readonly<Record<ErrorKind | "done", number>> = {
  done: 0,
  refused: 1,
  usage: 2,
  external: 3,
  internal: 70,
};

/**
 * Every error code, its kind and its one-line meaning. `docs/reference/errors.md` is generated from
 * this table; recognise errors by code, never by text.
 */
export const ERROR_CODES = {
  "apply-refused": ["refused", "A plan or pick cannot be applied as things stand; nothing was moved."],
  "line-busy": ["refused", "Another run is working on the same release line."],
  "worktree-busy": ["refused", "The target branch is checked out in a work tree that must not be disturbed."],
  "resolution-incomplete": ["refused", "The work tree of a resolution is not ready to be continued."],
  "nothing-to-do": ["refused", "There is no run, resolution or conflict that this verb could act on."],
  "consent-needed": ["refused", "A question needs an answer, and nobody is there to give it."],
  "verify-failed": [
    "refused",
    "The line's verify command did not pass on what the line would hold; nothing was moved.",
  ],
  "policy-refused": ["refused", "What would land violates the line's policy; nothing was moved."],
  "ledger-broken": ["refused", "A ledger does not hold together, so nothing is written to it."],
  "image-refused": ["refused", "An image cannot be made or published as things stand; nothing was."],
  "workbench-busy": ["refused", "Another run is upgrading the same workbench."],
  "push-rejected": ["refused", "The remote refused the push; its refs are as they were."],

  "usage": ["usage", "The command line is wrong."],
  "not-a-repository": ["usage", "The directory is not inside a git repository."],
  "unknown-revision": ["usage", "A revision names no commit."],
  "unknown-line": ["usage", "A name or pattern matches no release line."],
  "no-lines": ["usage", "The repository has no release line."],
  "config-invalid": ["usage", "morello.yaml does not fit its schema."],
  "plan-invalid": ["usage", "A plan file cannot be read."],
  "image-reference": ["usage", "An image's name, tag or digest cannot be read, or is wanted and not given."],
  "image-spec": ["usage", "morello.yaml asks for an image that cannot be, or has no image section."],
  "lock-invalid": ["usage", "morello.lock is missing, cannot be read, or does not fit morello.yaml."],
  "probe-manifest": ["usage", "A file of probes cannot be read, or does not fit its schema."],
  "unknown-key": ["usage", "A signing key cannot be read, or is not one that the ledger trusts."],
  "forge-unknown": ["usage", "It cannot be told at which forge the remote is."],
  "token-missing": ["usage", "A forge is to be asked, and the environment holds no token for it."],
  "identity-missing": ["usage", "git knows no committer name and email."],
  "bare-repository": ["usage", "The verb needs a work tree, and the repository is bare."],

  "git-missing": ["external", "git is not on the PATH."],
  "git-too-old": ["external", "git is older than the oldest version Morello works with."],
  "git-failed": ["external", "A git command failed."],
  "object-missing": ["external", "The repository lacks an object (partial or damaged clone)."],
  "unsafe-repository": ["external", "git refuses the repository because another user owns it."],
  "repository-read-only": ["external", "The repository cannot be written to."],
  "disk-full": ["external", "There is no space left on the disk."],
  "state-invalid": ["external", "A state file of Morello's under the git directory cannot be read."],
  "signing-failed": ["external", "The signing program failed; nothing was moved."],
  "remote-failed": ["external", "A remote could not be reached."],
  "forge-failed": ["external", "A forge refused a request, or could not answer it."],
  "engine-missing": ["external", "There is no container engine on the PATH."],
  "engine-failed": ["external", "A container engine failed."],
  "registry-failed": ["external", "A registry refused a request, or could not answer it."],
  "image-missing": ["external", "An image, or a part of it, is not where it should be."],
  "image-damaged": ["external", "Bytes of an image do not fit their digest, or an image cannot be read."],

  "internal": ["internal", "A defect in Morello."],
} as const satisfies Record<string, readonly [ErrorKind, string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface AppErrorOptions {
  /** A command that can be pasted, or one sentence that says what to do. */
  readonly hint?: string;
  /** Facts for `--json`; never credentials. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Says what failed; faces add `error:`, the chain of causes and the hint. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code][0];
  }
}

/** Tells whether a thrown value is an `AppError` of that code (any code if none is given). */
export function isAppError(value: unknown, code?: ErrorCode): value is AppError {
  if (!(value instanceof Error) || value.name !== "AppError" || !("code" in value)) return false;
  return code === undefined || value.code === code;
}

/** Marks a place that exhaustive switches never reach. */
export function unreachable(value: never): never {
  throw new AppError("internal", `Unexpected value ${JSON.stringify(value)}`);
}
