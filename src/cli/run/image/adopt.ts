// `morello image adopt`: exit 1 where the image does not hold the tag's tree.
import { adoptImage, type ImageAdoptInput } from "../../../usecase/image/adopt.ts";
import { renderImageAdopt } from "../../render/image/adopt.ts";
import type { Session } from "../../session.ts";

export async function runImageAdopt(session: Session, input: ImageAdoptInput): Promise<number> {
  const outcome = await adoptImage(session.deps, input);
  session.show(outcome, renderImageAdopt);
  return outcome.kind === "different" ? 1 : 0;
}
