// What a forge answered -> the parts of it that are read, or an error that says which part is not as documented.
import type { z } from "zod";
import { AppError } from "../error.ts";

/** `what` names the answer in the message: `ruleset 17`. Throws `forge-failed`. */
export function understood<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [first] = error.issues;
  const where = first === undefined || first.path.length === 0 ? "it" : first.path.join(".");
  throw new AppError("forge-failed", `The forge tells ${what} in another form than is known: ${where}`, {
    hint: "is it the forge that --forge or configuration says? otherwise a newer morello may know it",
    data: { issues: error.issues.slice(0, 5).map(({ path, message }) => ({ path: path.join("."), message })) },
  });
}
