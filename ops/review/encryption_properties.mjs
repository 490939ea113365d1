// Writes encryption_properties.json: the names of properties, wherever they stand in a resource, that name a KMS
// key ("key"), and those that turn encryption on ("on") or off ("off"), of CloudFormation's own list of properties
// (@aws-cdk/aws-service-spec). Run it after an update of that package:
// .venv/bin/node ops/review/encryption_properties.mjs
import { writeFileSync } from "node:fs";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

const KEY = /(kms|encryption|customermanaged|^sse|specification).*key(id|arn|identifier|name)?s?$|^kms(key)?(arn|id)$|^awskmskeyarn$|^kmskey$/i;
// Keys of something else than data at rest: passphrases, series, aliases, and how a key is used.
const NO_KEY = /provider|source|passphrase|rotate|alias|type|context|secretarn|role/i;
const SWITCH = /encrypt|^sse.*enabled$|managedsse/i;
const OFF = /disabled|^disable|^remove|^noencryption/i;
const NO_SWITCH = /returnconnection|supports|rotate|allow|encryptpassword/i;

const found = { key: new Set(), on: new Set(), off: new Set() };
function sort(name, { type }) {
  const kind = type?.type;
  if (kind === "string" && KEY.test(name) && !NO_KEY.test(name)) found.key.add(name);
  if (kind === "boolean" && SWITCH.test(name) && !NO_SWITCH.test(name)) found[OFF.test(name) ? "off" : "on"].add(name);
}
const database = loadAwsServiceSpecSync();
for (const resource of database.all("resource")) {
  for (const [name, property] of Object.entries(resource.properties)) sort(name, property);
  for (const { entity } of database.follow("usesType", resource)) {
    for (const [name, property] of Object.entries(entity.properties)) sort(name, property);
  }
}
const lines = Object.entries(found).map(([kind, names]) => `${JSON.stringify(kind)}: ${JSON.stringify([...names].sort())}`);
const file = process.argv[2] ?? new URL("encryption_properties.json", import.meta.url);
writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
