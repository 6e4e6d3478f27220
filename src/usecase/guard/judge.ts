// One update of a push -> what refuses it. Pure: whoever calls has looked at the objects.
import type { ObjectType } from "../../object/hash.ts";
import type { Refusal } from "../../wire/guard.ts";
import type { Role } from "./role.ts";
import type { Update } from "./updates.ts";

/** What the object is that a ref would hold. */
export type Target =
  | { readonly kind: "missing" }
  | { readonly kind: "object"; readonly type: Exclude<ObjectType, "tag"> }
  | {
      readonly kind: "tag";
      /** What the tag calls itself, and what it points at in the end. */
      readonly name: string;
      readonly type: ObjectType;
      /** `none` where nobody asked for it. */
      readonly signature: Signature;
    };

/** `unsure`: the signature is good, and nobody knows the key; or there is nothing that says which keys are known. */
export type Signature =
  | { readonly kind: "none" }
  | { readonly kind: "good"; readonly by: string }
  | { readonly kind: "unsure"; readonly why: string }
  | { readonly kind: "bad"; readonly why: string };

/** What a signed push shows; `nonce` is git's word for whether it is for this server and this moment. */
export interface Certificate {
  readonly nonce: string;
  readonly signature: Signature;
}

export interface UpdateFacts {
  /** What `to` is; null where the push deletes. */
  readonly target: Target | null;
  /** Whether `to` holds all of `from`; true where one of them is not there. */
  readonly fastForward: boolean;
  /** Whether the line reaches the release's commit once the push is through; null for other refs. */
  readonly onLine: boolean | null;
  /** The tag object that the line's ledger keeps for this release; null for other refs, and where it keeps none. */
  readonly released: string | null;
}

export type Finding = Pick<Refusal, "rule" | "message" | "hint">;

/** In the order in which a pusher would mend them. */
export function judgeUpdate(update: Update, role: Role, facts: UpdateFacts): Finding[] {
  switch (role.kind) {
    case "free":
      return [];
    case "replacement":
      return update.to === null
        ? []
        : [finding("replacement", "refs/replace would show other objects than those that were checked", KEEP_HERE)];
    case "remote":
      return update.to === null
        ? []
        : [
            finding(
              "remote-ref",
              "would be taken for what a remote holds",
              "push branches and tags: git push origin BRANCH",
            ),
          ];
    case "shadow":
      return [finding("shadow", role.why, "choose another name")];
    case "main":
    case "line":
    case "log":
      return [...deletion(update, role.kind), ...rewind(update, facts, role.kind)];
    case "release":
      return judgeRelease(update, role, facts);
  }
}

const KEEP_HERE = "keep it in your own repository; git replace -d takes it away";
const NEW_VERSION = "releases stay as they are: make the next version, morello release LINE";

const DELETED = {
  main: ["the default branch is never deleted", "on the server, git symbolic-ref HEAD says which branch it is"],
  line: ["a release line is never deleted", "morello.yaml can close it: lines[].maintained: end-of-life"],
  log: ["a ledger is never deleted", "morello ledger log shows what it holds"],
} as const;

function deletion({ to }: Update, what: keyof typeof DELETED): Finding[] {
  const [message, hint] = DELETED[what];
  return to === null ? [finding(`${what}-deleted`, message, hint)] : [];
}

const REWOUND = {
  main: ["the push would take commits off the default branch", "git pull --rebase, then push again"],
  line: ["the push would take commits off the line", "git fetch, pick again onto what is there, then push"],
  log: ["the push would take records out of the ledger", "git fetch, then run the same morello command again"],
} as const;

function rewind({ from, to }: Update, { fastForward }: UpdateFacts, what: keyof typeof REWOUND): Finding[] {
  if (fastForward || from === null || to === null) return [];
  const [message, hint] = REWOUND[what];
  return [finding(`${what}-rewound`, message, hint)];
}

function judgeRelease({ from, to }: Update, role: Extract<Role, { kind: "release" }>, facts: UpdateFacts): Finding[] {
  if (to === null) return [finding("release-deleted", "a release tag is never deleted", NEW_VERSION)];
  if (from !== null && from !== to) return [finding("release-moved", "a release tag is never moved", NEW_VERSION)];
  const { target, onLine, released } = facts;
  const found: Finding[] = [];
  if (released !== null && released !== to)
    found.push(finding("release-moved", `it was released as ${released.slice(0, 12)}, by the ledger`, NEW_VERSION));
  const type = target?.kind === "object" || target?.kind === "tag" ? target.type : null;
  if (type !== "commit")
    found.push(
      finding(
        "release-target",
        `the tag holds ${type === null ? "nothing" : `a ${type}`}, and a commit is wanted`,
        TAG_AGAIN,
      ),
    );
  if (target?.kind === "tag" && target.name !== role.name)
    found.push(
      finding("release-name", `the tag calls itself ${target.name}, and is pushed as ${role.name}`, TAG_AGAIN),
    );
  if (onLine === false && role.line !== null)
    found.push(
      finding(
        "release-astray",
        `its commit is not on ${role.line.name}`,
        "push the line first, or tag a commit that is on it",
      ),
    );
  return [...found, ...(role.policy.signed ? signature(target) : [])];
}

const TAG_AGAIN = "git tag -d VERSION, then morello release LINE";
const SIGN = "git config user.signingKey KEY, then morello release LINE";

function signature(target: Target | null): Finding[] {
  if (target?.kind !== "tag")
    return [finding("release-lightweight", "policy wants signed releases, and the tag is lightweight", SIGN)];
  switch (target.signature.kind) {
    case "good":
      return [];
    case "none":
      return [finding("release-unsigned", "policy wants signed releases, and the tag is not signed", SIGN)];
    case "unsure":
      return [finding("release-signer", `nobody trusts the key that signed the tag: ${target.signature.why}`, SIGN)];
    case "bad":
      return [finding("release-signature", `the tag's signature does not hold: ${target.signature.why}`, SIGN)];
  }
}

/** The push as a whole, where it moves what is guarded. `required`: pushes must be signed. */
export function judgeCertificate(certificate: Certificate | null, required: boolean): Finding[] {
  if (certificate === null)
    return required ? [finding("push-unsigned", "pushes to what is guarded here are signed", "git push --signed")] : [];
  const { nonce, signature } = certificate;
  switch (signature.kind) {
    case "none":
      return [finding("push-unsigned", "the push certificate is not signed", "git push --signed")];
    case "bad":
      return [finding("push-certificate", `the push certificate does not hold: ${signature.why}`, "git push --signed")];
    case "unsure":
      return [finding("push-signer", `nobody vouches for the key that signed the push: ${signature.why}`, ASK)];
    case "good":
      return nonce === "OK"
        ? []
        : [
            finding(
              "push-replayed",
              `the push certificate is not for this push: its nonce is ${nonce || "missing"}`,
              "git push --signed",
            ),
          ];
  }
}

const ASK = "ask whoever keeps the keys: morello ledger trust, or gpg.ssh.allowedSignersFile on the server";

function finding(rule: string, message: string, hint: string): Finding {
  return { rule, message, hint };
}
