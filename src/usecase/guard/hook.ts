// The pre-receive hook as a text. Pure.

/** What a hook of the guard's can be told by. */
const MARK = "# morello guard:";

export interface HookScript {
  /** Absolute paths of what runs the guard: node and the program. */
  readonly node: string;
  readonly program: string;
  readonly auditOnly: boolean;
  /** The hook that was there before, and runs after. */
  readonly chained: string;
}

/** What the guard writes to stdout when it lets a push through. */
export const ACCEPTED = "accepted";

/**
 * A sh script. It refuses unless the guard ran and said yes in so many words: a status of 0 is not enough, since a
 * program that is just being replaced, or was cut off by a full disk, can be an empty file, and node runs that well. What
 * git says to the hook is read once, and goes to the guard and then to the hook from before.
 */
export function hookScript({ node, program, auditOnly, chained }: HookScript): string {
  const or = auditOnly ? ":" : "exit 1"; // to report only is to refuse nothing, not even by failing
  return `#!/bin/sh
${MARK} made by \`morello guard install\`, taken away by \`morello guard uninstall\`.
unset NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_V8_COVERAGE
node=${quoted(node)}
program=${quoted(program)}
chained=${quoted(chained)}
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  echo "morello guard: ${auditOnly ? "it" : "refused, since it"} is not where it was installed:" >&2
  echo "  $node $program" >&2
  echo "  whoever runs this server can mend it: morello guard install" >&2
  ${or}
fi
pushed=$(cat) || exit 1
verdict=$(printf '%s\\n' "$pushed" | "$node" "$program" guard receive${auditOnly ? " --audit-only" : ""}) || ${or}
if [ "$verdict" != ${ACCEPTED} ]; then
  [ -n "$verdict" ] || echo "morello guard: ${auditOnly ? "it" : "refused, since it"} gave no answer" >&2
  ${or}
fi
if [ -x "$chained" ]; then
  printf '%s\\n' "$pushed" | "$chained" || exit 1
fi
`;
}

export function isGuardHook(script: string): boolean {
  return script.split("\n", 2)[1]?.startsWith(MARK) === true;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
