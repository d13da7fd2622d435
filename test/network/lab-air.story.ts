/** The lab tells about its air: what is lost, what waits, and how narrow a road can be. */
import { story, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';
import { delayUnavailable } from './lab-air.ts';

const ECHO = `const s = require('dgram').createSocket('udp4'); s.on('message', (m, from) => s.send(m, from.port, from.address));
s.bind(7000, '0.0.0.0', () => console.log('listening'));
require('net').createServer((c) => { c.on('error', () => {}); c.end(Buffer.alloc(300000)); }).listen(7000, '0.0.0.0');`;

/** Prints how many of a hundred datagrams came back, and the shortest time one took. */
const ask = (address: string): string => `const s = require('dgram').createSocket('udp4'); const sent = []; let n = 0, best = 1e9;
s.on('message', (m) => { n++; best = Math.min(best, performance.now() - sent[m[0]]); });
for (let i = 0; i < 100; i++) setTimeout(() => { sent[i] = performance.now(); s.send(Buffer.from([i]), 7000, '${address}'); }, i * 5);
setTimeout(() => { console.log(JSON.stringify({ n, best })); process.exit(0); }, 2000);`;

/** Prints the milliseconds that 300,000 bytes take. */
const fetch = (address: string): string => `const from = performance.now(); let n = 0;
require('net').connect(7000, '${address}').on('data', (d) => { n += d.length; }).on('end', () => console.log(n, performance.now() - from));`;

story('the air of the lab', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('loss, delay and rate in the lab', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b']);
  const [a, b] = [lab.host('a'), lab.host('b')];
  const server = a.spawn(process.execPath, ['-e', ECHO]);
  await waitFor(() => server.output().includes('listening'), { withinMs: 10_000, what: 'the echo listens', seen: server.output });
  const echoes = async (): Promise<{ readonly n: number; readonly best: number }> =>
    JSON.parse(await b.run(process.execPath, ['-e', ask(a.address)])) as { n: number; best: number };

  await t.claim('with a loss of 30 in a hundred each way about half come back, and with none again all', async () => {
    await lab.loss(30);
    const { n } = await echoes();
    if (n < 20 || n > 75) throw new Error(`${n} came back`);
    await lab.loss(0);
    const after = await echoes();
    if (after.n < 95) throw new Error(`${after.n} came back without loss`);
  });
  await t.claim('a road of 1,000 kbit takes its time for 300 kB', async () => {
    await lab.rate(1_000);
    const [bytes, ms] = (await b.run(process.execPath, ['-e', fetch(a.address)])).split(' ').map(Number);
    await lab.rate(0);
    if (bytes !== 300_000 || ms === undefined || ms < 2_000) throw new Error(`${bytes} bytes in ${ms} ms`);
  });
  const noDelay = delayUnavailable();
  if (noDelay !== undefined) {
    t.skip('a long road', noDelay);
    return;
  }
  await t.claim('with 40 ms each way nothing is back before both, and a change counts at once', async () => {
    await lab.delay(40);
    const { n, best } = await echoes();
    // Timers count whole milliseconds: each way may be short of one.
    if (n < 95 || best < 78) throw new Error(`${n} came back, the first after ${best} ms`);
    await lab.delay(0);
    const after = await echoes();
    if (after.n < 95 || after.best > 40) throw new Error(`${after.n} came back, the first after ${after.best} ms`);
  });
});
