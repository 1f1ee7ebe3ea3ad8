// Shows AsyncAPI documents to the parser that other agencies use: node scripts/node/asyncapi.mjs FILE...
// Writes one line for each finding. Ends with 1 if a document is refused, with 2 if it is not installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SEVERITIES = ["error", "warning", "information", "hint"];
const tools = new URL("../../.venv/node/package.json", import.meta.url);

let Parser;
try {
  ({ Parser } = createRequire(tools)("@asyncapi/parser"));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error("The tools of contracts are not installed. Run: scripts/install_node_tools.sh");
  process.exit(2);
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Name at least one file.");
  process.exit(2);
}
let refused = 0;
for (const file of files) {
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
  for (const { severity, code, message, path } of diagnostics) {
    console.log(`${file}: ${SEVERITIES[severity]}: ${code}: ${message} (at ${path.join("/") || "the root"})`);
  }
  const errors = diagnostics.filter(({ severity }) => severity === 0).length;
  if (document === undefined || errors > 0) refused += 1;
  else console.log(`${file}: accepted: ${document.allOperations().length} operations, ${document.allMessages().length} messages`);
}
process.exit(refused > 0 ? 1 : 0);
