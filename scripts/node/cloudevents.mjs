// Reads messages with the cloudevents SDK: node scripts/node/cloudevents.mjs < MESSAGES
// MESSAGES: a JSON list of {"headers", "body"} as HTTP's binary mode has them. Writes a JSON list of the events' attributes and data.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

let HTTP;
try {
  ({ HTTP } = createRequire(new URL("../../.venv/node/package.json", import.meta.url))("cloudevents"));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error("The tools of contracts are not installed. Run: scripts/install_node_tools.sh");
  process.exit(2);
}
const read = ({ headers, body }) => {
  const event = HTTP.toEvent({ headers, body });
  event.validate();
  return event.toJSON();
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
