// What a deployment would do to each resource, as `cdk diff` sees it: pairs of templates come in by
// standard input, changes go out by standard output. The library follows a replacement through
// references to whatever would be replaced with it.
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
