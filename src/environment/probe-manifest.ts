// What an image must answer, as a file says it: the shape that NVIDIA's container-canary gave such files, with checks of
// files, expected output and headers, and conditions added. container-canary's own files are read as they are.
import { z } from "zod";

const text = (wanted: string) => z.string({ error: wanted }).min(1, { error: wanted });
const Port = z.int({ error: "a port from 1 to 65535" }).min(1).max(65_535);
const Seconds = z.number({ error: "seconds" }).min(0, { error: "seconds, 0 or more" });
const Command = z.array(z.string(), { error: "a list of words: the program, then its arguments" }).min(1);

/** A regular expression that some part of the text must fit. */
const Pattern = text("a regular expression").refine(isPattern, { error: "a regular expression that can be read" });

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "mu") instanceof RegExp;
  } catch {
    return false;
  }
}

const Header = z.strictObject({ name: text("a header's name"), value: z.string() });

const Exec = z
  .strictObject({
    command: Command.optional().describe("What is run, without a shell."),
    script: text("a file beside the manifest that ends in .sh or .py")
      .regex(/^[\w.-]+\.(?:sh|py)$/, { error: "a file beside the manifest that ends in .sh or .py" })
      .describe("A file beside the manifest, run by sh or python3 of the image.")
      .optional(),
    stdin: z
      .literal("ssh-key")
      .describe("What the command reads: `ssh-key` is the private key that may log in during this check.")
      .optional(),
    status: z.int().min(0).max(255).default(0).describe("The exit status that is wanted."),
    stdout: Pattern.describe("What stdout must hold.").optional(),
    report: z
      .boolean()
      .default(false)
      .describe("Each line of stdout is one result, as JSON: {name, state: passed|failed|skipped, says}."),
  })
  .refine(({ command, script }) => (command === undefined) !== (script === undefined), {
    error: "either command or script",
  });

const HttpGet = z.strictObject({
  path: text("a path such as /api").regex(/^\//, { error: "a path that begins with /" }),
  port: Port,
  httpHeaders: z.array(Header).default([]).describe("Sent with the request; ${token} is Jupyter's token."),
  status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .describe("Statuses that are wanted; from 200 to 399 unless given.")
    .optional(),
  responseHttpHeaders: z.array(Header).default([]).describe("Headers that the answer must have."),
  body: Pattern.describe("What the answer must hold.").optional(),
});

const File = z.strictObject({
  path: text("an absolute path").regex(/^\//, { error: "an absolute path" }),
  type: z.enum(["file", "directory", "absent"]).default("file"),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, { error: "an octal mode in quotes, such as '0755'" })
    .optional(),
  owner: z.int().min(0).describe("A user ID.").optional(),
  contains: Pattern.describe("What the file must hold.").optional(),
});

const KINDS = ["exec", "httpGet", "tcpSocket", "file"] as const;

const Probe = z
  .strictObject({
    exec: Exec.optional(),
    httpGet: HttpGet.optional(),
    tcpSocket: z.strictObject({ port: Port }).optional(),
    file: File.optional(),
    initialDelaySeconds: Seconds.default(0),
    timeoutSeconds: Seconds.default(30).describe("Of one attempt."),
    periodSeconds: Seconds.default(1).describe("Between attempts."),
    successThreshold: z.int().min(1).default(1).describe("Successes in a row that are wanted."),
    failureThreshold: z.int().min(1).default(1).describe("Failures after which it has failed."),
  })
  .refine((probe) => KINDS.filter((kind) => probe[kind] !== undefined).length === 1, {
    error: `exactly one of ${KINDS.join(", ")}`,
  });
export type Probe = z.infer<typeof Probe>;
export type ExecProbe = z.infer<typeof Exec>;
export type HttpProbe = z.infer<typeof HttpGet>;
export type FileProbe = z.infer<typeof File>;

const Check = z.strictObject({
  name: text("a name"),
  description: z.string().default(""),
  when: z
    .strictObject({
      exposes: Port.describe("The image declares this port.").optional(),
      exec: Command.describe("This command exits with 0.").optional(),
    })
    .describe("Where this does not hold, the check is skipped.")
    .optional(),
  allocates: z.boolean().default(false).describe("It takes memory of a GPU: left out where GPUs are in use by others."),
  probe: Probe,
});
export type Check = z.infer<typeof Check>;

export const ProbeManifest = z.strictObject({
  apiVersion: z.enum(["morello/v1", "container-canary.nvidia.com/v1"]),
  kind: z.literal("Validator"),
  name: text("a name"),
  description: z.string().default(""),
  documentation: z.string().default(""),
  env: z.array(z.strictObject({ name: text("a variable's name"), value: z.string() })).default([]),
  ports: z
    .array(z.strictObject({ port: Port, protocol: z.literal("TCP").default("TCP") }))
    .default([])
    .describe("Ports that are reached from outside, besides those that checks name."),
  volumes: z.array(z.strictObject({ mountPath: text("an absolute path").regex(/^\//) })).default([]),
  command: Command.describe("What the container runs. As the image says unless given.").optional(),
  checks: z.array(Check).min(1, { error: "one check at least" }),
});
export type ProbeManifest = z.infer<typeof ProbeManifest>;

/** All ports that are to be reached from outside, ascending. */
export function probedPorts({ ports, checks }: Pick<ProbeManifest, "ports" | "checks">): number[] {
  const asked = checks.flatMap(({ probe }) => [probe.httpGet?.port, probe.tcpSocket?.port]);
  const all = [...ports.map(({ port }) => port), ...asked.filter((port) => port !== undefined)];
  return [...new Set(all)].toSorted((a, b) => a - b);
}
