// What the JavaScript engines share: rates of evaluate (fresh context each), of JSON and evaluate, and of parse.
const fs = require("fs");

function rate(work) {
  const round = (millis) => {
    const start = process.hrtime.bigint(), end = start + BigInt(millis) * 1000000n;
    let count = 0;
    while (process.hrtime.bigint() < end) { work(); count++; }
    return count * 1e9 / Number(process.hrtime.bigint() - start);
  };
  round(2000);
  return Math.max(...[1, 2, 3, 4, 5].map(() => round(400)));
}

// engine: { parse(text) -> template, evaluate(template, context) -> output or null if it refused }
exports.main = function (engine) {
  const [template, contexts, once] = process.argv.slice(2);
  const text = fs.readFileSync(template, "utf8");
  const lines = fs.readFileSync(contexts, "utf8").trim().split("\n");
  const parsed = engine.parse(text);
  if (once) return console.log(engine.evaluate(parsed, JSON.parse(lines[0])));
  const first = JSON.parse(lines[0]);
  console.log(JSON.stringify({
    decisions: lines.map((line) => engine.evaluate(parsed, JSON.parse(line))),
    evaluate: rate(() => engine.evaluate(parsed, structuredClone(first))),
    json: rate(() => engine.evaluate(parsed, JSON.parse(lines[0]))),
    parse: rate(() => engine.parse(text)),
  }));
};
