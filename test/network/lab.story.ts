/** The lab tells about itself: two hosts talk by TCP, a pulled cable is a pulled cable, and what leaves for outside is counted. */
import { story, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

const SERVER = `require('net').createServer((s) => { s.on('error', () => {}); s.pipe(s); }).listen(7000, '0.0.0.0', () => console.log('listening'))`;

/** Prints `echo:hello` when the echo came back within the time. */
function askEcho(address: string, port: number, withinMs: number): string {
  return `const s = require('net').connect(${port}, '${address}', () => s.write('hello'));
s.on('error', (e) => { console.log('error:' + e.code); process.exit(0); });
s.on('data', (d) => { console.log('echo:' + d); process.exit(0); });
setTimeout(() => { console.log('silence'); process.exit(0); }, ${withinMs});`;
}

story('the lab', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('hosts in network namespaces', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b']);
  const a = lab.host('a');
  const b = lab.host('b');
  const ask = async (withinMs: number): Promise<string> =>
    (await b.run(process.execPath, ['-e', askEcho(a.address, 7000, withinMs)])).trim();

  const server = a.spawn(process.execPath, ['-e', SERVER]);
  await waitFor(() => server.output().includes('listening'), { withinMs: 10_000, what: 'the server listens', seen: server.output });

  await t.claim('two hosts speak by TCP', async () => {
    const answer = await ask(5_000);
    if (answer !== 'echo:hello') throw new Error(answer);
  });
  await t.claim('with the cable pulled nothing passes', async () => {
    await a.cut();
    const answer = await ask(1_000);
    if (answer === 'echo:hello') throw new Error('an echo came through a cut cable');
  });
  await t.claim('with the cable back it passes again', async () => {
    await a.restore();
    await waitFor(async () => (await ask(1_000)) === 'echo:hello', { withinMs: 10_000, what: 'an echo' });
  });
  await t.claim('with the interface down and up again it passes again', async () => {
    await b.interfaceDown();
    if ((await ask(500)) === 'echo:hello') throw new Error('an echo came through an interface that is down');
    await b.interfaceUp();
    await waitFor(async () => (await ask(1_000)) === 'echo:hello', { withinMs: 10_000, what: 'an echo' });
  });
  await t.claim('the counters counted, and nobody tried to leave', async () => {
    if ((await lab.packets()) < 10) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join(', '));
  });
  await t.claim('whoever tries to leave is named', async () => {
    await b.run(process.execPath, ['-e', askEcho('192.0.2.7', 443, 200)]);
    await b.run(process.execPath, ['-e', `require('dgram').createSocket('udp4').send('x', 3478, '198.51.100.9', () => process.exit(0))`]);
    const strangers = await lab.strangers();
    const all = strangers.join('; ');
    for (const address of ['b → 192.0.2.7,tcp,443', 'b → 198.51.100.9,udp,3478']) {
      if (!strangers.includes(address)) throw new Error(`${address} is missing in: ${all}`);
    }
  });
  await t.claim('a host has no interface but its own', async () => {
    const links = (await b.run('ip', ['-o', 'link'])).split('\n').filter(Boolean);
    const names = links.map((line) => line.split(': ')[1]?.split('@')[0]);
    if (names.join() !== 'lo,eth0') throw new Error(names.join());
  });
});
