// Whether a message says that its commit is a fix, and by which words.
import { subjectOf } from "../object/text.ts";

export interface FixWords {
  /** Types of Conventional Commits and other words that a fix's subject begins with, in lower case. */
  readonly types: readonly string[];
  /** Keys of trailers that only fixes carry, as `Fixes`. `Cc: stable` is written with its value. */
  readonly trailers: readonly string[];
}

/** What counts where nothing is configured. */
export const FIX_WORDS: FixWords = {
  types: ["fix", "bug", "bugfix", "hotfix", "regression", "security"],
  trailers: ["Fixes", "Cc: stable", "Backport-to"],
};

/** `fix(scope)!: …`, `BUG: …`, `[fix] …`; also after components: `daemon: fix …`, `net/http: fix …`. */
const TYPED = /^\[?([A-Za-z][\w-]*)\]?(?:\([^)]*\))?!?:(?=\s|$)/;
/** Types that say what else a commit is: what follows them is no component. Source: commitlint's conventional config. */
const OTHER_TYPES = /^(?:build|chore|ci|docs?|feat|perf|refactor|revert|style|tests?|maint|enh|rel|dep|bench|typ)$/i;
const COMPONENTS = /^(?:[\w./*-]+(?:,\s*[\w./*-]+)*:\s+)+/;
const FIRST_WORD = /^\[?([A-Za-z]+)\b/;

/** The words that make it a fix, as they stand in the message; null if nothing says so. Reverts are no fixes by name. */
export function fixReason(message: string, { types, trailers }: FixWords): string | null {
  const subject = subjectOf(message);
  const typed = TYPED.exec(subject)?.[1];
  if (typed !== undefined && isOne(types, typed)) return typed;
  const trailer = trailerOf(message, trailers);
  if (trailer !== null) return trailer;
  if (typed !== undefined && OTHER_TYPES.test(typed)) return null;
  const first = FIRST_WORD.exec(subject.replace(COMPONENTS, ""))?.[1];
  return first !== undefined && isOne(types, first) ? first : null;
}

/** A type in any of its forms: fix, fixes, fixed, fixing, bugs. */
function isOne(types: readonly string[], word: string): boolean {
  const lower = word.toLowerCase();
  return types.some((type) => {
    const stem = type.toLowerCase();
    return lower === stem || ["s", "es", "ed", "ing"].some((end) => lower === stem + end);
  });
}

function trailerOf(message: string, trailers: readonly string[]): string | null {
  const body = message.slice(message.indexOf("\n") + 1);
  for (const wanted of trailers) {
    const [key = "", value = ""] = wanted.split(/:\s*/, 2);
    const pattern = new RegExp(`^${escape(key)}:[ \\t]*(.*)$`, "gim");
    for (const [, found = ""] of body.matchAll(pattern)) {
      if (value === "" ? found.trim() !== "" : new RegExp(`\\b${escape(value)}\\b`, "i").test(found))
        return value === "" ? key : `${key}: ${value}`;
    }
  }
  return null;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
