// Makes tests/inputs/har/chromium.har: real headless Chromium against a local stub that answers as AppSync does.
// Tokens and keys are invented. Needs Chromium and playwright-core:
//   npm install --no-save playwright-core && node tests/har/record.mjs [chromium's path]
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { chromium } from 'playwright-core';

const claims = { sub: 's-1', iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01', client_id: 'clientA',
  token_use: 'access', username: 'kim', iat: 1700000000, exp: 1700003600 };
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ kid: 'k1', alg: 'RS256' })}.${part(claims)}.${Buffer.from('not-a-real-signature').toString('base64url')}`;
const unauthorized = (message) => JSON.stringify({ errors: [{ errorType: 'UnauthorizedException', message }] }, null, 2);
const refused = (path, message) => JSON.stringify({ data: { [path]: null }, errors: [{ path: [path], data: null,
  errorType: 'Unauthorized', errorInfo: null, locations: [{ line: 1, column: 3, sourceName: null }], message }] });

// What AppSync answers to each (the messages are those of docs/unauthorized.md).
function answer(headers, body) {
  if (headers.authorization?.startsWith('Bearer ')) return [401, unauthorized('Unable to parse JWT token.')];
  if (headers['x-api-key']) return [401, unauthorized('You are not authorized to make this call.')];
  if (!headers.authorization) return [401, unauthorized('Valid authorization header not provided.')];
  if (body.query.includes('listNotes')) return [200, refused('mine', 'Not Authorized to access listNotes on type Query')];
  return [401, unauthorized('Token has expired.')];
}

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization', 'access-control-expose-headers': '*' };
const server = createServer((request, response) => {
  if (request.method === 'OPTIONS') return response.writeHead(200, cors).end();
  if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'text/html' }).end('<title>stub</title>');
  let text = '';
  request.on('data', (chunk) => { text += chunk; });
  request.on('end', () => {
    const [status, body] = answer(request.headers, JSON.parse(text));
    response.writeHead(status, { ...cors, 'content-type': 'application/json;charset=UTF-8', 'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
      ...(status === 401 ? { 'x-amzn-errortype': 'UnauthorizedException' } : { 'x-amzn-appsync-tokensconsumed': '1' }) });
    response.end(body);
  });
});
// The real-time endpoint: the handshake succeeds, the first frame refuses.
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n`);
  const frame = Buffer.from(JSON.stringify({ type: 'connection_error', payload: { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.', errorCode: 401 }] } }));
  socket.write(Buffer.concat([Buffer.from([0x81, 126, frame.length >> 8, frame.length & 255]), frame]));
});

const file = process.env.HAR ?? 'tests/inputs/har/chromium.har';
server.listen(8787, '127.0.0.1', async () => {
  const browser = await chromium.launch({ executablePath: process.argv[2] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const context = await browser.newContext({ recordHar: { path: file, content: 'embed' } });
  const page = await context.newPage();
  await page.goto('http://127.0.0.1:8787/');
  await page.evaluate(async (token) => {
    const call = (headers, query) => fetch('http://127.0.0.1:8787/graphql', { method: 'POST', body: JSON.stringify({ query, variables: {} }),
      headers: { 'content-type': 'application/json', ...headers } }).then((answer) => answer.text());
    await call({}, '{ serverTime }');
    await call({ authorization: `Bearer ${token}` }, '{ serverTime }');
    await call({ 'x-api-key': 'da2-exampleexampleexampleexam' }, '{ serverTime }');
    await call({ authorization: token }, 'query Q { mine: listNotes { id } }');
    await call({ authorization: token }, 'mutation M { addNote(text: "x") { id } }');
    const header = btoa(JSON.stringify({ host: '127.0.0.1', Authorization: token }));
    await new Promise((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:8787/graphql/realtime?header=${encodeURIComponent(header)}&payload=e30=`, 'graphql-ws');
      socket.onmessage = done;
      socket.onerror = done;
    });
  }, token);
  await context.close();
  await browser.close();
  server.close();
  process.exit(0);
});
