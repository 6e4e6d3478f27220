// `morello init`: shows what was detected, and writes it down when asked to.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE } from "../config/default.ts";
import { AppError } from "../error.ts";
import type { Line } from "../wire/line.ts";
import type { InitOutcome } from "../wire/outcome.ts";
import { publishLogs } from "./recording/publish-logs.ts";
import { historyOf, linesOf, withWorkspace, type Deps } from "./workspace.ts";

/** Throws `usage` if there is a configuration already, `bare-repository` if there is nowhere to write it. */
export function init(deps: Deps, { write }: { readonly write: boolean }): Promise<InitOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const { repository, main, configuredAt } = workspace;
    const lines = linesOf(workspace, await historyOf(workspace, []));
    const file = repository.workTree === null ? null : join(repository.workTree, CONFIG_FILE);
    const inWorkTree = file !== null && existsSync(file) ? file : null;
    const existing = inWorkTree ?? (configuredAt !== null && main !== null ? `${main.name}:${CONFIG_FILE}` : null);
    const text = configurationText(
      main?.name ?? null,
      workspace.detected.map(({ name, pattern }) => ({ name, pattern })),
      lines,
    );
    if (!write) return { kind: "init", main: main?.name ?? null, lines, text, written: null, existing, published: [] };
    if (existing !== null) {
      throw new AppError("usage", `${existing} exists, and is not overwritten`, {
        hint: "edit it; morello init shows what is detected",
      });
    }
    if (file === null)
      throw new AppError("bare-repository", "Cannot write morello.yaml: the repository is bare", {
        hint: "run it in a clone, and push the file",
      });
    try {
      writeFileSync(file, text, { flag: "wx" });
    } catch (cause) {
      throw new AppError("repository-read-only", `Cannot write ${file}`, {
        cause,
        hint: "check who owns the directory",
      });
    }
    const published = await publishLogs(workspace);
    return { kind: "init", main: main?.name ?? null, lines, text, written: file, existing: null, published };
  });
}

/** What was detected as a morello.yaml: correct as it stands, and mostly comments, since everything has a default. */
function configurationText(
  main: string | null,
  detected: readonly { name: string; pattern: string }[],
  lines: readonly Line[],
): string {
  const quote = (text: string): string => JSON.stringify(text);
  const out = [
    "# Morello's configuration. Everything has a default; what stands here was detected.",
    "# It is read from the default branch: commit it there.",
    ...(main === null ? ["# main: main"] : [`main: ${quote(main)}`]),
    "",
    "# Records of what landed are branches, morello-ledger/<line>, and are pushed with their lines.",
    "ledger:",
    "  publish: true",
    "",
  ];
  const patterns = new Map<string, { lines: Line[] }>();
  for (const line of lines) {
    const pattern = detected.find(({ name }) => name === line.name)?.pattern ?? line.name;
    const key = /^[^<>]+$/.test(pattern) ? pattern : line.name;
    patterns.set(key, { lines: [...(patterns.get(key)?.lines ?? []), line] });
  }
  if (patterns.size === 0) out.push("# lines:", '#   - pattern: "release/*"');
  else out.push("lines:");
  for (const [pattern, { lines: matched }] of patterns) {
    const names = matched.map(
      ({ name, lastTag, maintenance }) =>
        `${name}${lastTag === null ? "" : ` (${lastTag})`}${maintenance.maintained ? "" : " idle"}`,
    );
    for (let at = 0; at < names.length; at += 4) out.push(`  # ${names.slice(at, at + 4).join(", ")}`);
    out.push(`  - pattern: ${quote(pattern)}`);
    const prefixes = new Set(matched.map(({ tagPrefix }) => tagPrefix));
    const [prefix] = prefixes;
    if (prefixes.size === 1 && prefix !== undefined) out.push(`    tagPrefix: ${quote(prefix)}`);
    out.push('    # owners: ["@org/release"]', "    # confirm: each", "    # verify: make test");
  }
  return `${out.join("\n")}\n`;
}
