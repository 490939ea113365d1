// Writes replacement_rules.json: of each resource type the properties whose change makes CloudFormation
// replace the resource, always ("yes") or under a condition ("maybe"), as AWS's documentation says and
// `cdk diff` takes it (@aws-cdk/aws-service-spec). Run it after an update of that package:
// .venv/bin/node ops/review/replacement_rules.mjs
import { writeFileSync } from "node:fs";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

const rules = {};
for (const { cloudFormationType, properties } of loadAwsServiceSpecSync().all("resource")) {
  for (const [name, { causesReplacement }] of Object.entries(properties)) {
    if (causesReplacement === "yes" || causesReplacement === "maybe") {
      ((rules[cloudFormationType] ??= {})[causesReplacement] ??= []).push(name);
    }
  }
}
const types = Object.keys(rules).sort().map((type) => {
  const sorted = Object.fromEntries(Object.entries(rules[type]).map(([kind, names]) => [kind, names.sort()]));
  return `${JSON.stringify(type)}: ${JSON.stringify(sorted)}`;
});
const file = process.argv[2] ?? new URL("replacement_rules.json", import.meta.url);
writeFileSync(file, `{\n${types.join(",\n")}\n}\n`);
