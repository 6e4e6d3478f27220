// `morello image diff`: the outcome, and whether a container could tell the two apart.
import { diffImages, type ImageDiffInput } from "../../../usecase/image/diff.ts";
import { renderImageDiff } from "../../render/image/diff.ts";
import type { Session } from "../../session.ts";

export async function runImageDiff(session: Session, input: ImageDiffInput): Promise<number> {
  const outcome = await diffImages(session.deps, input);
  session.show(outcome, renderImageDiff);
  return outcome.verdict === "different" ? 1 : 0;
}
