// Judges simulations, one in JSON a line, and writes a result for each.
// node judge.mjs FOLDER, in whose node_modules the evaluator is.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { runSimulation } = createRequire(`${process.argv[2]}/`)("@cloud-copilot/iam-simulate");

for await (const line of createInterface({ input: process.stdin })) {
  const judged = await runSimulation(JSON.parse(line), {});
  const ignored = judged.result?.ignoredContextKeys ?? [];
  if (judged.errors || ignored.length > 0) {
    throw new Error(`not judged: ${JSON.stringify(judged.errors ?? ignored)} in ${line}`);
  }
  console.log(judged.overallResult);
}
