// `morello image verify`.
import { imageVerify } from "../../../usecase/image/verify.ts";
import type { ImageVerifyFlags } from "../../command/image/container-options.ts";
import { renderImageVerify } from "../../render/image/verify.ts";
import type { Session } from "../../session.ts";
import { containerFace } from "./container-face.ts";

/** Exits with 1 unless all holds. */
export async function runImageVerify(session: Session, image: string, flags: ImageVerifyFlags): Promise<number> {
  const { engine, gpus, network, probes, compute } = flags;
  let done = 0;
  const outcome = await imageVerify(containerFace(session), {
    image,
    manifest: typeof probes === "string" ? probes : null,
    probes: probes !== false,
    engine,
    gpus,
    network,
    compute,
    onResult: ({ name }, total) => session.meter.onProgress({ step: name, done: ++done, total }),
  });
  session.show(outcome, renderImageVerify);
  return outcome.ok ? 0 : 1;
}
