import type { CommitRule } from "../rule.ts";

export const markers: CommitRule = {
  id: "markers",
  about: "commit",
  description: "No commit brings conflict markers that neither its parents nor its source hold.",
  severity: "error",
  hint: "resolve the conflict, take the markers out, and commit again",
  needs: ["markers"],
  check: ({ markers: places }) =>
    places.length === 0 ? [] : [{ message: `conflict markers are left in ${filesOf(places)}`, paths: places }],
};

function filesOf(places: readonly { readonly path: string }[]): string {
  const paths = [...new Set(places.map(({ path }) => path))];
  return paths.length <= 3 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more files`;
}
