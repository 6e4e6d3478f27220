import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { usageError } from "../../src/cli/usage.ts";

interface Parsed {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Parses without running: the verb's action is replaced. */
async function parse(...words: string[]): Promise<Parsed> {
  const program = createProgram();
  let parsed: Parsed | undefined;
  for (const verb of program.commands)
    verb.action(
      () => void (parsed = { operands: verb.args, flags: { above: program.opts<object>(), ...verb.opts<object>() } }),
    );
  await program.parseAsync(words, { from: "user" });
  return parsed!;
}

async function refusal(...words: string[]): Promise<{ message: string; hint: string | undefined }> {
  const error: unknown = await parse(...words).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommanderError);
  const { message, hint, kind } = usageError(error as CommanderError, "pick")!;
  expect(kind).toBe("usage");
  return { message, hint };
}

test("lines after one --onto do not swallow revisions, nor revisions lines", async () => {
  const after = await parse("plan", "fix/leak", "1a2b", "--onto", "v2.7", "v2.8", "--json");
  expect(after).toMatchObject({ operands: ["fix/leak", "1a2b"], flags: { onto: ["v2.7", "v2.8"], json: true } });
  const before = await parse("plan", "--onto", "v2.7,v2.8", "fix/leak", "1a2b");
  expect(before).toMatchObject({ operands: ["fix/leak", "1a2b"], flags: { onto: ["v2.7", "v2.8"] } });
});

test("an object ID of digits alone stays as it was typed", async () => {
  const { operands, flags } = await parse(
    "pick",
    "0012345",
    "1e5",
    "--onto",
    "0027",
    "--to-branch",
    "007",
    "--fixes",
    "0042",
  );
  expect(operands).toEqual(["0012345", "1e5"]);
  expect(flags).toMatchObject({ onto: ["0027"], toBranch: "007", fixes: ["0042"] });
});

test.each(["0", "-1", "1.5", "1e3", "x", "", "0x1"])("--mainline refuses %j", async (value) => {
  expect((await refusal("pick", "R", "--onto", "a", `--mainline=${value}`)).message).toMatch(/counted from 1/);
});

test("--mainline is a number", async () => {
  expect((await parse("pick", "R", "--onto", "a", "-m", "2")).flags["mainline"]).toBe(2);
});

test("an option's value may look like an option", async () => {
  const { flags } = await parse("pick", "R", "--onto", "a", "--reason", "--json");
  expect(flags).toMatchObject({ reason: "--json", json: false });
});

test("options that every verb has stand before the verb or after it", async () => {
  const { flags } = await parse("-C", "a", "--json", "plan", "R", "--onto", "x", "-C", "b", "--no-color");
  expect(flags).toMatchObject({ above: { C: ["a"], json: true, color: true }, C: ["b"], json: false, color: false });
});

test("trailers keep their order, and their values as they are", async () => {
  const { flags } = await parse(
    "pick",
    "R",
    "--onto",
    "a",
    "--trailer",
    "Cc=x=y",
    "--trailer",
    "Link: https://h/1",
    "--backport-of",
    "#12",
  );
  expect(flags).toMatchObject({
    trailer: [
      { key: "Cc", value: "x=y" },
      { key: "Link", value: "https://h/1" },
    ],
    backportOf: ["#12"],
  });
});

test.each(["x", "=x", "a b=c", "k=", "ключ=x"])("--trailer refuses %j", async (value) => {
  expect((await refusal("pick", "R", "--onto", "a", "--trailer", value)).message).toMatch(/KEY=VALUE/);
});

test("signing is as git says, unless an option says otherwise", async () => {
  const signs = await Promise.all(
    [[], ["-S"], ["--no-sign"]].map((more) => parse("pick", "R", "--onto", "a", ...more)),
  );
  expect(signs.map(({ flags }) => flags["sign"])).toEqual([null, true, false]);
});

test("an unknown verb is answered with the nearest one", async () => {
  expect(await refusal("plna")).toEqual({
    message: "Unknown verb 'plna'",
    hint: "did you mean plan?   (morello pick --help)",
  });
});

test("an unknown option is answered with the nearest one", async () => {
  expect(await refusal("pick", "R", "--onto", "a", "--keep-goin")).toEqual({
    message: "Unknown option '--keep-goin'",
    hint: "did you mean --keep-going?   (morello pick --help)",
  });
});

test("--onto must be given, and a revision too", async () => {
  expect((await refusal("plan", "R")).message).toMatch(/--onto/);
  expect((await refusal("plan", "--onto", "a")).message).toMatch(/missing required argument 'rev'/i);
});

test("help shows the verbs of every day first, with examples before all", () => {
  const help = helpOf();
  expect(help.indexOf("Examples:")).toBe(0);
  expect(help.match(/^\S.*:$/gm)).toEqual([
    "Examples:",
    "Every day:",
    "When a pick stops:",
    "What landed, and who let it:",
    "Images:",
    "Also:",
    "Everywhere:",
  ]);
  expect(/Every day:\n {2}find .*\n {2}plan .*\n {2}pick /.test(help)).toBe(true);
  expect(help).not.toContain("__complete");
});

test("every verb shows examples, and every option says what it does", () => {
  for (const verb of createProgram().commands.filter((each) => !each.name().startsWith("__"))) {
    expect(helpOf(verb.name()), verb.name()).toMatch(/^Examples:\n {2}/);
    for (const option of verb.options)
      expect(option.description.length, `${verb.name()} ${option.flags}`).toBeGreaterThan(10);
  }
});

function helpOf(verb?: string): string {
  const program = createProgram();
  const command = program.commands.find((each) => each.name() === verb) ?? program;
  let text = "";
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (part) => void (text += part),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

test("help fits 80 columns", () => {
  for (const verb of [undefined, "plan", "pick", "apply", "completion"]) {
    const lines = helpOf(verb).split("\n");
    expect(lines.filter((each) => each.length > 80 && !each.includes("~/."))).toEqual([]);
  }
});
