#!/usr/bin/env bash
# Checks the widget's packages, those that only build it too, for known vulnerabilities: one of high or above fails.
# Where advisories cannot be asked for, that is said and nothing else happens.
set -euo pipefail
cd "$(dirname "$0")/../widget"

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
code=0
npm audit --json --audit-level=high >"$answer" 2>/dev/null || code=$?

# It exits with 1 for what it found and for what it could not ask: only an answer has the counts.
node - "$answer" "$code" <<'JS'
const [file, code] = process.argv.slice(2);
let answer = {};
try {
    answer = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
} catch {
    // Said below: no answer.
}
const counts = answer.metadata?.vulnerabilities;
if (!counts) {
    const why = (answer.error?.summary || answer.message || "no answer").split(" - ")[0];
    console.log(`npm's advisories are out of reach (${why}): the widget's packages go unchecked`);
    process.exit(0);
}
const bad = Object.values(answer.vulnerabilities ?? {}).filter((found) => ["high", "critical"].includes(found.severity));
for (const found of bad) {
    const about = found.via.map((via) => (typeof via === "string" ? `by ${via}` : `${via.title} ${via.url}`)).join("; ");
    console.error(`${found.name} ${found.range}: ${found.severity}: ${about}`);
}
if (bad.length > 0 || code !== "0") process.exit(1);
console.log(`${answer.metadata.dependencies?.total ?? "all"} packages, none with a known vulnerability of high or above`);
JS
