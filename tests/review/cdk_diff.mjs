// The impact on each resource of pairs of templates, as `cdk diff` sees it: from standard input to
// standard output.
import { readFileSync } from "node:fs";
import { fullDiff } from "@aws-cdk/cloudformation-diff";

const impacts = JSON.parse(readFileSync(0, "utf8")).map(([deployed, synthesised]) => {
  const found = {};
  fullDiff(deployed, synthesised).resources.forEachDifference((logicalId, change) => {
    found[logicalId] = change.changeImpact;
  });
  return found;
});
process.stdout.write(JSON.stringify(impacts));
