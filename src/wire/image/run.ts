// What `morello image run` says: the engine's command line, where the container is reached, and which ones there are.
import { z } from "zod";

export const ImageRunOutcome = z.strictObject({
  kind: z.literal("image-run"),
  /** The container's name. */
  name: z.string(),
  /** As people name it. */
  image: z.string(),
  /** The engine first. */
  argv: z.array(z.string()),
  /** The same for a shell, with what has to be there before. */
  shell: z.string(),
  /** Null: JupyterLab is not started. `url` is without the token, which stands in the file. */
  jupyter: z.strictObject({ url: z.string(), tokenFile: z.string() }).nullable(),
  /** Null: SSH was not asked for. */
  ssh: z
    .strictObject({
      port: z.int(),
      user: z.string(),
      /** The block for ~/.ssh/config. */
      config: z.string(),
    })
    .nullable(),
  /** What is not as it was asked for, and why: another port, no GPU. */
  notes: z.array(z.string()),
  state: z.enum(["planned", "started", "ended"]),
  /** Of the container, once it has ended. */
  exitStatus: z.int().nullable(),
});
export type ImageRunOutcome = z.infer<typeof ImageRunOutcome>;

export const ImageRunListOutcome = z.strictObject({
  kind: z.literal("image-run-list"),
  engine: z.string(),
  /** By name. */
  containers: z.array(
    z.strictObject({
      name: z.string(),
      image: z.string(),
      /** `running`, `exited`, `created` … */
      state: z.string(),
      /** `127.0.0.1:8888->8888/tcp` */
      ports: z.array(z.string()),
    }),
  ),
});
export type ImageRunListOutcome = z.infer<typeof ImageRunListOutcome>;
