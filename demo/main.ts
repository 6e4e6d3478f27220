// npm run demo [-- NAME | --list]: plays a scenario in a temporary directory, with the commands a person would type.
// `--prepare` only makes the repository of the first one, to play in.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project } from "./project.ts";
import type { Scenario, Step } from "./scenario.ts";
import { alreadyThere } from "./scenario/already-there.ts";
import { check } from "./scenario/check.ts";
import { conflict } from "./scenario/conflict.ts";
import { image } from "./scenario/image.ts";
import { leak } from "./scenario/leak.ts";
import { manyLines } from "./scenario/many-lines.ts";
import { merge } from "./scenario/merge.ts";
import { needs } from "./scenario/needs.ts";
import { range } from "./scenario/range.ts";
import { release } from "./scenario/release.ts";
import { where } from "./scenario/where.ts";

const SCENARIOS: readonly Scenario[] = [
  leak,
  conflict,
  range,
  manyLines,
  merge,
  alreadyThere,
  where,
  needs,
  check,
  release,
  image,
];

const words = process.argv.slice(2);
const prepareOnly = words.includes("--prepare");
const [word = "leak"] = words.filter((option) => option !== "--prepare");
if (word === "--list") {
  for (const { name, title } of SCENARIOS) process.stdout.write(`${name.padEnd(15)}${title}\n`);
} else {
  const scenario = SCENARIOS.find(({ name }) => name === word);
  if (scenario === undefined) {
    process.stderr.write(`demo: no scenario '${word}'; there are: ${SCENARIOS.map(({ name }) => name).join(", ")}\n`);
    process.exit(2);
  }
  process.exitCode = play(scenario, prepareOnly);
}

function play(scenario: Scenario, prepareOnly: boolean): number {
  const cli = join(process.cwd(), "dist", "cli.js");
  if (!existsSync(cli)) {
    process.stderr.write("demo: dist/cli.js is missing; npm run build\n");
    return 2;
  }
  const root = mkdtempSync(join(tmpdir(), "morello-demo-"));
  const path = join(root, "trainer");
  mkdirSync(path);
  const project = new Project(path, Math.floor(Date.now() / 1000));
  const steps = scenario.build(project);
  const goodbye = `cd ${path}; alias morello='node ${cli}'`;
  if (prepareOnly) {
    process.stdout.write(
      `A repository to play in:  ${goodbye}\nThen, for one:  ${(steps[1]?.command ?? []).join(" ")}\n`,
    );
    return 0;
  }
  const colour = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  process.stdout.write(`${bold(scenario.title)}\n`);
  for (const step of steps) {
    if (step.edit !== undefined) step.edit(project);
    process.stdout.write(`\n${step.say}\n${bold(`$ ${step.command.map(quote).join(" ")}`)}\n`);
    const failure = run(step, cli, project, colour);
    if (failure !== null) {
      process.stderr.write(`demo: ${failure}\n`);
      return 1;
    }
  }
  process.stdout.write(`\nThe repository stays; to try more there:  ${goodbye}\n`);
  return 0;
}

/** On a terminal the command writes to it itself, as it would for a person; in a pipe its output is checked too. */
function run({ command, status = 0, shows }: Step, cli: string, project: Project, colour: boolean): string | null {
  const [program = "", ...args] = command;
  const argv =
    program === "morello"
      ? [process.execPath, cli, ...args]
      : [program, "--no-pager", ...(colour ? ["-c", "color.ui=always"] : []), ...args];
  const terminal = process.stdout.isTTY;
  const done = spawnSync(argv[0] ?? "", argv.slice(1), {
    cwd: project.path,
    env: project.env,
    encoding: "utf8",
    stdio: terminal ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  const shown = terminal ? "" : done.stdout + done.stderr;
  process.stdout.write(shown);
  if (done.status !== status) return `${command.join(" ")} ended with ${done.status}, not ${status}`;
  return terminal || shows === undefined || shows.test(shown) ? null : `${command.join(" ")} does not show ${shows}`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word}'`;
}
