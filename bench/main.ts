// npm run bench -- KIND --repo DIR --cases FILE --out FILE.jsonl [--limit N] [--seed S] …
// One JSON line a case, in the order of the cases; a summary beside git's own figures from the same run at the end.
import { parseArgs } from "node:util";
import { benchIndex } from "./index-build.ts";
import { benchNatural } from "./natural.ts";
import { benchClassing } from "./classing.ts";
import { benchConcern } from "./concern.ts";
import { benchEquivalence } from "./equivalence.ts";
import { benchFit } from "./fit.ts";
import { benchImages } from "./images.ts";
import { benchLedger } from "./ledger.ts";
import { benchPicks } from "./picks.ts";
import { benchPlans } from "./plans.ts";
import { benchPrerequisites } from "./prerequisites.ts";
import { benchSignatures } from "./signatures.ts";
import { benchStanding } from "./standing.ts";
import { benchSymbols } from "./symbols.ts";
import { benchVersions } from "./versions.ts";

const KINDS = {
  classing: benchClassing,
  concern: benchConcern,
  picks: benchPicks,
  plans: benchPlans,
  prerequisites: benchPrerequisites,
  natural: benchNatural,
  equivalence: benchEquivalence,
  fit: benchFit,
  index: benchIndex,
  standing: benchStanding,
  symbols: benchSymbols,
  images: benchImages,
  ledger: benchLedger,
  signatures: benchSignatures,
  versions: benchVersions,
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "repo": { type: "string" },
    "cases": { type: "string" },
    "out": { type: "string" },
    "limit": { type: "string" },
    "seed": { type: "string" },
    /** How many cases `git cherry-pick` is timed on, in a work tree of its own. */
    "peers": { type: "string", default: "20" },
    /** Compare every case with `git cherry-pick`, not only those timed. */
    "verify": { type: "boolean", default: false },
    "revision": { type: "string" },
    "onto": { type: "string", multiple: true },
    "runs": { type: "string", default: "7" },
    /** The main branch, where it is not found by itself. */
    "main": { type: "string" },
    "leave-one-out": { type: "boolean", default: false },
    "trailers": { type: "boolean", default: false },
    "features": { type: "string" },
  },
});
const [kind = "", ...files] = positionals;

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}

function whole(name: string, value: string): number {
  return /^\d+$/.test(value) ? Number(value) : fail(`--${name} takes a whole number, not '${value}'`);
}

if (!(kind in KINDS)) fail(`no kind '${kind}'; kinds: ${Object.keys(KINDS).join(", ")}`);
if (values.repo === undefined && kind !== "fit" && kind !== "ledger" && kind !== "images") fail("--repo DIR is needed");
await KINDS[kind as keyof typeof KINDS]({
  repo: values.repo ?? "",
  cases: values.cases,
  out: values.out,
  limit: values.limit === undefined ? null : whole("limit", values.limit),
  seed: values.seed === undefined ? 1 : whole("seed", values.seed),
  peers: whole("peers", values.peers),
  verify: values.verify,
  revision: values.revision,
  onto: values.onto ?? [],
  runs: whole("runs", values.runs),
  files,
  main: values.main,
  leaveOneOut: values["leave-one-out"],
  trailers: values.trailers,
  features: values.features,
});
