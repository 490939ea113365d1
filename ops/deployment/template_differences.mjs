// The change of each resource between two templates, as `cdk diff` sees it. It reads pairs of templates
// from standard input, and writes the changes to standard output. The library follows references from
// a replaced resource to the resources that are replaced with it.
import { readFileSync } from "node:fs";
import { fullDiff } from "@aws-cdk/cloudformation-diff";

const changes = JSON.parse(readFileSync(0, "utf8")).map(({ deployed, synthesised }) => {
  const found = {};
  fullDiff(deployed, synthesised).resources.forEachDifference((logicalId, change) => {
    found[logicalId] = {
      impact: change.changeImpact,
      properties: Object.entries(change.propertyUpdates)
        .filter(([, update]) => ["WILL_REPLACE", "MAY_REPLACE"].includes(update.changeImpact))
        .map(([name]) => name),
    };
  });
  return found;
});
process.stdout.write(JSON.stringify(changes));
