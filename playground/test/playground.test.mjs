// The built page in Chromium. CHROMIUM names the browser.
import AxeSource from 'axe-core';
import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
let server, browser, address;

before(async () => {
  assert.ok(existsSync(join(dist, 'index.html')), 'npm run build comes first');
  server = createServer((request, response) => {
    const path = join(dist, normalize(request.url === '/' ? 'index.html' : request.url.split('?')[0]));
    if (!path.startsWith(dist) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${server.address().port}/`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function open({ hash = '', ...options } = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  await page.goto(address + hash);
  await page.locator('.banner').waitFor({ timeout: 60_000 });
  return page;
}

/** Puts a text into an editor as a person pastes it. */
async function paste(page, id, text) {
  await page.locator(`#${id} .cm-content`).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

const verdict = (page, word) => page.locator(`.banner.${word}`).waitFor({ timeout: 20_000 });

test('an example is explained, its lines lit', async () => {
  const page = await open();
  await verdict(page, 'denied');
  assert.ok((await page.locator('li.cause').textContent()).length > 10);
  assert.ok((await page.locator('.cm-line.lit-denied').count()) >= 1);
  assert.deepEqual(page.errors, []);
  await page.close();
});

test('what is typed is explained at once, and a mistake is underlined', async () => {
  const page = await open();
  await paste(page, 'context', '{}');
  await paste(page, 'claims', '{"sub": "a", "cognito:groups": ["Admin"]}');
  await paste(page, 'template', '#if(!$ctx.identity.claims.get("cognito:groups").contains("Admin"))$util.unauthorized()#end{}');
  await verdict(page, 'allowed');
  await paste(page, 'template', '#if($x)');
  await verdict(page, 'error');
  assert.ok((await page.locator('.cm-lintRange-error').count()) >= 1);
  await page.close();
});

test('a token is read, and never in a link unless that is asked for', async () => {
  const page = await open();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part({ sub: 'ann-1', token_use: 'access', username: 'ann' })}.c2ln`;
  await paste(page, 'claims', `Bearer ${token}`);
  await paste(page, 'context', '');
  await paste(page, 'template', '#if($ctx.identity.sub != "bob-1")$util.unauthorized()#end{}');
  await verdict(page, 'denied');
  assert.ok(!(await page.locator('#explanation').textContent()).includes('c2ln'));
  await page.locator('#link').click();
  await page.waitForFunction(() => location.hash.length > 10);
  const linked = await open({ hash: new URL(page.url()).hash });
  assert.equal((await linked.locator('#claims .cm-content').textContent()).includes('eyJ'), false);
  assert.match(await linked.locator('#template .cm-content').textContent(), /bob-1/);
  await page.locator('#with-claims').check();
  await page.locator('#link').click();
  await page.waitForTimeout(300);
  const whole = await open({ hash: new URL(page.url()).hash });
  assert.match(await whole.locator('#claims .cm-content').textContent(), /eyJ/);
  for (const one of [page, linked, whole]) await one.close();
});

test('a runaway template ends, and the next is answered', async () => {
  const page = await open();
  await paste(page, 'template', '#foreach($i in [1..99999])#foreach($j in [1..99999])#set($x = $i)#end#end');
  await page.locator('.banner.error').waitFor({ timeout: 20_000 });
  await paste(page, 'template', 'hello');
  await verdict(page, 'completed');
  await page.close();
});

test('nothing leaves the page: neither it nor its worker can connect', async () => {
  const page = await open();
  const tried = await page.evaluate(async (address) => {
    const direct = await fetch(address).then(() => 'went out', () => 'refused');
    const code = `fetch(${JSON.stringify(address)}).then(() => postMessage('went out'), () => postMessage('refused'))`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    return [direct, await new Promise((done) => { worker.onmessage = ({ data }) => done(data); worker.onerror = () => done('refused'); })];
  }, address);
  assert.deepEqual(tried, ['refused', 'refused']);
  await page.close();
});

test('it works without a network after the first load', async () => {
  const page = await open();
  await page.context().setOffline(true);
  await paste(page, 'template', 'offline');
  await verdict(page, 'completed');
  await page.close();
});

test('a HAR that is dropped is diagnosed', async () => {
  const page = await open();
  const har = { log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [] } };
  await page.setInputFiles('#files', { name: 'x.har', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(har)) });
  await page.locator('#explanation pre').waitFor();
  await page.close();
});

for (const [name, options] of [
  ['1280 px, light', {}],
  ['1280 px, dark', { colorScheme: 'dark' }],
  ['390 px', { viewport: { width: 390, height: 800 } }],
]) {
  test(`no violation of accessibility, nothing wider than the page: ${name}`, async () => {
    const page = await open(options);
    await page.addScriptTag({ content: AxeSource.source }).catch(() => page.evaluate(AxeSource.source));
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(' ')}`), []);
    const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(scroll <= width, `${scroll} px in ${width}`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name.replace(/\W+/g, '-')}.png`, fullPage: true });
    await page.close();
  });
}

test('the keyboard alone is enough', async () => {
  const page = await open();
  const reached = new Set();
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.closest('[id]')?.id));
    // An editor keeps Tab for moving on: it takes none for itself.
  }
  for (const id of ['examples', 'mode', 'link', 'template', 'claims', 'context', 'files', 'explanation']) {
    assert.ok(reached.has(id), `${id} is not reached; ${[...reached].join(' ')}`);
  }
  await page.close();
});
