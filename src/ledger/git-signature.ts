// Checks the SSH signature that git put into a commit, an annotated tag or a push certificate, from its bytes alone.
// Says whose key signed, never whether that key is trusted. Source: git's commit.c, gpg-interface.c and tag.c.
import type { ObjectFormat } from "../object/hash.ts";
import { BEGIN, verifySshsig, withoutArmour, type BadSignature, type GoodSignature } from "./ssh/sshsig.ts";

const NAMESPACE = "git";
const OTHER_FORMATS = [
  "-----BEGIN PGP SIGNATURE-----",
  "-----BEGIN PGP MESSAGE-----",
  "-----BEGIN SIGNED MESSAGE-----",
];

/** With its lines that begin with a space. Lines end with a line feed and nothing else. */
const SIGNATURE_HEADER = /(?<![^\n])(gpgsig(?:-sha256)?) ([^\n]*\n(?: [^\n]*\n)*)/g;

export type GitSignature =
  /** `payload`: what was signed. */
  | (GoodSignature & { readonly payload: Buffer })
  | BadSignature
  /** OpenPGP or X.509: git can say more. */
  | { readonly kind: "other" }
  | { readonly kind: "unsigned" };

/** `body`: as `git cat-file commit` prints it. `format`: the repository's, which decides the header that holds. */
export function checkCommitSignature(body: Buffer, format: ObjectFormat): GitSignature {
  const { payload, signatures } = withoutHeaders(body);
  const wanted = format === "sha1" ? "gpgsig" : "gpgsig-sha256";
  const [signature, ...more] = signatures.filter(({ header }) => header === wanted);
  if (signature === undefined) return { kind: "unsigned" };
  if (more.length > 0) return { kind: "bad", why: `the commit has ${more.length + 1} signatures` };
  return check(signature.text, payload);
}

/** `body`: as `git cat-file tag` prints it. */
export function checkTagSignature(body: Buffer): GitSignature {
  const at = signatureStart(body);
  if (at === null) return { kind: "unsigned" };
  return check(body.toString("latin1", at), withoutHeaders(body.subarray(0, at)).payload);
}

/** `bytes`: the certificate of a `git push --signed`, as the blob that GIT_PUSH_CERT names holds it. */
export function checkPushCertificate(bytes: Buffer): GitSignature {
  const at = signatureStart(bytes);
  if (at === null) return { kind: "unsigned" };
  return check(bytes.toString("latin1", at), bytes.subarray(0, at));
}

function check(signature: string, payload: Buffer): GitSignature {
  if (OTHER_FORMATS.some((begin) => signature.startsWith(begin))) return { kind: "other" };
  const blob = withoutArmour(signature);
  if (blob === null) return { kind: "bad", why: "the signature is no SSH signature, or is followed by other text" };
  const verified = verifySshsig(blob, payload, NAMESPACE, "not-needed"); // as git: OpenSSH's own commits have none
  return verified.kind === "good" ? { ...verified, payload } : verified;
}

/** Where the last line that begins a signature starts: what git takes for the signature is all from there. */
function signatureStart(bytes: Buffer): number | null {
  const text = bytes.toString("latin1");
  const starts = [BEGIN, ...OTHER_FORMATS].map((begin) => {
    const at = text.lastIndexOf(`\n${begin}`);
    return at < 0 ? -1 : at + 1;
  });
  const last = Math.max(...starts);
  return last < 0 ? null : last;
}

interface Headers {
  /** The object without its signatures: of either object format, since one may be signed for both. */
  readonly payload: Buffer;
  readonly signatures: readonly { readonly header: string; readonly text: string }[];
}

function withoutHeaders(body: Buffer): Headers {
  const text = body.toString("latin1");
  const blank = text.indexOf("\n\n");
  const end = blank < 0 ? text.length : blank + 1;
  const signatures: { header: string; text: string }[] = [];
  const kept = text.slice(0, end).replace(SIGNATURE_HEADER, (_, header: string, value: string) => {
    signatures.push({ header, text: value.replaceAll("\n ", "\n") });
    return "";
  });
  return { payload: Buffer.from(kept + text.slice(end), "latin1"), signatures };
}
