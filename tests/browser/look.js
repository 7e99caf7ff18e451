// Opens HTML reports in headless Chromium and says what is wrong with them; nothing on stdout and
// exit 0 when all is well. With a folder as PICTURES it also leaves pictures of each there.
//
//   node look.js REPORT.html [REPORT.json]      several pairs may follow
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const widths = [390, 1280];
const mostMilliseconds = 1000;
const pictures = process.env.PICTURES;
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'look-'));
const browser = spawn(process.env.CHROMIUM || 'chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--hide-scrollbars', '--user-data-dir=' + profile, '--remote-debugging-pipe', 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

let complaints = 0;
function complain(file, what) {
  complaints += 1;
  console.log(path.basename(file) + ': ' + what);
}

// The protocol: JSON messages, each ended by a zero byte.
let next = 0;
const waiting = new Map();
let listeners = [];
let rest = '';
browser.stdio[4].on('data', (bytes) => {
  const parts = (rest + bytes).split('\0');
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      message.error ? reject(new Error(JSON.stringify(message.error))) : resolve(message.result);
    } else {
      for (const listener of listeners) listener(message);
    }
  }
});
function send(method, params, session) {
  next += 1;
  const id = next;
  browser.stdio[3].write(JSON.stringify({ id, method, params: params || {}, sessionId: session }) + '\0');
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

async function open(file, width, scheme) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const tab = {
    run: async (expression) => {
      const answer = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true }, sessionId);
      if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
      return answer.result.value;
    },
    send: (method, params) => send(method, params, sessionId),
    close: () => send('Target.closeTarget', { targetId }),
  };
  let loaded;
  const load = new Promise((resolve) => { loaded = resolve; });
  listeners = [(message) => {
    if (message.sessionId !== sessionId) return;
    const p = message.params;
    if (message.method === 'Page.loadEventFired') loaded();
    if (message.method === 'Runtime.exceptionThrown') complain(file, 'exception: ' + JSON.stringify(p.exceptionDetails));
    if (message.method === 'Runtime.consoleAPICalled') complain(file, 'console: ' + JSON.stringify(p.args));
    if (message.method === 'Log.entryAdded') complain(file, 'log: ' + p.entry.text);
    if (message.method === 'Network.requestWillBeSent' && !/^(file|data|about):/.test(p.request.url)) complain(file, 'fetches ' + p.request.url);
  }];
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await tab.send(domain + '.enable');
  await tab.send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
  await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await tab.send('Page.navigate', { url: 'file://' + path.resolve(file) });
  await load;
  return tab;
}

async function picture(tab, file, name) {
  if (!pictures) return;
  const { data } = await tab.send('Page.captureScreenshot', { captureBeyondViewport: true,
    clip: await tab.run('({x: 0, y: 0, width: innerWidth, height: Math.min(16000, document.documentElement.scrollHeight), scale: 1})') });
  fs.writeFileSync(path.join(pictures, path.basename(file, '.html') + '-' + name + '.png'), Buffer.from(data, 'base64'));
}

// From the beginning of the navigation until it is painted, in milliseconds.
const painted = `new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => {
  const load = performance.getEntriesByType('navigation')[0].loadEventEnd;
  const paint = performance.getEntriesByType('paint').map((entry) => entry.startTime);
  resolve(Math.max(load, ...paint));
}, 0)))`;

function at(json, pointer) {
  return pointer.split('/').slice(1).reduce((node, key) => (node == null ? node : node[key]), json);
}

async function checkNumbers(tab, file, jsonFile) {
  const json = JSON.parse(fs.readFileSync(jsonFile, 'utf8'));
  const numbers = await tab.run(`[...document.querySelectorAll('data')].map((d) => [d.dataset.json, d.value, d.textContent])`);
  if (numbers.length < 5) complain(file, 'shows only ' + numbers.length + ' numbers');
  for (const [pointer, value, text] of numbers) {
    if (Number(value) !== at(json, pointer)) complain(file, `${pointer}: ${value} in the page, ${at(json, pointer)} in the JSON`);
    if (!/\d|none/.test(text)) complain(file, `${pointer}: shown as '${text}'`);
  }
}

async function checkZoom(tab, file) {
  const buttons = await tab.run(`document.querySelectorAll('[data-zoom] > button').length`);
  if (buttons === 0) return;
  const charts = await tab.run(`(() => {
    const box = document.querySelector('[data-zoom]');
    for (let up = box.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
    box.querySelector('button').click();
    return box.querySelectorAll('canvas').length;
  })()`);
  if (charts < 3) complain(file, 'the zoom shows ' + charts + ' charts');
  const spans = await tab.run(`(() => {
    const plot = document.querySelector('.plot');
    const key = (k) => plot.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }));
    const axis = () => [...document.querySelectorAll('.plot')].length + ':' + plot.querySelector('.u-legend').textContent;
    const before = axis();
    key('ArrowRight'); key('+'); key('+'); key('ArrowLeft');
    const after = axis();
    key('0');
    return [before, after];
  })()`);
  if (spans[0] === spans[1]) complain(file, 'the arrow keys do not move the cursor');
}

async function overflow(tab) {
  return tab.run('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

async function look(file, jsonFile) {
  let best = Infinity;
  for (const width of widths) {
    const tab = await open(file, width, 'light');
    best = Math.min(best, await tab.run(painted));
    const folded = await overflow(tab);
    if (folded > 0) complain(file, `${folded}px too wide at ${width}px`);
    await picture(tab, file, width + '-light');
    await tab.run(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`);
    const unfolded = await overflow(tab);
    if (unfolded > 0) complain(file, `${unfolded}px too wide at ${width}px, unfolded`);
    if (width === 1280 && jsonFile) await checkNumbers(tab, file, jsonFile);
    await checkZoom(tab, file);
    const zoomed = await overflow(tab);
    if (zoomed > 0) complain(file, `${zoomed}px too wide at ${width}px, zoomed`);
    await picture(tab, file, width + '-open');
    await tab.close();
  }
  const dark = await open(file, 1280, 'dark');
  best = Math.min(best, await dark.run(painted));
  const ground = await dark.run('getComputedStyle(document.body).backgroundColor');
  if (ground !== 'rgb(20, 24, 28)') complain(file, 'is not dark where dark is asked for: ' + ground);
  await picture(dark, file, '1280-dark');
  const { data } = await dark.send('Page.printToPDF', { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
  const pdf = Buffer.from(data, 'base64');
  if (pdf.length < 5000) complain(file, 'prints nothing');
  if (pictures) fs.writeFileSync(path.join(pictures, path.basename(file, '.html') + '.pdf'), pdf);
  await dark.close();
  if (best > mostMilliseconds) complain(file, `took ${Math.round(best)}ms to show`);
  console.error(`${path.basename(file)}: ${fs.statSync(file).size} bytes, shown after ${Math.round(best)}ms`);
}

async function main() {
  const files = process.argv.slice(2);
  while (files.length > 0) {
    const file = files.shift();
    const jsonFile = files.length > 0 && files[0].endsWith('.json') ? files.shift() : null;
    await look(file, jsonFile);
  }
}

main().catch((error) => complain('look.js', error.stack)).finally(() => {
  const end = () => { fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 }); process.exit(complaints > 0 ? 1 : 0); };
  browser.once('exit', end);
  send('Browser.close').catch(() => {});
  setTimeout(() => { browser.kill('SIGKILL'); }, 10000).unref();
});
