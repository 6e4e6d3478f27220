// Subjects without what backports add to them: branch names in brackets, "Backport", pull request numbers.

/** Decorations at the start, taken off as long as one matches. */
const LEADING = [
  /^\[[^\]]{1,40}\][ \t:]*/, // [release/2.0], [backport], [3.11]
  /^\((?:back-?port|cherry-?pick)[^)]{0,40}\)[ \t:]*/i,
  /^(?:auto[- ]?)?back-?port(?:s|ed|ing)?(?:[ \t]+of)?(?:[ \t]+(?:pull[ \t]+request|prs?))?[ \t]*(?:(?:#|gh-)\d+)?(?:[ \t]+on[ \t]+branch[ \t]+\S+)?[ \t]*[:,-]?[ \t]*(?:\([^)]*\)[ \t]*:?[ \t]*)?/i,
  /^cherry[- ]?pick(?:ed)?[ \t]*(?:of|from)?[ \t]*(?:(?:#|gh-)\d+)?[ \t]*[:-]?[ \t]*/i,
  /^\bv?\d+\.(?:\d+|x)(?:\.(?:\d+|x))?[ \t]*(?:back-?port)?[ \t]*:[ \t]*/i, // 1.26.x: …
];

/** Decorations at the end. */
const TRAILING = [
  /[ \t]*\((?:[\w.-]+\/[\w.-]+)?(?:#|gh-)\d+\)$/i,
  /[ \t]*\[[^\]]{1,40}\]$/,
  /[ \t]*\((?:back-?port(?:ed|s)?|cherry[- ]?pick(?:ed)?)[^)]{0,60}\)$/i,
  /[ \t]+(?:#|gh-)\d+$/i,
  /[ \t.]+$/,
];

/** `Backport PR #12 on branch v3.8.x (title)`, as one bot writes it: the title is what stands in brackets. */
const WRAPPED = /^back-?port[^()]{0,80}\((.+)\)$/;

/** Lower case, white space evened out. A subject of decorations only stays as it is. */
export function plainSubject(subject: string): string {
  const whole = subject.replace(/\s+/g, " ").trim().toLowerCase();
  let text = whole;
  for (let before = ""; before !== text;) {
    before = text;
    text = WRAPPED.exec(text)?.[1] ?? text;
    for (const pattern of LEADING) text = text.replace(pattern, "");
    for (const pattern of TRAILING) text = text.replace(pattern, "");
  }
  return text === "" ? whole : text;
}
