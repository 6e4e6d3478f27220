// morello.yaml: one schema that gives types, defaults, the published JSON Schema and the reference page.
// Descriptions are what people read in their editor; each is a full sentence. Unknown keys are refused at every depth.
import { z } from "zod";
import { ImageSection } from "../environment/spec.ts";
import { globProblem } from "../line/glob.ts";
import { FIX_WORDS } from "../message/fix.ts";
import { PolicySection } from "../policy/settings.ts";

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted });

const Pattern = text("a branch's short name or a pattern such as release/*").superRefine((pattern, context) => {
  const problem = globProblem(pattern);
  if (problem !== null)
    context.addIssue({ code: "custom", message: `a pattern that git branches can match; it ${problem}` });
});

/** Characters and sequences that `git check-ref-format` refuses; a prefix that ends in a digit would run into the version. */
const TAG_PREFIX = /^(?![-/.])(?!.*(?:\.\.|@\{|\/\/|\/\.))(?:[^\s~^:?*[\\\p{Cc}]*[^\s~^:?*[\\\p{Cc}\d])?$/u;

/** The distribution reference grammar: host and port if any, then lower-case path components. */
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const IMAGE = new RegExp(
  `^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?/)?${COMPONENT}(?:/${COMPONENT})*$`,
);

/** Seconds in each unit of a duration. */
const UNITS = { s: 1, m: 60, h: 3600 } as const;

const DURATION = "a duration such as 90s, 30m or 2h";

/** Seconds. */
const Duration = z
  .string({ error: DURATION })
  .regex(/^[1-9]\d{0,5}[smh]$/, { error: DURATION })
  .transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS]);

const TIME_LIMIT = "30m";

/** What fits into one argument of a program everywhere. */
const LONGEST_COMMAND = 30_000;

const Command = text("a command")
  .max(LONGEST_COMMAND, { error: `a command of at most ${LONGEST_COMMAND} characters: put it in a script` })
  .regex(/^[^\0]*$/, { error: "a command without NUL" });

const VerifySetting = z
  .union(
    [
      Command,
      z.strictObject({
        command: Command.describe("The command."),
        timeLimit: Duration.prefault(TIME_LIMIT).describe(
          "When it is stopped and counts as not passed: 90s, 30m, 2h and the like.",
        ),
      }),
    ],
    { error: "a command, or a mapping with command and timeLimit" },
  )
  .transform((setting) =>
    typeof setting === "string" ? { command: setting, timeLimit: Duration.parse(TIME_LIMIT) } : setting,
  );

export const LineOverride = z
  .strictObject(
    {
      pattern: Pattern.describe(
        "The branches that this entry is about: a short name, or a pattern in which * stands for anything but /, ** for anything and ? for one character. Every branch that it matches is a release line, whatever its name. Where several entries match, later ones win, key by key.",
      ),
      tagPrefix: z
        .string({ error: "text such as v or pkg-v" })
        .regex(TAG_PREFIX, {
          error: "a prefix that is part of a tag's name and does not end in a digit, such as v or pkg-v",
        })
        .describe("What stands before the version in the line's tags, such as v. Detected from the tags there are.")
        .optional(),
      owners: z
        .array(text("a user or team, such as '@org/release'"), { error: "a list of users or teams" })
        .describe("Who answers for the line: users or teams, written as on the forge.")
        .optional(),
      maintained: z
        .union([z.boolean(), z.literal("end-of-life")], { error: "true, false or end-of-life" })
        .describe(
          "true: taken by --onto all. false: only when named. end-of-life: nothing is picked onto it any more. Without this key, a line is maintained if its tip or tag moved within maintainedMonths.",
        )
        .optional(),
      confirm: z
        .enum(["plan", "each"], { error: "plan or each" })
        .describe("What is asked before a pick: once for the plan, or for each commit with its diff. plan unless set.")
        .optional(),
      image: z
        .string({ error: "an image repository such as registry.example/team/app" })
        .regex(IMAGE, { error: "an image repository without tag or digest, such as registry.example/team/app" })
        .describe("The image repository of the line, without tag.")
        .optional(),
      verify: VerifySetting.describe(
        "The shell command that says whether a tree of this line works: morello pick and apply run it in a temporary checkout of what the line would hold, and nothing moves unless it ends with status 0. It is read from the default branch, and runs only after you have allowed it. A command, or a mapping with command and timeLimit.",
      ).optional(),
      policy: PolicySection.describe("What these lines demand, where it differs from policy at the top.").optional(),
    },
    { error: mapping },
  )
  .describe("Settings of the release lines that a pattern matches.");
export type LineOverride = z.infer<typeof LineOverride>;

const FixWords = z
  .strictObject(
    {
      types: z
        .array(text("a word such as fix"), { error: "a list of words" })
        .default([...FIX_WORDS.types])
        .describe("Types of Conventional Commits, and first words of subjects, that make a commit a fix."),
      trailers: z
        .array(text("a trailer's key, such as Fixes, or key and value, such as 'Cc: stable'"), {
          error: "a list of trailers",
        })
        .default([...FIX_WORDS.trailers])
        .describe("Trailers that make a commit a fix: a key, or a key with a word that its value holds."),
    },
    { error: mapping },
  )
  .describe("What counts as a fix where main is searched for what lines may want.");

const Ledger = z
  .strictObject(
    {
      publish: z
        .boolean({ error: "true or false" })
        .default(false)
        .describe(
          "Whether ledgers are branches, morello-ledger/<line>, that are pushed with their lines. Until then records stay in local refs. `morello init --write` sets it.",
        ),
    },
    { error: mapping },
  )
  .describe("Where the records of what landed are kept.");

const Release = z
  .strictObject(
    {
      versionFiles: z
        .array(text("a path such as package.json"), { error: "a list of paths" })
        .default([])
        .describe("Files that hold the version, written by `morello release` in a commit of their own."),
      changelog: text("a path such as CHANGELOG.md")
        .optional()
        .describe("The file that a release adds its section to, in the same commit. None unless set."),
    },
    { error: mapping },
  )
  .describe("What `morello release` does beside the annotated tag.");

const Forge = z
  .strictObject(
    {
      kind: z
        .enum(["github", "gitlab"], { error: "github or gitlab" })
        .describe("What the remote's host is, where its name does not show it.")
        .optional(),
      check: text("the name of a status check, such as morello check")
        .describe(
          "The status check that `morello protect` makes the forge require on release lines, by its name. None unless set.",
        )
        .optional(),
      checkApp: z
        .int({ error: "a GitHub App's number" })
        .min(1)
        .describe("The GitHub App that alone may report that check, by its number; 15368 is GitHub Actions.")
        .optional(),
    },
    { error: mapping },
  )
  .describe("The forge that holds the repository, for `morello protect`.");

export const Config = z
  .strictObject(
    {
      main: text("a branch's short name")
        .describe(
          "The branch where fixes are made. Detected: the remote's default branch, else main, master and the like.",
        )
        .optional(),
      remotes: z
        .array(text("a remote's name"), { error: "a list of remotes" })
        .default([])
        .describe(
          "Remotes in order of preference, for lines that have no local branch. Then come origin and the others by name.",
        ),
      maintainedMonths: z
        .int({ error: "a whole number of months" })
        .min(1, { error: "at least 1 month" })
        .max(1200, { error: "at most 1200 months" })
        .default(12)
        .describe("How many months without a commit or a tag make a line count as no longer maintained."),
      policy: PolicySection.default({}),
      ledger: Ledger.prefault({}),
      release: Release.prefault({}),
      forge: Forge.prefault({}),
      image: ImageSection.optional(),
      fixes: FixWords.default({ types: [...FIX_WORDS.types], trailers: [...FIX_WORDS.trailers] }),
      lines: z
        .array(LineOverride, { error: "a list of entries, each with a pattern" })
        .prefault([])
        .describe("Settings of release lines, and branches that are lines although their names do not show it."),
    },
    { error: mapping },
  )
  .describe("Configuration of Morello, read from the default branch. Everything has a default.");
export type Config = z.infer<typeof Config>;

/** Leaves unknown keys to be worded where the known ones are at hand. */
function mapping(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === "invalid_type" ? "a mapping of keys to values" : undefined;
}

/** The schema that editors use: what may be written, so nothing with a default is required. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(Config, { io: "input" });
  return { $schema, title: "morello.yaml", ...schema };
}
