// Loaded before the CDK CLI, which then finds no ~/.cdk.json: its `app`, `output`, `profile` or `context` would
// steer a deployment unseen, and the CLI has no option against it. AWS's SDK finds ~/.aws by HOME.
const os = require("node:os");
const path = require("node:path");

process.env.HOME ??= os.homedir();
os.homedir = () => path.join(__dirname, "no-home");
