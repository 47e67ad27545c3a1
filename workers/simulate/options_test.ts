import assert from "node:assert/strict";
import { UsageError } from "@countinghouse/shared/command";
import { parseCommand } from "./options.ts";
import { DEFAULT_FAULTS } from "./simulation.ts";

const NOW_MS = Date.UTC(2025, 10, 20);

const simulationOf = (...args: string[]) => {
  const command = parseCommand(args, NOW_MS);
  assert.equal(command.do, "simulate");
  return command;
};

Deno.test("without flags, the default shop sells from now on without an end", () => {
  assert.deepEqual(simulationOf(), {
    do: "simulate",
    historyMs: 0,
    out: undefined,
    simulation: {
      seed: 1,
      storeId: "default",
      startMs: NOW_MS,
      rate: 200,
      rhythm: false,
      seconds: undefined,
      count: undefined,
      faults: DEFAULT_FAULTS,
    },
  });
});

Deno.test("every flag is read", () => {
  const { simulation, out } = simulationOf(
    ..."--rate 50000 --seconds 60 --count 9 --seed 7 --start 2025-01-02T03:04:05Z --rhythm --store other"
      .split(" "),
    ..."--duplicates 0.1 --disorder 0.2 --late 0.3 --poison 0.4 --out -".split(" "),
  );
  assert.equal(out, "-");
  assert.deepEqual(simulation, {
    seed: 7,
    storeId: "other",
    startMs: Date.UTC(2025, 0, 2, 3, 4, 5),
    rate: 50_000,
    rhythm: true,
    seconds: 60,
    count: 9,
    faults: { duplicates: 0.1, disorder: 0.2, late: 0.3, poison: 0.4 },
  });
});

Deno.test("--help asks for help", () => assert.deepEqual(parseCommand(["--help"], NOW_MS), { do: "help" }));

for (
  const [args, message] of [
    ["--rate 0", /--rate as a number from 1 to 50000: current value is "0"/],
    ["--rate 50001", /--rate/],
    ["--rate fast", /--rate .* "fast"/],
    ["--rate=", /--rate .* ""/],
    ["--seconds 0", /--seconds/],
    ["--count 1.5", /--count as a whole number/],
    ["--seed -1", /--seed/],
    ["--seed=1.5", /--seed as a whole number/],
    ["--start yesterday", /--start as a time in ISO 8601, or now: current value is "yesterday"/],
    ["--duplicates 0.6", /--duplicates as a number from 0 to 0.5/],
    ["--store=", /--store as a name/],
    ["--speed 3", /--speed/],
    ["--out x", /--out needs --seconds or --count/],
    ["extra", /extra/],
  ] as const
) {
  Deno.test(`"${args}" is refused with its reason`, () => {
    assert.throws(() => parseCommand(args.split(" "), NOW_MS), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}
