import { InvalidArgumentError, Option } from "commander";
import { AppError } from "../../error.ts";
import { collectLines, dayStart, oneLine, wholeNumber, type Verb } from "../verb.ts";

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
  exportVerb(verb.verb("export"));
  trustVerb(verb.verb("trust"));
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

function exportVerb(verb: Verb): Verb {
  return verb
    .description("write the ledgers as files that ssh-keygen and git can check without Morello")
    .argument("<dir>", "a directory that is empty or not there")
    .addOption(lineOption())
    .examples("morello ledger export bundle", "ssh-keygen -Y verify -f bundle/allowed_signers …")
    .does<{ readonly line: readonly string[] }>(async (session, [directory = ""], { line }) => {
      const { runLedgerExport } = await import("../run/ledger.ts");
      return runLedgerExport(session, { lines: line, directory });
    });
}

interface TrustFlags {
  readonly add: string | null;
  readonly as: string | null;
  readonly role: readonly Role[];
  readonly since: number | null;
  readonly until: number | null;
  readonly revoke: string | null;
  readonly threshold: number | null;
  readonly reason: string | null;
  readonly out: string | null;
  readonly sign: string | null;
}

const ROLES = `Roles: writer signs records, approver approves what lands, root changes the keys. A change is signed by root keys,
as many as the state before it demands. Where they are several people's, --out FILE writes the change, each signs it
with --sign FILE, and the last signature records it.`;

function trustVerb(verb: Verb): Verb {
  return verb
    .description("show whose keys are trusted, and change it")
    .addOption(new Option("--add <file>", "trust this public key").default(null, ""))
    .addOption(new Option("--as <email>", "with --add: whose key it is").default(null, ""))
    .addOption(
      new Option(
        "--role <role>",
        "with --add: what it may sign; several with commas, or repeated (writer unless given)",
      )
        .argParser(collectRoles)
        .default([], ""),
    )
    .addOption(
      new Option("--since <day>", "with --add: what it signed from that day on counts, too")
        .argParser(dayStart)
        .default(null, ""),
    )
    .addOption(
      new Option("--until <day>", "with --add: it signs nothing from that day on")
        .argParser(dayStart)
        .default(null, ""),
    )
    .addOption(new Option("--revoke <fingerprint>", "take a key out: it signs nothing from now on").default(null, ""))
    .addOption(
      new Option("--threshold <n>", "root signatures that later changes need").argParser(wholeNumber).default(null, ""),
    )
    .addOption(new Option("--reason <text>", "why, for the record").argParser(oneLine).default(null, ""))
    .addOption(new Option("--out <file>", "write the change for others to sign").default(null, ""))
    .addOption(new Option("--sign <file>", "sign a change that was written so").default(null, ""))
    .examples(
      "morello ledger trust",
      "morello ledger trust --add ada.pub --as ada@example.com --role writer,approver",
      "morello ledger trust --revoke SHA256:… --reason 'laptop lost'",
    )
    .addHelpText("after", `\n${ROLES}`)
    .does<TrustFlags>(async (session, _operands, { add, as: principal, role, since, until, ...flags }) => {
      const alone = role.length > 0 || since !== null || until !== null;
      if ((add === null) !== (principal === null) || (add === null && alone)) {
        throw new AppError("usage", "--add, --as, --role, --since and --until go together", {
          hint: "morello ledger trust --add KEY.pub --as EMAIL --role writer",
        });
      }
      const { runLedgerTrust } = await import("../run/ledger.ts");
      const roles = role.length === 0 ? (["writer"] as const) : role;
      return runLedgerTrust(session, {
        ...flags,
        add: add === null || principal === null ? null : { file: add, principal, roles, since, until },
      });
    });
}

type Role = "root" | "writer" | "approver";

function collectRoles(value: string, before: readonly Role[]): readonly Role[] {
  const named = value.split(",").map((role) => role.trim());
  const isRole = (role: string): role is Role => ["root", "writer", "approver"].includes(role);
  if (!named.every(isRole)) throw new InvalidArgumentError("A role is root, writer or approver.");
  return [...new Set([...before, ...named])];
}
