import { beforeAll, describe, expect, test } from "vitest";
import { guarded, TRANSPORTS, type Guarded } from "../support/guarded.ts";
import { ATTACKS, CONTENT_ATTACKS, HONEST } from "../support/push-attacks.ts";
import { random, sample } from "../support/random.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const SEED = Number(process.env["SEED"] ?? 20_260_101);
/** Of all attacks by all ways, each of another rule; the judgement of each attack is a test of its own, without a push. */
const PUSHES = 6;

const attacks = [...ATTACKS, ...CONTENT_ATTACKS];
const all = TRANSPORTS.flatMap((transport) => attacks.map((attack) => ({ ...attack, transport })));
const taken = LONG ? all : someOfAll();

/** By each way in turn, and never twice for the same rule. */
function someOfAll(): typeof all {
  const mixed = sample(all, all.length, random(SEED));
  const chosen: typeof all = [];
  for (let n = 0; n < PUSHES; n++) {
    const transport = TRANSPORTS[n % TRANSPORTS.length];
    const next = mixed.find((one) => one.transport === transport && chosen.every(({ rule }) => rule !== one.rule));
    if (next !== undefined) chosen.push(next);
  }
  return chosen;
}

describe("attacks", () => {
  const sandbox = fileSandbox();
  let world: Guarded;
  let before: Record<string, string>;
  beforeAll(async () => {
    world = await guarded(sandbox);
    before = await world.server.refs();
  });

  test.each(taken)("$name, by $transport, is refused", async (attack) => {
    const done = await world.push(attack.transport, [await world.refspec(attack)]);
    const said = done.stderr.toString();
    expect(said).toContain(`[${attack.rule}]`);
    expect(said).toContain("pre-receive hook declined");
    expect(done.status).toBe(1);
    expect(await world.server.refs()).toEqual(before);
    expect(world.leftovers()).toEqual([]);
  });
});

test.each(LONG ? TRANSPORTS : sample(TRANSPORTS, 1, random(SEED)))(
  "honest pushes go through by %s",
  async (transport) => {
    const sandbox = makeSandbox();
    const world = await guarded(sandbox);
    for (const pushed of LONG ? HONEST : HONEST.slice(-2)) {
      const done = await world.push(transport, [await world.refspec(pushed)]);
      expect(done.stderr.toString(), pushed.name).not.toContain("morello guard");
      expect(done.status, pushed.name).toBe(0);
      expect((await world.server.refs())[pushed.refname]).toBe((await world.oid(pushed.to)) ?? undefined);
    }
    expect(world.leftovers()).toEqual([]);
  },
);
