// npm run bench -- fit FEATURES… [--out src/equivalence/weights.ts]
// Fits the weights of the judgement to what `bench -- equivalence --features FILE` wrote, one file a repository, and
// says how well they do on each repository when it is left out. No chance is involved: the same files give the same
// weights.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Features } from "../src/equivalence/features.ts";
import { INPUTS, type Input } from "../src/equivalence/inputs.ts";
import { bandOf } from "../src/equivalence/model.ts";
import { fitLogistic, type Sample } from "./logistic.ts";
import type { BenchOptions } from "./options.ts";
import type { Example } from "./training.ts";

const NAMES = Object.keys(INPUTS) as Input[];

/** Strength of the pull of each weight towards zero. */
const RIDGE = 0.3;
/** How much an example counts. Metadata is equal by selection in pairs that were found by it, so those count less. */
const WEIGHT = {
  original: 1,
  originalByMetadata: 0.3,
  undated: 0.1,
  unauthored: 0.03,
  other: 0.5,
  apart: 0.05,
} as const;

interface Fold {
  readonly name: string;
  readonly examples: readonly Example[];
}

export function benchFit({ files, out }: BenchOptions): Promise<void> {
  if (files.length < 2) throw new Error("fit needs the features of two repositories at least");
  const folds = files.map((file): Fold => {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    return { name: basename(file).replace(/\..*$/, ""), examples: lines.map((line) => JSON.parse(line) as Example) };
  });
  const answers = folds.flatMap((fold) => {
    const weights = fit(folds.filter((other) => other !== fold));
    return answersOf(fold, weights);
  });
  const report = [
    ...folds.map(({ name }) =>
      figuresOf(
        name,
        answers.filter(({ fold }) => fold === name),
      ),
    ),
    figuresOf("all, each left out", answers),
    figuresOf(
      "patch ID fails, not by metadata",
      answers.filter(({ hard }) => hard),
    ),
    "",
    "calibration, each left out: of the best candidates with a score in that range, how many are right",
    ...calibration(answers),
  ];
  process.stdout.write(`${report.join("\n")}\n`);
  if (out !== undefined) writeFileSync(out, moduleOf(fit(folds)));
  return Promise.resolve();
}

function fit(folds: readonly Fold[]): number[] {
  return fitLogistic(
    folds.flatMap(({ examples }) => examples.flatMap(samplesOf)),
    RIDGE,
  );
}

function samplesOf({ kind, twin, byMetadata, backport, features }: Example): Sample[] {
  if (kind === "apart") return [{ inputs: inputsOf(features), right: false, weight: WEIGHT.apart }];
  if (kind === "other")
    return twin || features.bareEqual === 1 ? [] : [{ inputs: inputsOf(features), right: false, weight: WEIGHT.other }];
  const weight = byMetadata ? WEIGHT.originalByMetadata : WEIGHT.original;
  const own: Sample = { inputs: inputsOf(features), right: true, weight };
  if (features.dateEqual === 0) return [own];
  // Where a forge squashes backports, the author's date is lost, and with bots the author: the contents must do.
  const dateNear = 0.1 + (0.6 * (Number.parseInt(backport.slice(0, 4), 16) % 100)) / 100;
  const undated = { ...features, dateEqual: 0, dateNear };
  return [
    own,
    { inputs: inputsOf(undated), right: true, weight: WEIGHT.undated },
    { inputs: inputsOf({ ...undated, author: 0 }), right: true, weight: WEIGHT.unauthored },
  ];
}

function inputsOf(features: Features): number[] {
  return [1, ...NAMES.map((name) => INPUTS[name](features))];
}

interface Answer {
  readonly fold: string;
  readonly hard: boolean;
  readonly score: number;
  readonly right: boolean;
  /** The best score without the original and its twins. */
  readonly without: number;
}

function answersOf({ name, examples }: Fold, weights: readonly number[]): Answer[] {
  const scoreOf = ({ features }: Example): number => {
    const sum = inputsOf(features).reduce((total, input, n) => total + input * (weights[n] ?? 0), 0);
    return 1 / (1 + Math.exp(-sum));
  };
  const questions = new Map<number, Example[]>();
  for (const example of examples) {
    if (example.kind !== "apart")
      questions.set(example.question, [...(questions.get(example.question) ?? []), example]);
  }
  return [...questions.values()].map((candidates) => {
    const scored = candidates
      .map((example) => ({ example, score: scoreOf(example) }))
      .sort((a, b) => b.score - a.score);
    const best = scored[0];
    return {
      fold: name,
      hard: candidates.some(({ byMetadata, patchIdEqual }) => !byMetadata && !patchIdEqual),
      score: best?.score ?? 0,
      right: best !== undefined && (best.example.kind === "original" || best.example.twin),
      without: scored.find(({ example }) => example.kind === "other" && !example.twin)?.score ?? 0,
    };
  });
}

function figuresOf(name: string, answers: readonly Answer[]): string {
  const share = (test: (answer: Answer) => boolean): string => {
    const part = answers.filter(test).length;
    return `${((100 * part) / answers.length).toFixed(2)} % (${part})`;
  };
  return [
    name.padEnd(34) + String(answers.length).padStart(6),
    `right ${share(({ right, score }) => right && bandOf(score) !== "different")}`,
    `wrong ${share(({ right, score }) => !right && bandOf(score) !== "different")}`,
    `left out: wrong ${share(({ without }) => bandOf(without) !== "different")}`,
    `in the band same: right ${share(({ right, score }) => right && bandOf(score) === "same")}`,
    `left out: wrong ${share(({ without }) => bandOf(without) === "same")}`,
  ].join("  ");
}

/** With and without the original, so that there are wrong ones to count. */
function calibration(answers: readonly Answer[]): string[] {
  const edges = [0, 0.1, 0.3, 0.5, 0.65, 0.8, 0.95, 0.99, 1.001];
  const all = answers.flatMap(({ score, right, without }) => [
    { score, right },
    { score: without, right: false },
  ]);
  return edges.slice(1).map((end, n) => {
    const start = edges[n] ?? 0;
    const within = all.filter(({ score }) => score >= start && score < end);
    const right = within.filter((one) => one.right).length;
    const mean = within.reduce((sum, { score }) => sum + score, 0) / within.length;
    return `  ${start.toFixed(2)}–${Math.min(1, end).toFixed(2)}  ${String(within.length).padStart(5)} candidates, mean score ${mean.toFixed(3)}, right ${(right / within.length).toFixed(3)}`;
  });
}

function moduleOf([bias = 0, ...weights]: readonly number[]): string {
  const rows = NAMES.map((name, n) => `  ${name}: ${Number((weights[n] ?? 0).toFixed(3))},`);
  return `// Made by \`npm run bench -- fit\`; the report of the fit is in docs/performance/equivalence.md. Log-odds for each
// input of the model in \`inputs.ts\`.
import type { Input } from "./inputs.ts";

export const WEIGHTS: Readonly<Record<Input | "bias", number>> = {
  bias: ${Number(bias.toFixed(3))},
${rows.join("\n")}
};
`;
}
