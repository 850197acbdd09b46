// velocityjs: the language without AppSync. The functions of $util and Java's methods that the template calls are given to
// it here.
const { parse, Compile } = require("velocityjs");

const method = (name, fits, resolve) => ({ uid: name, match: ({ property, context }) => property === name && fits(context), resolve });
const handlers = [
  method("contains", Array.isArray, ({ context, params }) => context.includes(params[0])),
  method("add", Array.isArray, ({ context, params }) => context.push(params[0]) > 0),
  method("isEmpty", Array.isArray, ({ context }) => context.length === 0),
];

class Refused extends Error {}
const util = {
  authType: () => "User Pool Authorization",
  qr: () => "",
  defaultIfNull: (value, other) => (value === null || value === undefined ? other : value),
  isString: (value) => typeof value === "string",
  isNullOrEmpty: (value) => value === null || value === undefined || value.length === 0,
  parseJson: (text) => JSON.parse(text),
  toJson: (value) => JSON.stringify(value === undefined ? null : value),
  unauthorized: () => { throw new Refused("Refused"); },
};

require("./rates").main({
  parse,
  evaluate(ast, context) {
    const ctx = { ...context, args: context.arguments, stash: context.stash || {} };
    try {
      return new Compile(ast, { escape: false, customMethodHandlers: handlers }).render({ ctx, context: ctx, util });
    } catch (error) {
      if (error instanceof Refused || /Refused/.test(String(error))) return null;
      throw error;
    }
  },
});
