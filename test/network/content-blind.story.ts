/**
 * Strangers on the network learn nothing that lasts: all that passes the bridge of a lab is kept while people meet and write, on two days, and searched for
 * keys of accounts and devices, names and texts, and for anything that is there again on the second day. story-timeout: 600 s
 */
import { story, type Teller } from '../story.ts';
import { type Captured, capture, captureUnavailable, type Packet } from './content-blind-capture.ts';
import { peerIdsIn, repeatedIn, type Secret, secretsIn } from './content-blind-search.ts';
import { type Lab, labUnavailable, openLab } from './lab.ts';
import { must, PersonInLab } from './person-in-lab.ts';

const DAY_MS = 86_400_000;
const MEETING_MS = 60_000;
const TEXTS = ['the boat leaves at seven, from the old pier', 'then we shall row, said the ferryman'] as const;
const NAMES = ['Annegret Quist', 'Bonaventura Rhee'] as const;

function fails(found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${found.length} found: ${found.slice(0, 400).join('; ')}`);
}

/** What a system says of itself below (its hardware's address) is not ours to change. */
const isOurs = ({ kind }: Packet): boolean => kind !== 'other';

/** What every program of the kind says in clear: the forms of libp2p's local discovery, with addresses that the network gave, and of its first words. */
function saidByAll(addresses: readonly string[]): readonly Buffer[] {
  const service = '\x05_kith\x04_udp\x05local\0';
  const [pointer, text, seconds] = ['\0\x0c\0\x01', '\0\x10\0\x01', '\0\0\0\x78'];
  const question = `\0\0\0\0\0\x01\0\0\0\0\0\0${service}${pointer}`;
  const answers = [1, 2, 3, 4].map(
    (records) => `\0\0\x84\0\0\0\0${String.fromCharCode(records)}\0\0\0\0${service}${pointer}${seconds}\0\x52\x3f`,
  );
  const records = addresses.map((address) => {
    const shown = `dnsaddr=/ip4/${address}/tcp/4001/p2p/12D3KooW`;
    // The rest of a peer id has 44 letters.
    const length = shown.length + 44;
    return `${service}${text}${seconds}\0${String.fromCharCode(length + 1, length)}${shown}`;
  });
  return [question, ...answers, ...records, `${service}\x3f`, '/multistream/1.0.0\n'].map((one) => Buffer.from(one, 'latin1'));
}

story('strangers learn nothing that lasts', async (t) => {
  const why = labUnavailable() ?? captureUnavailable();
  if (why !== undefined) {
    t.skip('all that passes a network is searched for keys, names, texts, and what is there again the next day', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b', 'leak'], { defaultRoute: false });
  const hosts = [lab.host('a'), lab.host('b')] as const;
  for (const host of hosts) await host.run('ip', ['route', 'add', '224.0.0.0/4', 'dev', 'eth0']);
  const folders = [await t.folder('ann'), await t.folder('bo')] as const;

  const day = async (begin: (ann: PersonInLab, bo: PersonInLab) => Promise<void>, aheadMs: number): Promise<Captured> => {
    const stop = await capture(t, lab.switchNamespace);
    const [ann, bo] = await Promise.all([
      PersonInLab.start(t, 'Ann', hosts[0], { folder: folders[0], aheadMs, beacon: true }),
      PersonInLab.start(t, 'Bo', hosts[1], { folder: folders[1], aheadMs, beacon: true }),
    ]);
    await begin(ann, bo);
    const [toBo] = (await ann.call('overview')).contacts;
    await ann.untilOverview('Ann reaches Bo directly', MEETING_MS, ({ contacts }) => contacts[0]?.reach.kind === 'direct');
    for (const text of TEXTS) {
      must(await ann.call('send', toBo?.account ?? '', text));
      await bo.until('it comes', MEETING_MS, () => bo.message(text) !== undefined);
      await ann.until('its receipt comes', MEETING_MS, () => ann.message(text)?.state?.kind === 'delivered');
    }
    await Promise.all([ann.call('close'), bo.call('close')]);
    return stop();
  };

  const secrets: Secret[] = [
    ...NAMES.map((text) => ({ name: 'a name', is: { text } })),
    ...TEXTS.map((text) => ({ name: 'a text', is: { text } })),
  ];
  const learn = async (person: PersonInLab): Promise<void> => {
    const { profile } = await person.call('overview');
    secrets.push({ name: `${person.name}'s account`, is: { key: profile?.account ?? '' } });
    for (const { id } of await person.call('devices'))
      secrets.push({ name: `the key ${person.name}'s device signs with`, is: { key: id } });
  };
  const first = await t.claim('two people meet and write on one day', () =>
    day(async (ann, bo) => {
      must(await ann.call('begin', NAMES[0]));
      must(await bo.call('begin', NAMES[1]));
      must(await bo.call('accept', must(await ann.call('invite')).text));
      await ann.until('Ann knows Bo', MEETING_MS, () => ann.events.some((event) => event.kind === 'contact-added'));
      await Promise.all([learn(ann), learn(bo)]);
    }, 0),
  );
  const second = await t.claim('and on the next, under other transport keys', () => day(async () => {}, DAY_MS));
  await t.claim('on neither day does the wire show an account, a name, a text, or the key of a device, in any form', () => {
    if (secrets.length !== 8 || secrets.some(({ is }) => 'key' in is && !/^[0-9a-f]{64}$/.test(is.key)))
      throw new Error(`the story knows ${secrets.length} secrets`);
    t.note(`${first.packets.length} and ${second.packets.length} packets, ${first.bytes.length + second.bytes.length} bytes`);
    if (first.packets.length < 50 || second.packets.length < 50) throw new Error('too little was captured');
    fails([...secretsIn(first, secrets), ...secretsIn(second, secrets)]);
  });
  await t.claim('the transport keys that strangers see are others on each day', () => {
    const [before, now] = [first, second].map(({ packets }) => peerIdsIn(packets));
    if (before === undefined || now === undefined || before.size < 2 || now.size < 2) throw new Error('no transport key was seen');
    fails([...now].filter((id) => before.has(id)));
  });
  await t.claim('what is said in clear on one day is never there again on the next', () => {
    fails(
      repeatedIn(
        first.packets.filter(isOurs),
        second.packets.filter(isOurs),
        saidByAll(['127.0.0.1', ...hosts.map(({ address }) => address)]),
      ),
    );
  });
  await leaks(t, lab, secrets);
});

/** A program that tells whose device it is, as text, as bytes, or under its key of yesterday, is found out. */
async function leaks(t: Teller, lab: Lab, secrets: readonly Secret[]): Promise<void> {
  const key = secrets.flatMap(({ is }) => ('key' in is ? [is.key] : []))[0] ?? '';
  const say = async (expression: string): Promise<Captured> => {
    const stop = await capture(t, lab.switchNamespace);
    const program = `const s=require('dgram').createSocket('udp4');s.bind(()=>{s.setBroadcast(true);s.send(${expression},9999,'10.77.0.255',()=>s.close())})`;
    await lab.host('leak').run(process.execPath, ['-e', program]);
    return stop();
  };
  for (const [form, expression] of [
    ['raw', `Buffer.from('${key}','hex')`],
    ['hexadecimal', `'kith ${key}'`],
    ['base64', `'kith '+Buffer.from('${key}','hex').toString('base64')`],
    ['a text', `${JSON.stringify(TEXTS[0])}`],
  ] as const)
    await t.claim(`a program that sends an account or a text (${form}) is found out`, async () => {
      if (secretsIn(await say(expression), secrets).length === 0) throw new Error('it was not found');
    });
  await t.claim('so is one that says the same on both days', async () => {
    const again = `Buffer.from('${'5a3c'.repeat(4)}0102030405060708','hex')`;
    if (repeatedIn((await say(again)).packets, (await say(again)).packets, []).length === 0) throw new Error('it was not found');
  });
}
