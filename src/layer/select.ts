// The `source` section to a yes or no for each path of the repository: what is included, less what is excluded.
import { isGlob, globMatcher } from "../line/glob.ts";
import { ancestors, pathBytes, type BytePath } from "../object/path.ts";

/** `SourceSection`'s part that matters here. */
export interface Selection {
  /** Paths or patterns; `.` is everything. A pattern that fits a directory takes all that is in it. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

type Test = (path: BytePath) => boolean;

/** The test for one path, in time linear in its length and the patterns. */
export function selects(selection: Selection): Test {
  const included = selection.include.map(matcher);
  const excluded = selection.exclude.map(matcher);
  return (path) => included.some((fits) => fits(path)) && !excluded.some((fits) => fits(path));
}

/** Patterns that fit no path of the tree, in their order: a spec that names them is wrong. */
export function unmatched(patterns: readonly string[], paths: readonly BytePath[]): readonly string[] {
  return patterns.filter((pattern) => !paths.some(matcher(pattern)));
}

/** `*` stays within a name, `**` goes across; anchored at the repository's root. */
function matcher(pattern: string): Test {
  const wanted = pattern.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  if (wanted === "" || wanted === ".") return () => true;
  if (!isGlob(wanted)) {
    const exact = Buffer.from(wanted, "utf8").toString("latin1");
    const below = `${exact}/`;
    return (path) => path === exact || path.startsWith(below);
  }
  const matchers = spellings(wanted).map(globMatcher);
  const fits = (path: BytePath): boolean => {
    const text = pathBytes(path).toString("utf8");
    return matchers.some((matches) => matches(text));
  };
  const directories = new Map<string, boolean>();
  return (path) => {
    const inside = ancestors(path).some((directory) => {
      let known = directories.get(directory);
      if (known === undefined) directories.set(directory, (known = fits(directory)));
      return known;
    });
    return inside || fits(path);
  };
}

// A pattern, and its forms where `**` stands for no directory at all, as in .gitignore: `a/**/b` fits `a/b`.
function spellings(pattern: string): string[] {
  const top = pattern.replace(/^(?:\*\*\/)+/, "");
  const flat = (text: string): string => text.replaceAll("/**/", "/");
  return [...new Set([pattern, top, flat(pattern), flat(top)])];
}
