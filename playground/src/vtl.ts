// VTL for the editor; its words are those of grammar/vtl.pest (engine.mjs).
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { DIRECTIVES, OPERATORS } from './words';

const DIRECTIVE = new RegExp(`^#(?:\\{(?:${DIRECTIVES.join('|')})\\}|(?:${DIRECTIVES.join('|')})(?!\\w))`);
const OPERATOR = new RegExp(`^(?:${OPERATORS.join('|')})\\b`);
const REFERENCE = /^\$!?\{?[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*\}?/;
const REFUSAL = /^\$!?\{?utils?\.(?:unauthorized|error)\b/;

interface State { block: boolean }

const language = StreamLanguage.define<State>({
  name: 'vtl',
  startState: () => ({ block: false }),
  token(stream, state) {
    if (state.block) {
      state.block = !stream.match(/^.*?\*#/);
      if (state.block) stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('##')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('#*')) {
      state.block = true;
      return 'comment';
    }
    if (stream.match(DIRECTIVE)) return 'keyword';
    if (stream.match(REFUSAL)) return 'invalid';
    if (stream.match(REFERENCE)) return 'variableName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"|^'[^']*'/)) return 'string';
    if (stream.match(/^-?\d+(?:\.\d+)?/)) return 'number';
    if (stream.match(/^null\b/) || stream.match(OPERATOR)) return 'atom';
    // A word is passed whole: "order" holds no "or".
    if (stream.match(/^\w+/)) return null;
    stream.next();
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: 'v-directive' },
  { tag: tags.variableName, class: 'v-reference' },
  { tag: tags.invalid, class: 'v-refusal' },
  { tag: tags.string, class: 'v-string' },
  { tag: tags.comment, class: 'v-comment' },
  { tag: tags.number, class: 'v-number' },
  { tag: tags.atom, class: 'v-number' },
  { tag: tags.propertyName, class: 'v-reference' },
]);

export const vtl = () => [language, syntaxHighlighting(colours)];
export const jsonColours = () => syntaxHighlighting(colours);
