// Pushes that a guard must refuse, and some that it must not: refnames, and what they would hold, by the marks of one
// history. Tests of the judgement read them as values; tests of the transports push them.
import { history, type History } from "./history.ts";

/** What is pushed: a mark of `guardedHistory`, `tag:<name>` for a tag object of it, a tree or a blob; null deletes. */
export type Pushed = string | null;

export interface PushCase {
  readonly name: string;
  readonly refname: string;
  /** What the server holds there. */
  readonly from: Pushed;
  readonly to: Pushed;
  /** Whether `to` holds all of `from`. Default: it does. */
  readonly fastForward?: boolean;
  /** For a release tag: whether its commit is on its line. Default: it is. */
  readonly onLine?: boolean;
}

export interface Attack extends PushCase {
  /** The rule that refuses it. */
  readonly rule: string;
}

/** Refs of the server, by full name. The others of the history are the pusher's alone. */
export const SERVER: Readonly<Record<string, string>> = {
  "refs/heads/main": "fix",
  "refs/heads/release/v2.7": "line27",
  "refs/heads/release/v2.8": "line28",
  "refs/heads/1.x": "line1",
  "refs/heads/topic/leak": "topic",
  "refs/heads/morello-ledger/release/v2.7": "log2",
  "refs/morello/ledger/release/v2.8": "log2",
  "refs/heads/morello-trust": "log2",
  "refs/tags/v2.7.0": "tag:v2.7.0",
  "refs/tags/v2.8.0": "tag:v2.8.0",
  "refs/tags/v1.9.0": "line1",
  "refs/tags/nightly": "base",
};

/** Symbolic refs of the server. */
export const SYMBOLIC: Readonly<Record<string, string>> = { "refs/heads/stable": "refs/heads/release/v2.8" };

/** Everything that is on the server or is pushed to it. */
export function guardedHistory(): History {
  const story = history();
  story.commit("base", { files: { "src/a.txt": "1\n2\n3\n", "src/b.txt": "b\n" } });
  story.branch("1.x", "base").commit("line1", { files: { VERSION: "1.9.0\n" } });
  story.branch("release/v2.7", "base").commit("before27", { files: { NOTES: "2.7\n" } });
  story.commit("line27", { files: { VERSION: "2.7.0\n" } });
  story.annotatedTag("v2.7.0", { at: "line27" });
  story.checkout("main").commit("feat", { message: "feat: more\n", files: { "src/c.txt": "c\n" } });
  story.branch("release/v2.8", "feat").commit("line28", { files: { VERSION: "2.8.0\n" } });
  story.annotatedTag("v2.8.0", { at: "line28" });
  story.checkout("main").commit("fix", { message: "fix: leak\n", files: { "src/a.txt": "1\ntwo\n3\n" } });
  story.branch("topic/leak", "fix").commit("topic", { message: "fix: more of it\n", files: { "src/b.txt": "bb\n" } });
  story.branch("next27", "line27").commit("next27", { message: "fix: on the line\n", files: { "src/b.txt": "b2\n" } });
  story.branch("next28", "line28").commit("next28", { message: "fix: on the line\n", files: { "src/b.txt": "b3\n" } });
  story.branch("amended27", "before27").commit("amended27", { files: { VERSION: "2.7.0 \n" } });
  story.branch("side", "base").commit("side", { files: { "src/evil.txt": "evil\n" } });
  story.orphan("unrelated").commit("unrelated", { files: { "src/evil.txt": "evil\n" } });
  story
    .orphan("log")
    .commit("log1", { files: { "records/1": "1\n" } })
    .commit("log2", { files: { "records/2": "2\n" } });
  story.branch("forked", "log1").commit("forked", { files: { "records/2": "another\n" } });
  story.annotatedTag("v2.7.1", { at: "next27" });
  story.annotatedTag("v2.7.2", { at: "side" });
  story.annotatedTag("v2.8.1", { at: "next27" });
  return story;
}

const line = (name: string, refname: string, from: Pushed, to: Pushed, rule: string): Attack => {
  return { name, refname, from, to, rule, fastForward: false };
};
const made = (name: string, refname: string, to: string, rule: string): Attack => ({
  name,
  refname,
  from: null,
  to,
  rule,
});

const V27 = "refs/heads/release/v2.7";
const ID = "1234567890abcdef1234567890abcdef12345678";

export const ATTACKS: readonly Attack[] = [
  line("a line deleted", V27, "line27", null, "line-deleted"),
  line("another line deleted", "refs/heads/release/v2.8", "line28", null, "line-deleted"),
  line("a line named by a wildcard deleted", "refs/heads/1.x", "line1", null, "line-deleted"),
  line("a line deleted by its symbolic name", "refs/heads/stable", "line28", null, "line-deleted"),
  line("a line rewound to its parent", V27, "line27", "before27", "line-rewound"),
  line("a line rewound to its first commit", V27, "line27", "base", "line-rewound"),
  line("the tip of a line amended", V27, "line27", "amended27", "line-rewound"),
  line("a line moved to a side branch", V27, "line27", "side", "line-rewound"),
  line("a line moved to main", V27, "line27", "fix", "line-rewound"),
  line("a line moved to a history without a common commit", V27, "line27", "unrelated", "line-rewound"),
  line("a line moved to another line", "refs/heads/release/v2.8", "line28", "next27", "line-rewound"),
  line("a line named by a wildcard rewound", "refs/heads/1.x", "line1", "base", "line-rewound"),
  line("a line rewound by its symbolic name", "refs/heads/stable", "line28", "feat", "line-rewound"),
  line("main deleted", "refs/heads/main", "fix", null, "main-deleted"),
  line("main rewound", "refs/heads/main", "fix", "feat", "main-rewound"),
  line("main moved to a history without a common commit", "refs/heads/main", "fix", "unrelated", "main-rewound"),

  line("a release deleted", "refs/tags/v2.7.0", "tag:v2.7.0", null, "release-deleted"),
  line("a lightweight release deleted", "refs/tags/v1.9.0", "line1", null, "release-deleted"),
  line("a release moved to a newer commit", "refs/tags/v2.7.0", "tag:v2.7.0", "next27", "release-moved"),
  line("a release moved to an evil commit", "refs/tags/v2.7.0", "tag:v2.7.0", "side", "release-moved"),
  line("a release moved to another tag object", "refs/tags/v2.7.0", "tag:v2.7.0", "tag:v2.7.1", "release-moved"),
  line("a release stripped of its tag object", "refs/tags/v2.7.0", "tag:v2.7.0", "line27", "release-moved"),
  line("a lightweight release moved", "refs/tags/v1.9.0", "line1", "base", "release-moved"),
  {
    ...made("a release of a commit that its line has not", "refs/tags/v2.7.2", "side", "release-astray"),
    onLine: false,
  },
  {
    ...made("an annotated release that its line has not", "refs/tags/v2.7.2", "tag:v2.7.2", "release-astray"),
    onLine: false,
  },
  { ...made("a release of a commit of main", "refs/tags/v2.7.3", "fix", "release-astray"), onLine: false },
  { ...made("a release of another line's commit", "refs/tags/v2.8.1", "tag:v2.8.1", "release-astray"), onLine: false },
  {
    ...made("a pre-release of a commit that its line has not", "refs/tags/v2.7.2-rc.1", "side", "release-astray"),
    onLine: false,
  },
  {
    ...made("a release of an open line that neither it nor main has", "refs/tags/v1.9.1", "side", "release-astray"),
    onLine: false,
  },
  made("a release of a tree", "refs/tags/v2.7.4", "tree:line27", "release-target"),
  made("a release of a file", "refs/tags/v2.7.4", "blob:line27", "release-target"),
  made("an old release's tag object under a new name", "refs/tags/v2.7.4", "tag:v2.7.0", "release-name"),
  made("a release's tag object of another line", "refs/tags/v2.7.5", "tag:v2.8.0", "release-name"),

  made("a tag that shadows a line", "refs/tags/release/v2.7", "side", "shadow"),
  made("a tag that shadows another line", "refs/tags/1.x", "side", "shadow"),
  made("an annotated tag that shadows a line", "refs/tags/release/v2.8", "tag:v2.7.2", "shadow"),
  made("a tag that shadows main", "refs/tags/main", "side", "shadow"),
  made("a tag that shadows any branch", "refs/tags/topic/leak", "side", "shadow"),
  made("a tag that shadows a ledger", "refs/tags/morello-ledger/release/v2.7", "side", "shadow"),
  made("a tag named HEAD", "refs/tags/HEAD", "side", "shadow"),
  made("a tag named FETCH_HEAD", "refs/tags/FETCH_HEAD", "side", "shadow"),
  made("a tag named as a branch in full", "refs/tags/refs/heads/main", "side", "shadow"),
  made("a tag named as half of a branch's name", "refs/tags/heads/release/v2.7", "side", "shadow"),
  made("a tag that looks like an option", "refs/tags/-f", "side", "shadow"),
  made("a tag that looks like an object ID", `refs/tags/${ID}`, "side", "shadow"),
  made("a tag that is a line but for case", "refs/tags/Release/v2.7", "side", "shadow"),
  made("a branch named as a branch in full", "refs/heads/refs/heads/release/v2.7", "side", "shadow"),
  made("a branch named as a tag in full", "refs/heads/refs/tags/v2.7.0", "side", "shadow"),
  made("a branch named as half of a branch's name", "refs/heads/heads/main", "side", "shadow"),
  made("a branch named as half of a tag's name", "refs/heads/tags/v2.7.0", "side", "shadow"),
  made("a branch named as a remote's in full", "refs/heads/remotes/origin/main", "side", "shadow"),
  made("a branch named as where a line stands in clones", "refs/heads/origin/release/v2.7", "side", "shadow"),
  made("a branch named as where main stands in clones", "refs/heads/origin/main", "side", "shadow"),
  made("a branch named HEAD", "refs/heads/HEAD", "side", "shadow"),
  made("a branch named ORIG_HEAD", "refs/heads/ORIG_HEAD", "side", "shadow"),
  made("a branch named @", "refs/heads/@", "side", "shadow"),
  made("a branch named as a release that is there", "refs/heads/v2.7.0", "side", "shadow"),
  made("a branch named as the next release", "refs/heads/v2.7.1", "side", "shadow"),
  made("a branch named as the next pre-release", "refs/heads/v2.8.1-rc.1", "side", "shadow"),
  made("a branch that looks like an option", "refs/heads/--upload-pack=evil", "side", "shadow"),
  made("a branch that looks like an object ID", `refs/heads/${ID}`, "side", "shadow"),
  made("a branch that is a line but for case", "refs/heads/Release/V2.7", "side", "shadow"),
  made("a branch that is main but for case", "refs/heads/MAIN", "side", "shadow"),
  made("a branch that is a line but for a space that nobody sees", "refs/heads/release/v2.7\u200b", "side", "shadow"),
  made("a branch that is a line but for a mark that turns text", "refs/heads/release/\u202ev2.7", "side", "shadow"),
  made("a branch that is main in wide letters", "refs/heads/ｍａｉｎ", "side", "shadow"),
  made("a ref beside branches and tags that shadows a line", "refs/release/v2.7", "side", "shadow"),

  made("what looks like a remote's main branch", "refs/remotes/origin/main", "side", "remote-ref"),
  made("what looks like a remote's line", "refs/remotes/origin/release/v2.7", "side", "remote-ref"),
  made("what looks like a remote's HEAD", "refs/remotes/evil/HEAD", "side", "remote-ref"),
  made("a replacement of a line's commit", "refs/replace/line27", "side", "replacement"),
  made("a replacement of the first commit", "refs/replace/base", "unrelated", "replacement"),

  line("a published ledger deleted", "refs/heads/morello-ledger/release/v2.7", "log2", null, "log-deleted"),
  line("a published ledger rewound", "refs/heads/morello-ledger/release/v2.7", "log2", "log1", "log-rewound"),
  line("a published ledger forked", "refs/heads/morello-ledger/release/v2.7", "log2", "forked", "log-rewound"),
  line("a ledger deleted", "refs/morello/ledger/release/v2.8", "log2", null, "log-deleted"),
  line("a ledger rewound", "refs/morello/ledger/release/v2.8", "log2", "log1", "log-rewound"),
  line("the log of keys deleted", "refs/heads/morello-trust", "log2", null, "log-deleted"),
  line("the log of keys rewound", "refs/heads/morello-trust", "log2", "log1", "log-rewound"),
];

/** Refs move as they may; what they would hold is refused. */
export const CONTENT_ATTACKS: readonly Attack[] = [
  { ...made("a line with conflict markers", V27, "markers27", "markers"), from: "line27" },
  { ...made("a pick of a commit that is nowhere", V27, "nowhere27", "unreachable-source"), from: "line27" },
  { ...made("a pick of another commit than it says", V27, "lie27", "x-line-lies"), from: "line27" },
  { ...made("a lie below an honest commit", V27, "above27", "x-line-lies"), from: "line27" },
  { ...made("a line made with a lie on it", "refs/heads/release/v2.9", "lie29", "x-line-lies") },
  { ...made("what is no ledger, as a line's", "refs/morello/ledger/release/v2.7", "log1", "log-forked") },
  {
    ...made(
      "what is no ledger, as that of a line without",
      "refs/heads/morello-ledger/1.x",
      "log1",
      "ledger-unreadable",
    ),
  },
  { ...made("a ledger of no line", "refs/morello/ledger/release/v3.0", "log1", "log-without-line") },
];

/** What such attacks push: messages name commits by their object IDs, which are known when they are written. */
export function addContents(story: History, oid: (mark: string) => string): void {
  const claim = (id: string): string => `fix: leak\n\n(cherry picked from commit ${id})\n`;
  const conflict = "1\n<<<<<<< ours\n2\n=======\ntwo\n>>>>>>> theirs\n3\n";
  story.branch("push/a", "line27").commit("markers27", { message: "fix: leak\n", files: { "src/a.txt": conflict } });
  story
    .branch("push/b", "line27")
    .commit("nowhere27", { message: claim("12".repeat(20)), files: { "src/d.txt": "d\n" } });
  story.branch("push/c", "line27").commit("lie27", { message: claim(oid("fix")), files: { "src/evil.txt": "evil\n" } });
  story.commit("above27", { message: "fix: honest\n", files: { "src/d.txt": "d\n" } });
  story.branch("push/d", "fix").commit("lie29", { message: claim(oid("line1")), files: { "src/evil.txt": "evil\n" } });
}

/** Each goes through, in this order; what one pushes is there for the next. */
export const HONEST: readonly PushCase[] = [
  { name: "a topic branch", refname: "refs/heads/topic/new", from: null, to: "side" },
  {
    name: "a topic branch, rewritten",
    refname: "refs/heads/topic/leak",
    from: "topic",
    to: "side",
    fastForward: false,
  },
  { name: "a topic branch, deleted", refname: "refs/heads/topic/new", from: "side", to: null },
  { name: "a commit on main", refname: "refs/heads/main", from: "fix", to: "topic" },
  { name: "a commit on a line", refname: V27, from: "line27", to: "next27" },
  { name: "a commit on a line by its symbolic name", refname: "refs/heads/stable", from: "line28", to: "next28" },
  { name: "an annotated release of what is on its line", refname: "refs/tags/v2.7.1", from: null, to: "tag:v2.7.1" },
  { name: "a lightweight release", refname: "refs/tags/v2.8.1", from: null, to: "next28" },
  { name: "a release of an open line that main has", refname: "refs/tags/v1.9.2", from: null, to: "base" },
  {
    name: "a tag that is no release, moved",
    refname: "refs/tags/nightly",
    from: "base",
    to: "fix",
    fastForward: false,
  },
  { name: "a line that is made", refname: "refs/heads/release/v2.9", from: null, to: "fix" },
  { name: "notes", refname: "refs/notes/commits", from: null, to: "log1" },
];
