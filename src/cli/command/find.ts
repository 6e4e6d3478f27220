import { Option } from "commander";
import { AppError } from "../../error.ts";
import { collect, collectLines, oneLine, parentNumber, wholeNumber, type Verb } from "../verb.ts";

interface Flags {
  readonly line: readonly string[];
  readonly since: string | null;
  readonly mainline: number | null;
  readonly same: readonly string[];
  readonly different: readonly string[];
  readonly forget: readonly string[];
  readonly reason: string | null;
  readonly limit: number;
  readonly fetch: boolean;
}

export function findVerb(verb: Verb): Verb {
  return verb
    .description("is it there? where commits stand on every release line")
    .argument("[rev...]", "commits, ranges, branches, pull requests (#12)")
    .addOption(
      new Option("-l, --line <line>", "only these lines: names or patterns; several with commas, or repeated")
        .argParser(collectLines)
        .default([], ""),
    )
    .addOption(
      new Option("--since <rev>", "without REV: fixes that main has and a tag or revision has not").default(null, ""),
    )
    .addOption(new Option("--limit <n>", "with --since: the newest N fixes").argParser(wholeNumber).default(100))
    .addOption(
      new Option("-m, --mainline <n>", "of a merge, what it brought to its parent N")
        .argParser(parentNumber)
        .default(null, ""),
    )
    .addOption(
      new Option("--same <commit>", "remember that COMMIT is the same fix as REV").argParser(collect).default([], ""),
    )
    .addOption(
      new Option("--different <commit>", "remember that COMMIT is another fix than REV")
        .argParser(collect)
        .default([], ""),
    )
    .addOption(
      new Option("--forget <commit>", "forget what was said of COMMIT and REV").argParser(collect).default([], ""),
    )
    .addOption(new Option("--reason <text>", "why, for --same and --different").argParser(oneLine).default(null, ""))
    .option("-f, --fetch", "fetch all remotes first", false)
    .examples(
      "morello find 1a2b3c4",
      "morello find '#4711' --line release/v2.7",
      "morello find --line release/v2.7 --since v2.7.0",
      "morello find 1a2b3c4 --same 9f8e7d6 --reason 'adapted by hand'",
    )
    .does<Flags>(async (session, revisions, flags) => {
      const judging = flags.same.length + flags.different.length > 0;
      if (judging ? flags.reason === null : flags.reason !== null) {
        throw new AppError("usage", "--same and --different go with a --reason", {
          hint: "morello find REV --same COMMIT --reason 'why'",
        });
      }
      if (revisions.length === 0 && (judging || flags.forget.length > 0)) {
        throw new AppError("usage", "A judgement is about a REV", {
          hint: "morello find REV --same COMMIT --reason 'why'",
        });
      }
      if (revisions.length === 0 && flags.line.length === 0 && flags.since === null) {
        throw new AppError("usage", "Which commit is to be found?", {
          hint: "morello find REV, or for what main has that a line lacks: morello find --line LINE",
        });
      }
      if (revisions.length > 0 && flags.since !== null) {
        throw new AppError("usage", "--since asks for all of main's fixes, and REV for one commit", {
          hint: "leave one of them out",
        });
      }
      const { runFind, runWanted } = await import("../run/find.ts");
      return revisions.length === 0
        ? runWanted(session, { ...flags, unaffected: true })
        : runFind(session, { ...flags, revisions });
    });
}
