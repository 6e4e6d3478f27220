// Named picks that parity with `git cherry-pick` is judged by, one for each thing that can be special about a pick. What
// must come out is not written here: the oracle says it when a test runs.
import { ATTRIBUTE_CASES } from "./case/attributes.ts";
import { MESSAGE_CASES } from "./case/messages.ts";
import { SHAPE_CASES } from "./case/shapes.ts";
import { TREE_CASES } from "./case/trees.ts";
import type { PickCase } from "./case/case.ts";

export { standCase, type PickCase, type StandingCase } from "./case/case.ts";

const SHA1_CASES = [...SHAPE_CASES, ...TREE_CASES, ...ATTRIBUTE_CASES, ...MESSAGE_CASES];
const AGAIN =
  /^(ordinary|root|merge, mainline 1|deep rename|submodule bumped|line renamed|binary, one side|trailers|two in a series)/;

export const PICK_CASES: readonly PickCase[] = [
  ...SHA1_CASES,
  ...SHA1_CASES.filter(({ name }) => AGAIN.test(name)).map((one): PickCase => ({
    ...one,
    name: `SHA-256: ${one.name}`,
    objectFormat: "sha256",
  })),
];
