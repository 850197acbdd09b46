// Opens every kind of report in a real browser: no errors, no network, usable by keyboard and screen reader, in dark
// and light, wide and narrow. Wants the built command; CHROMIUM and VTL_EVAL name other programs.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const command = process.env.VTL_EVAL ?? join(root, 'target', 'debug', 'vtl-eval');
const folder = mkdtempSync(join(tmpdir(), 'vtl-eval-browser-'));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let passed = 0;
let failed = 0;

function check(name, holds, detail = '') {
  if (holds) { passed += 1; return; }
  failed += 1;
  console.log(`✗ ${name} ${detail}`);
}

function report(name, ...args) {
  const file = join(folder, `${name}.html`);
  const run = spawnSync(command, [...args, '-o', file], { cwd: root, encoding: 'utf8' });
  check(`${name}: the command ran`, run.status === 0 || run.status === 2, run.stderr);
  return file;
}

const html = ['--format', 'html'];
const notes = ['--from', 'templates/notes-api/manifest.json'];
const sample = (name, claims) => [`templates/${name}/template.vtl`, '--context', `templates/${name}/case.json`, '--claims',
  `templates/${name}/claims/${claims}.json`, ...html];
const script = '</script></style><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'"&';
writeFileSync(join(folder, 'hostile.vtl'), `## ${script}\n#set($isAuthorized = false)\n#if($ctx.identity.claims.get("cognito:groups").contains("${'<img src=x onerror=window.hacked=1>'}"))#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n`);
const hostileClaims = JSON.stringify({ sub: script, token_use: 'access', 'cognito:groups': [script], [script]: script });
const token = join(folder, 'token');
const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
writeFileSync(token, `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'a', token_use: 'access', exp: 1700000000, [script]: script })}.c2lnbmF0dXJl`);
const log = join(folder, 'log.txt');
writeFileSync(log, ['2024-01-01T00:00:00Z 11111111-1111-1111-1111-111111111111 Begin Request',
  JSON.stringify({ logType: 'RequestSummary', requestId: '11111111-1111-1111-1111-111111111111', statusCode: 401, latency: 1 }),
].join('\n'));

const people = join(folder, 'people.json');
writeFileSync(people, JSON.stringify({ personas: Array.from({ length: 25 }, (_, at) => ({ name: `persona-with-a-long-name-${at}`, authType: 'api-key' })) }));

// The matrix as it was while nobody was allowed anything: every cell that lets somebody in was opened since.
function before() {
  const run = spawnSync(command, ['matrix', ...notes, '--personas', 'templates/notes-api/personas.json', '--format', 'json'],
    { cwd: root, encoding: 'utf8' });
  const matrix = JSON.parse(run.stdout);
  matrix.cells.forEach((cell) => { cell.verdict = 'denied'; });
  const file = join(folder, 'before.json');
  writeFileSync(file, JSON.stringify(matrix));
  return file;
}

// 400 fields, each with its own template, and 12 personas.
function large() {
  const api = join(folder, 'api');
  mkdirSync(join(api, 'resolvers'), { recursive: true });
  const template = readFileSync(join(root, 'templates/static-groups/template.vtl'), 'utf8');
  const pipelines = {};
  for (let at = 0; at < 400; at += 1) {
    const field = `${['Query', 'Mutation', 'Subscription', 'Report', 'Author'][at % 5]}.field${at}`;
    const file = `${field}.auth.1.req.vtl`;
    writeFileSync(join(api, 'resolvers', file), template.replaceAll('Editors', `Editors${at % 7}`));
    pipelines[field] = { kind: 'PIPELINE', functions: [{ name: 'auth', slot: 'auth', index: 1,
      dataSource: { name: 'NONE_DS', type: 'NONE' }, request: { file }, response: { file: 'pass.vtl' } }] };
  }
  writeFileSync(join(api, 'resolvers', 'pass.vtl'), '{}');
  writeFileSync(join(api, 'manifest.json'), JSON.stringify({ pipelines }));
  writeFileSync(join(folder, 'twelve.json'), JSON.stringify({ personas: Array.from({ length: 12 }, (_, at) => ({
    name: `persona number ${at}`,
    claims: { sub: `s${at}`, token_use: 'access', username: `u${at}`, 'cognito:groups': [`Editors${at % 7}`] },
  })) }));
  return api;
}

const pages = {
  denied: report('denied', ...sample('static-groups', 'deny-lower-case-group')),
  allowed: report('allowed', ...sample('static-groups', 'allow-editor'), '--why-allowed'),
  filtered: report('filtered', ...sample('list-filter', 'filter-owner')),
  fields: report('fields', ...sample('field-lists', 'deny-clerk-sends-price')),
  hostile: report('hostile', join(folder, 'hostile.vtl'), '--claims', hostileClaims, ...html),
  resolver: report('resolver', 'resolver', 'Mutation.deleteNote', ...notes, '--claims',
    '{"sub":"bob","token_use":"access","cognito:groups":["moderators"]}', '--args', '{"id":"n1"}', '--result', '{"owner":"ann-1"}', ...html),
  matrix: report('matrix', 'matrix', ...notes, '--personas', 'templates/notes-api/personas.json', ...html),
  diff: report('diff', 'matrix', ...notes, '--personas', 'templates/notes-api/personas.json', '--diff', before(), ...html),
  large: report('large', 'matrix', '--from', large(), '--personas', join(folder, 'twelve.json'), ...html),
  wide: report('wide', 'matrix', ...notes, '--personas', people, ...html),
  coverage: report('coverage', 'test', 'templates/notes-api', '--coverage', 'html'),
  diagnose: report('diagnose', 'diagnose', 'tests/inputs/diagnose/directive.json', ...html),
  records: report('records', 'diagnose', 'tests/inputs/diagnose/records.json', ...html),
  har: report('har', 'diagnose', 'tests/inputs/diagnose/requests.har', ...html),
  token: report('token', 'token', token, ...html),
  replay: report('replay', 'replay', log, ...html),
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  for (const [name, file] of Object.entries(pages)) {
    for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['light', 800], ['dark', 800], ['light', 390], ['dark', 390]]) {
      // 4,800 cells take axe half a minute: they are drawn as those of the small matrix, which is looked at in all of them.
      if (name === 'large' && (scheme !== 'light' || width !== 1280)) continue;
      await look(name, file, scheme, width);
    }
  }
  await keyboard();
  await cells();
  await filters();
  const size = statSync(pages.large).size;
  check('large: 400 fields by 12 personas below a megabyte', size < 1_000_000, `${size} bytes`);
} finally {
  await browser.close();
  if (!process.env.KEEP) rmSync(folder, { recursive: true });
  else console.log(folder);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function look(name, file, scheme, width) {
  const at = `${name} ${scheme} ${width}`;
  // The policy of the page would keep axe out too; what it forbids is checked in the page as it is.
  const errors = [];
  const requests = [];
  const plain = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
  plain.on('console', (message) => errors.push(message.text()));
  plain.on('pageerror', (error) => errors.push(String(error)));
  plain.on('request', (request) => requests.push(request.url()));
  await plain.goto(pathToFileURL(file).href);
  check(`${at}: no console message`, errors.length === 0, errors.join('; '));
  check(`${at}: no request but the page`, requests.length === 1, requests.join(' '));
  const facts = await plain.evaluate(() => ({
    hacked: window.hacked ?? null,
    scripts: document.querySelectorAll('script, img, iframe, object, link').length,
    scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    levels: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => Number(heading.tagName[1])),
    mains: document.querySelectorAll('main').length,
    dead: [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href').slice(1))
      .filter((id) => !document.getElementById(id)),
    twice: [...document.querySelectorAll('[id]')].map((each) => each.id).filter((id, at, all) => all.indexOf(id) !== at),
    dark: getComputedStyle(document.body).backgroundColor,
  }));
  check(`${at}: nothing was run`, facts.hacked === null);
  check(`${at}: no script and nothing embedded`, facts.scripts === 0);
  check(`${at}: the page does not scroll sideways`, facts.scroll <= 0, `by ${facts.scroll}`);
  check(`${at}: one h1, first`, facts.levels[0] === 1 && facts.levels.filter((level) => level === 1).length === 1);
  check(`${at}: headings in order`, facts.levels.every((level, at, all) => at === 0 || level <= all[at - 1] + 1), facts.levels.join());
  check(`${at}: one main`, facts.mains === 1);
  check(`${at}: each link leads somewhere`, facts.dead.length === 0, facts.dead.slice(0, 5).join(' '));
  check(`${at}: each id once`, facts.twice.length === 0, facts.twice.slice(0, 5).join(' '));
  check(`${at}: follows the scheme`, (facts.dark === 'rgb(255, 255, 255)') === (scheme === 'light'), facts.dark);
  if (process.env.KEEP) await plain.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), fullPage: true });
  await plain.close();

  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  check(`${at}: axe finds nothing`, violations.length === 0,
    violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 120)}`).join('; '));
  await context.close();
}

// Tab reaches the first fact's link to its origin, Enter follows it.
async function keyboard() {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(pages.denied).href);
  let href = null;
  for (let turn = 0; turn < 60 && !href?.startsWith('#claim-'); turn += 1) {
    await page.keyboard.press('Tab');
    href = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
  }
  check('keyboard: Tab reaches the link to a claim', href === '#claim-cognito:groups', String(href));
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check('keyboard: the focus is seen', outline !== 'none', outline);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(100);
  const target = await page.evaluate(() => document.querySelector(':target')?.textContent ?? '');
  check('keyboard: Enter leads to the claim', target.includes('cognito:groups') && target.includes('editors'), target);
  await page.keyboard.press('Tab');
  const back = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
  check('keyboard: from the claim to a line that reads it', /^#L\d+$/.test(String(back)), String(back));
  await page.close();
}

// Boxes and buttons hide what they are for, and the table's head stays in sight.
async function filters() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(pages.large).href);
  const rows = () => page.evaluate(() => [...document.querySelectorAll('#m tbody tr')].filter((row) => row.offsetParent !== null).length);
  const columns = () => page.evaluate(() => [...document.querySelectorAll('#m thead th')].filter((cell) => cell.offsetParent !== null).length);
  check('large: all rows and columns', await rows() === 400 && await columns() === 13, `${await rows()} ${await columns()}`);
  await page.click('#t-0');
  check('large: a type is left out', await rows() === 320, String(await rows()));
  await page.click('#p-3');
  check('large: a persona is left out', await columns() === 12, String(await columns()));
  await page.click('#v-denied');
  const words = await page.evaluate(() => [...document.querySelectorAll('#m td a')]
    .filter((link) => link.offsetParent !== null && getComputedStyle(link).visibility === 'visible').map((link) => link.firstChild.data));
  check('large: one verdict is left', words.length > 0 && words.every((word) => word === 'denied'), words.slice(0, 3).join());
  const top = await page.evaluate(() => {
    const table = document.querySelector('.wide.matrix');
    table.scrollTop = 2000;
    return document.querySelector('#m thead th').getBoundingClientRect().top - table.getBoundingClientRect().top;
  });
  check('large: the head stays', Math.abs(top) < 3, String(top));
  await page.close();
}

// In the matrix, Tab reaches a cell and Enter shows its reason; of a wide one, the arrow keys show the rest.
async function cells() {
  const page = await browser.newPage({ viewport: { width: 800, height: 900 } });
  await page.goto(pathToFileURL(pages.matrix).href);
  let cell = null;
  for (let turn = 0; turn < 40 && !cell?.startsWith('#r'); turn += 1) {
    await page.keyboard.press('Tab');
    cell = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? null);
  }
  const place = await page.evaluate(() => {
    const place = document.activeElement?.querySelector('i');
    return place && getComputedStyle(place).display !== 'none' ? place.textContent : '';
  });
  check('matrix: a cell in focus shows its place', place.includes('.vtl'), place);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(100);
  const shown = await page.evaluate(() => {
    const reason = document.querySelector('.reasons :target');
    const box = reason?.getBoundingClientRect();
    return reason && box.bottom <= innerHeight + 1 && box.top >= 0 ? reason.innerText : '';
  });
  check('matrix: Enter on a cell shows the reason', shown.split('\n').length > 1, shown);
  await page.goto(pathToFileURL(pages.wide).href);
  let at = null;
  for (let turn = 0; turn < 60 && at !== 'group'; turn += 1) {
    await page.keyboard.press('Tab');
    at = await page.evaluate(() => document.activeElement?.getAttribute('role') ?? null);
  }
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(300);
  const moved = await page.evaluate(() => document.activeElement?.scrollLeft ?? 0);
  check('matrix: the arrow keys move a wide table', moved > 0, String(moved));
  await page.close();
}
