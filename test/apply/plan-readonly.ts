// A process that plans without the right to write: what `dry-run.test.ts` starts. Started by root it takes the rights
// of somebody else first. Argument: the input as JSON. Prints the outcome.
import { plan, type PlanInput } from "../../src/usecase/plan.ts";

const { cwd, now, input } = JSON.parse(process.argv[2] ?? "") as { cwd: string; now: number; input: PlanInput };
const isRoot = process.getuid?.() === 0;
if (isRoot) process.seteuid?.(65_534);
const outcome = await plan({ cwd, environment: process.env, now }, input);
if (isRoot) process.seteuid?.(0); // to clean up after itself
process.stdout.write(JSON.stringify(outcome));
