import { Option } from "commander";
import { wholeNumber, type Verb } from "../verb.ts";

interface Flags {
  readonly fetch: boolean;
  readonly matrix: boolean;
  readonly since: string | null;
  readonly limit: number;
}

export function linesVerb(verb: Verb): Verb {
  return verb
    .description("list the release lines: tip, last tag, distance to main")
    .option("--matrix", "main's fixes down, the maintained lines across: what is where, and what is missing", false)
    .addOption(
      new Option("--since <rev>", "with --matrix: fixes that main has and a tag or revision has not").default(null, ""),
    )
    .addOption(new Option("--limit <n>", "with --matrix: the newest N fixes").argParser(wholeNumber).default(50))
    .option("-f, --fetch", "fetch all remotes first", false)
    .examples("morello lines", "morello lines --matrix --since v2.7.0", "morello lines --fetch --json")
    .does<Flags>(async (session, _operands, { fetch, matrix, since, limit }) => {
      if (matrix) {
        const { runWanted } = await import("../run/find.ts");
        return runWanted(session, { line: [], since, limit, fetch, unaffected: false });
      }
      const [{ listLines }, { renderLines }] = await Promise.all([
        import("../../usecase/list-lines.ts"),
        import("../render/lines.ts"),
      ]);
      session.show(await listLines(session.deps, { fetch }), renderLines);
      return 0;
    });
}
