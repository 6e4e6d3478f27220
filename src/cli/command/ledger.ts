import { Option } from "commander";
import { collectLines, wholeNumber, type Verb } from "../verb.ts";

const HOW = `A ledger is a log of commits for each line: refs/morello/ledger/LINE, or the branch morello-ledger/LINE once it is
published. Each log commit adds one record, a signed statement in records/; git alone can read and fetch it.`;

export function ledgerVerb(verb: Verb): Verb {
  verb
    .description("what landed on the lines, on the record: read it, prove it")
    .examples("morello ledger log", "morello ledger verify", "morello ledger verify --from v2.7.1")
    .helpCommand(false) // `morello help ledger` shows the verbs
    .addHelpText("after", `\n${HOW}`);
  logVerb(verb.verb("log"));
  showVerb(verb.verb("show"));
  verifyVerb(verb.verb("verify"));
  return verb;
}

const lineOption = (): Option =>
  new Option("-l, --line <line>", "only these lines: names or patterns; several with commas, or repeated")
    .argParser(collectLines)
    .default([], "");

function logVerb(verb: Verb): Verb {
  return verb
    .description("list the records of lines, newest first")
    .addOption(lineOption())
    .addOption(new Option("--fix <rev>", "only what is about this commit: source or pick").default(null, ""))
    .addOption(new Option("--limit <n>", "the newest N of each line").argParser(wholeNumber).default(50))
    .examples("morello ledger log --line release/v2.7", "morello ledger log --fix 1a2b3c4 --json")
    .does<{ readonly line: readonly string[]; readonly fix: string | null; readonly limit: number }>(
      async (session, _operands, { line, fix, limit }) => {
        const { runLedgerLog } = await import("../run/ledger.ts");
        return runLedgerLog(session, { lines: line, fix, limit });
      },
    );
}

function showVerb(verb: Verb): Verb {
  return verb
    .description("show records in full: by key, by log commit, by what they are about")
    .argument("<record>", "the key or its beginning, a log commit, a pick or a source")
    .examples("morello ledger show 3f2a9c1", "morello ledger show HEAD --json")
    .does(async (session, [name = ""]) => {
      const { runLedgerShow } = await import("../run/ledger.ts");
      return runLedgerShow(session, name);
    });
}

function verifyVerb(verb: Verb): Verb {
  return verb
    .description("prove the ledgers from this repository alone; exits with 1 when anything does not hold")
    .addOption(lineOption())
    .addOption(
      new Option("--from <tag>", "tell every commit of this version: source, class, approvals").default(null, ""),
    )
    .examples("morello ledger verify", "morello ledger verify --from v2.7.1")
    .does<{ readonly line: readonly string[]; readonly from: string | null }>(
      async (session, _operands, { line, from }) => {
        const { runLedgerVerify } = await import("../run/ledger.ts");
        return runLedgerVerify(session, { lines: line, from });
      },
    );
}
