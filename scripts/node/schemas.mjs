// Judges values by JSON Schema as JavaScript's programs do (ajv, ECMA patterns): node scripts/node/schemas.mjs < QUESTIONS
// QUESTIONS: {"schemas": {NAME: schema}, "values": [[NAME, value, …], …], "patterns": [pattern, …]}. Writes one JSON object:
// "wrong": what is not accepted, "unreadable": schemas and patterns that cannot be compiled. Formats are judged, too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../.venv/node/package.json", import.meta.url));
let Ajv, addFormats;
try {
  ({ default: Ajv } = require("ajv/dist/2020.js"));
  ({ default: addFormats } = require("ajv-formats"));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error("The tools of contracts are not installed. Run: scripts/install_node_tools.sh");
  process.exit(2);
}

const { schemas = {}, values = [], patterns = [] } = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: true });
addFormats(ajv);
const wrong = [];
const unreadable = [];
for (const pattern of patterns) {
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    unreadable.push(`${pattern}: ${error.message}`);
  }
}
const judges = {};
for (const [name, schema] of Object.entries(schemas)) {
  try {
    // what has an id holds what the others refer to
    if (schema.$id !== undefined) ajv.addSchema(schema);
    else judges[name] = ajv.compile(schema);
  } catch (error) {
    unreadable.push(`${name}: ${error.message}`);
  }
}
let judged = 0;
for (const [name, value] of values) {
  const judge = judges[name];
  if (judge === undefined) continue;
  judged += 1;
  if (!judge(value)) wrong.push({ name, value, errors: judge.errors.map(({ instancePath, message }) => `${instancePath || "/"} ${message}`) });
}
console.log(JSON.stringify({ judged, compiled: Object.keys(judges).length + patterns.length, wrong, unreadable }));
