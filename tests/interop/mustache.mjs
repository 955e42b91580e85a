// Renders a table of cases with Cairn's Mustache and with npm's mustache, and compares them byte for
// byte.
//
//   node mustache.mjs PROGRAM
//
// PROGRAM (mustache_cases) reads lines of JSON {"template", "data", "partials"} and prints for each
// one line: the text that it rendered as a JSON string, or null where the template is faulty.
import {spawnSync} from 'node:child_process';
import Mustache from 'mustache';

const data = {
  name: 'Ana & "Ben" <c> \'d\' `e` a=b/c', empty: '', zero: 0, one: 1, minus: -7, half: 0.5,
  big: 1e21, tiny: 1.5e-7, third: 1 / 3, million: 1234567.25, small: 0.000001, round: 100.0,
  yes: true, no: false, nothing: null, list: ['a', 'b', 3, 4.5], none: [], nested: [[1, 2], [3]],
  person: {name: 'Inner', address: {city: 'Memphis', zip: null}}, text: 'größe 😀 日本',
  rows: [{id: 1, name: 'x'}, {id: 2}, {id: 3, name: '', list: []}], objects: [{a: {b: {c: 'deep'}}}],
  '': 'unnamed', 'with space': 'spaced', html: '<b>&amp;</b>', mixed: [true, false, 'x', {n: 1}],
  a: {b: {}}, b: {c: 'outer c'}, lambda: 'no function', lines: 'one\ntwo\n', recursive: {
    name: 'r', next: {name: 's', next: {name: 't', next: false}}}
};
const partials = {
  plain: 'partial {{name}}', lines: 'first\nsecond {{one}}\n\nthird\n', standalone: '{{#yes}}\nin\n{{/yes}}\n',
  nesting: '<{{>plain}}>\n  {{>lines}}\nend', node: '{{name}}{{#next}}>{{>node}}{{/next}}', empty: '',
  delimiters: '{{=<% %>=}}<% one %> {{one}}', tabs: '\t{{one}}\r\n\tx\n', comment: 'a{{! b\n c }}d\n'
};
const texts = [
  // variables
  '', 'plain', '{{name}}', '{{{name}}}', '{{&name}}', '{{ name }}', '{{& name }}', '{{{ name }}}', '{{missing}}|{{{missing}}}',
  '{{zero}} {{one}} {{minus}} {{half}} {{big}} {{tiny}} {{third}} {{million}} {{small}} {{round}}',
  '{{yes}} {{no}} {{nothing}} {{empty}}|', '{{list}} {{{list}}} {{none}} {{nested}} {{person}} {{mixed}}', '{{html}} {{{html}}}',
  '{{person.name}} {{person.address.city}} {{person.address.zip}} {{person.address.none}} {{person.none.city}}',
  '{{list.length}} {{none.length}} {{list.1}} {{list.9}} {{rows.0.name}} {{text.length}} {{list.01}}', '{{with space}}', '{{a.b.c}}|{{b.c}}',
  '{{.name}}', '{{name.}}', '{{..}}', '{{text}} {{{text}}}', '{{name}}{{name}}', '{{\nname\n}}', '{{\tone\t}}x',
  // sections
  '{{#yes}}a{{/yes}}{{#no}}b{{/no}}', '{{#empty}}a{{/empty}}{{#zero}}b{{/zero}}{{#one}}c{{/one}}{{#nothing}}d{{/nothing}}{{#missing}}e{{/missing}}',
  '{{#list}}<{{.}}>{{/list}}', '{{#none}}x{{/none}}|{{^none}}y{{/none}}', '{{#nested}}({{#.}}{{.}},{{/.}}){{/nested}}',
  '{{#person}}{{name}} {{one}} {{#address}}{{city}} {{name}}{{/address}}{{/person}}', '{{#rows}}{{id}}:{{name}};{{/rows}}',
  '{{#rows}}{{#list}}{{.}}{{/list}}|{{/rows}}', '{{#a}}{{b.c}}|{{/a}}', '{{#objects}}{{#a}}{{b.c}}{{/a}}{{/objects}}', '{{#name}}{{.}}{{/name}}',
  '{{#one}}{{.}}{{/one}}', '{{#half}}{{.}}{{/half}}', '{{#person.address.city}}{{.}}{{/person.address.city}}', '{{#list.length}}some{{/list.length}}',
  '{{# yes }}x{{/ yes }}', '{{ # yes }}x{{ / yes }}', '{{#mixed}}[{{.}}{{n}}]{{/mixed}}', '{{#yes}}{{#yes}}{{#yes}}deep{{/yes}}{{/yes}}{{/yes}}',
  // inverted
  '{{^yes}}a{{/yes}}{{^no}}b{{/no}}{{^empty}}c{{/empty}}{{^zero}}d{{/zero}}{{^missing}}e{{/missing}}{{^none}}f{{/none}}{{^person}}g{{/person}}',
  '{{^person.none}}n{{/person.none}}{{^list.length}}z{{/list.length}}',
  // blanks around what stands alone
  'a\n{{#yes}}\nb\n{{/yes}}\nc\n', ' {{#yes}} \n b\n {{/yes}}', '{{#yes}}\r\nx\r\n{{/yes}}\r\n', 'x {{#yes}}\ny{{/yes}}\n', '  {{! alone }}\nz', '{{! a }} {{! b }}\nq\n',
  '{{#yes}} {{/yes}}\n', '\n\n{{^no}}\n\n{{/no}}\n\n', '{{#yes}}{{one}}\n{{/yes}}\n', '\u00a0{{#yes}}\u2003\nn{{/yes}}', '\ufeff{{! x }}\nb', '  {{#yes}}a\n  {{/yes}}\n', '{{#list}}\n- {{.}}\n{{/list}}\n',
  '  {{name}}\n', ' \n \n{{one}}', '{{#yes}}\n{{#yes}}\nx\n{{/yes}}\n{{/yes}}', '{{#yes}}\n{{^no}}\n{{/no}}\n{{/yes}}\n',
  // comments
  'a{{! c }}b', '{{!}}', 'a\n{{!\n many\n lines }}\nb', '{{! {{ }}x', '  {{! a }}  b',
  // delimiters
  '{{=<% %>=}}<% name %> {{name}}', '{{= | | =}}|one||#yes|x|/yes|', '{{=<% %>=}}\n<%#yes%>\nx\n<%/yes%>\n', '{{=[ ]=}}[one][={{ }}=]{{one}}', '<{{=@ @=}}>@&name@', '{{=<% %>=}}<%{name}%>', '  {{=<% %>=}}\nx', '{{={{ }}=}}{{one}}',
  '{{=$ $=}}$one$ $#list$$.$$/list$',
  // partials
  '{{>plain}}', '[{{> plain }}]', '  {{>lines}}\n', 'x {{>lines}} y\n', '\t{{>lines}}', '  {{>standalone}}\n', '{{>missing}}|', '  {{>empty}}\n', '{{#rows}}\n  {{>plain}}\n{{/rows}}\n', '{{>nesting}}', '  {{>nesting}}\n', '{{#recursive}}{{>node}}{{/recursive}}',
  '  {{>delimiters}} {{one}}', '{{=<% %>=}}<%>plain%>', '{{one}} {{>lines}}', 'größe 😀 {{>lines}}', '\u00a0 {{>lines}}', '  {{>tabs}}\n', '  {{>comment}}', ' {{! x }} {{>lines}}', '  {{>lines}} {{>lines}}\n', '{{#yes}}\n  {{>standalone}}\n{{/yes}}\n', '{{#person}}{{>plain}}{{/person}}',
  // faults
  '{{', '{{name', '{{{name}}', '{{name}', '{{#yes}}', '{{/yes}}', '{{#yes}}{{/no}}', '{{#a}}{{#b}}{{/a}}{{/b}}', '{{=x=}}', '{{=<% %>}}', '{{==}}', '{{= =}}', '}}', '{ {name}}', '{{=<% %>=', '{{#}}x{{/}}', '{{}}', '{{>}}', '{{&}}'
];

const cases = texts.map(template => ({template, data, partials}));
const lines = cases.map(c => JSON.stringify(c)).join('\n') + '\n';
const ours = spawnSync(process.argv[2], {input: lines, maxBuffer: 1 << 26, encoding: 'utf8'});
if(ours.status !== 0) {
  throw new Error(`${process.argv[2]} ended with ${ours.status}: ${ours.stderr}`);
}
const got = ours.stdout.trimEnd().split('\n').map(line => JSON.parse(line));

let failed = 0;
cases.forEach((c, i) => {
  let expected = null;
  try {
    expected = Mustache.render(c.template, c.data, c.partials);
  } catch{
    // null: refused there, so to be refused here
  }
  if(expected !== got[i]) {
    failed++;
    console.log(`template ${JSON.stringify(c.template)}\n  ours:   ${JSON.stringify(got[i])}` +
      `\n  theirs: ${JSON.stringify(expected)}`);
  }
});
console.log(`${cases.length - failed} of ${cases.length} templates are rendered alike`);
process.exit(failed === 0 && got.length === cases.length ? 0 : 1);
