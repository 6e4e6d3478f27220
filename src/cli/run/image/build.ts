// `morello image build`: exit 0 when the image is where it should be, or would be.
import { buildImage, type ImageBuildInput } from "../../../usecase/image/build.ts";
import { renderImageBuild } from "../../render/image/build.ts";
import type { Session } from "../../session.ts";

export async function runImageBuild(session: Session, input: ImageBuildInput): Promise<number> {
  session.show(await buildImage(session.deps, input), renderImageBuild);
  return 0;
}
