// Cases of what commits say: messages, trailers, authors and their encodings.
import type { CherryPickOptions } from "../cherry-pick.ts";
import type { CommitSpec } from "../history.ts";
import { latin1 } from "../tree.ts";
import { forked, type PickCase } from "./case.ts";
import { AUTHOR, COMMITTER } from "../environment.ts";

const SIGNED = "Signed-off-by: Bob <bob@example.com>\n";
const PICKED = `(cherry picked from commit ${"0123456789".repeat(4)})\n`;
const OWN_SIGNOFF = `Signed-off-by: ${COMMITTER.name} <${COMMITTER.email}>\n`;

/** Where `-x` puts its line, and what `--signoff` adds, depends on all of these. */
const MESSAGES: Readonly<Record<string, string | Uint8Array>> = {
  "no trailers": "Subject\n\nA body.\n",
  "subject alone": "Subject\n",
  "subject alone, without newline": "Subject",
  "subject over two lines": "Subject that goes\nover two lines\n",
  "several paragraphs": "Subject\n\nOne paragraph\nof two lines.\n\nAnother.\n\n    indented code\n\nA last one.\n",
  "signed-off block": `Subject\n\nBody.\n\n${SIGNED}`,
  "signed-off block without newline": `Subject\n\nBody.\n\n${SIGNED.trim()}`,
  "signed-off block right after the subject": `Subject\n\n${SIGNED}`,
  "signed off without an empty line": `Subject\n${SIGNED}`,
  "several trailers": `Subject\n\nBody.\n\nFixes: #12\nReviewed-by: R <r@example.com>\n${SIGNED}`,
  "trailers that are not git's": "Subject\n\nBody.\n\nFixes: #12\nChange-Id: I0123\n",
  "a line in the block that is no trailer": `Subject\n\nBody.\n\n${SIGNED}and a remark\n`,
  "a quarter of the block is trailers": `Subject\n\nBody.\n\n${SIGNED}one\ntwo\nthree\n`,
  "less than a quarter of the block is trailers": `Subject\n\nBody.\n\n${SIGNED}one\ntwo\nthree\nfour\nfive\n`,
  "a trailer over two lines": `Subject\n\nBody.\n\nReason: it goes\n on here\n${SIGNED}`,
  "an existing picked line": `Subject\n\nBody.\n\n${PICKED}`,
  "picked line after trailers": `Subject\n\nBody.\n\n${SIGNED}${PICKED}`,
  "two picked lines and trailers between": `Subject\n\nBody.\n\n${PICKED}${SIGNED}${PICKED}`,
  "picked line in the middle of the body": `Subject\n\n${PICKED}\nBody.\n`,
  "the committer's sign-off is there, last": `Subject\n\nBody.\n\n${OWN_SIGNOFF}`,
  "the committer's sign-off is there, not last": `Subject\n\nBody.\n\n${OWN_SIGNOFF}${SIGNED}`,
  "trailers and then a body": `Subject\n\n${SIGNED}\nBody.\n`,
  "a body that ends in a colon": "Subject\n\nThis is how:\n",
  "a body that looks like a trailer": "Subject\n\nNote: this is a sentence.\n",
  "a subject that looks like a trailer": "fix: a subject\n",
  "three dashes": `Subject\n\nBody.\n\n---\nafter\n\n${SIGNED}`,
  "comment-like lines": "Subject\n\n# no comment\nBody.\n#12 is fixed\n",
  "a comment-like subject": "# Subject\n\nBody.\n",
  "comment-like last line after trailers": `Subject\n\n${SIGNED}# remark\n`,
  "scissors": "Subject\n\n# ------------------------ >8 ------------------------\nbelow\n",
  "spaces at line ends and many empty lines": "Subject  \n\n\n\nBody.   \n\t\n\n\n",
  "empty lines in front": "\n\n  Subject\n\nBody.\n",
  "CRLF": "Subject\r\n\r\nBody.\r\n",
  "CRLF with trailers": "Subject\r\n\r\nBody.\r\n\r\nSigned-off-by: Bob <bob@example.com>\r\n",
  "UTF-8": "Été\n\nL’été est là. 日本\n",
  "a byte order mark": "\ufeffSubject\n",
  "control characters": "Subject \x1b[31mred\x1b[0m\n\n\x01\x7f\ttab\n",
  "bytes that are not declared": latin1("Caf\xe9\n\n\xe9t\xe9\n"),
  "very long lines": `${"long ".repeat(2000)}\n\n${"x".repeat(70_000)}\n`,
  "empty": "",
  "white space alone": "  \n\n\t\n",
};

const X: CherryPickOptions = { x: true };

function said(name: string, spec: CommitSpec, options: CherryPickOptions = X, more: Partial<PickCase> = {}): PickCase {
  return forked(name, "clean", { base: { a: "a\n" }, source: { files: { a: "b\n" }, ...spec }, options, ...more });
}

const latin = "ISO-8859-1";

const messages = Object.entries(MESSAGES).flatMap(([name, message]): PickCase[] => [
  said(`message: ${name}; plain`, { message }, {}),
  said(`message: ${name}; -x`, { message }),
  said(`message: ${name}; -x --signoff`, { message }, { x: true, signoff: true }),
]);

const encodings: readonly PickCase[] = [
  said("encoding: ISO-8859-1, accents in message and author", {
    encoding: latin,
    message: latin1("Caf\xe9\n\nL'\xe9t\xe9.\n\nSigned-off-by: Zo\xeb <zoe@example.com>\n"),
    author: { name: latin1("Zo\xeb") },
  }),
  said("encoding: ISO-8859-1, ASCII alone", { encoding: latin, message: "Subject\n" }),
  said("encoding: ISO-8859-1, bytes that are UTF-8", { encoding: latin, message: "Été\n" }),
  said("encoding: Windows-1252", { encoding: "CP1252", message: latin1("\x93quoted\x94 \x80\n") }),
  said("encoding: Shift JIS", { encoding: "SHIFT_JIS", message: latin1("\x93\xfa\x96\x7b\n\nbody\n") }),
  said("encoding: UTF-8 said aloud", { encoding: "UTF-8", message: "Été\n" }),
  said("encoding: utf8 by another name", { encoding: "utf8", message: "Été\n" }),
  said("encoding: UTF-8 said, bytes that are not", { encoding: "UTF-8", message: latin1("Caf\xe9\n") }),
  said("encoding: a name that nobody knows", {
    encoding: "no-such-encoding",
    message: latin1("Caf\xe9\n"),
    author: { name: latin1("Zo\xeb") },
  }),
  said("encoding: bytes that it does not have", { encoding: "US-ASCII", message: latin1("Caf\xe9\n") }),
  said("encoding: undeclared author bytes", { author: { name: latin1("Zo\xeb") }, message: "Subject\n" }),
];

const authors: readonly PickCase[] = [
  said("author: time zone of 45 minutes", { author: { date: "1700000000 +0545" } }),
  said("author: west of the west", { author: { date: "1700000000 -1130" } }),
  said("author: at the epoch", { author: { date: "0 +0000" } }),
  said("author: after 2038", { author: { date: "4102444800 +0100" } }),
  said("author: crud around the name", { author: { name: ' "Dr. J.", ' } }),
  said("author: spaces within the name", { author: { name: "A  B" } }),
  said("author: name in UTF-8", { author: { name: "Zoë 日本" } }),
  said("author: empty email", { author: { email: "" } }),
  said("author: is the committer", { author: { ...AUTHOR, ...COMMITTER } }),
];

const headers: readonly PickCase[] = [
  said("header: signature, dropped", { message: "Subject\n" }, X, {
    rewrite: (raw) =>
      raw.replace("\n\n", "\ngpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n\n"),
  }),
  said("header: unknown ones, dropped", { message: "Subject\n" }, X, {
    rewrite: (raw) => raw.replace("\n\n", "\nx-unknown some value\n and more\nHG:extra data\n\n"),
  }),
  said("header: encoding after a signature", { message: latin1("Caf\xe9\n") }, X, {
    rewrite: (raw) => raw.replace("\n\n", "\ngpgsig none\n encoding UTF-8\nencoding ISO-8859-1\n\n"),
  }),
];

export const MESSAGE_CASES: readonly PickCase[] = [
  ...messages,
  ...encodings,
  ...authors,
  ...headers,
  said("trailers: -x twice over", { message: `Subject\n\n${SIGNED}${PICKED}${PICKED}` }),
];
