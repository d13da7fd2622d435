/**
 * Strangers on the network learn nothing that lasts from pages either: two phones meet through a relay and write, on two days, and all that passes the
 * bridge is kept (signalling, what browsers say of themselves, the direct connection) and searched. What two others of the same kind say too, who
 * have nothing in common with them, names nobody. story-timeout: 900 s
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse, Phone } from '../browser/household.ts';
import { story } from '../story.ts';
import { type Captured, capture, captureUnavailable } from './content-blind-capture.ts';
import { repeatedIn, type Secret, secretsIn } from './content-blind-search.ts';
import { type Host, labUnavailable, openLab } from './lab.ts';

const TEXTS = ['is the bread out of the oven yet', 'just now, and the second one is rising'] as const;
const NAMES = ['Annegret Quist', 'Bonaventura Rhee', 'Eustace Vane', 'Florentine Wick'] as const;
const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(
  existsSync,
);

const [ANN, BO, EVE, FINN] = NAMES;

story('strangers learn nothing that lasts from pages', async (t) => {
  const noFaketime = FAKETIME === undefined ? 'libfaketime is not installed (apt-get install faketime)' : undefined;
  const why = labUnavailable() ?? chromiumUnavailable(true) ?? captureUnavailable() ?? noFaketime;
  if (why !== undefined) {
    t.skip('all that pages and their relay say is searched for keys, names, texts, and what is there again the next day', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'a', 'b']);
  const ahead = ['env', `LD_PRELOAD=${FAKETIME}`, 'FAKETIME=+1d', 'DONT_FAKE_MONOTONIC=1'] as const;
  let isTomorrow = false;
  const srv = lab.host('srv');
  const withClock: Host = {
    ...srv,
    spawn: (command, args, options) =>
      isTomorrow ? srv.spawn('env', [...ahead.slice(1), command, ...args], options) : srv.spawn(command, args, options),
  };
  const house = await openHouse(t, { http: 8080, https: 8443 }, withClock, ['--turn', 'off']);
  const names = { [house.name]: srv.address };
  const tomorrow = (host: Host): Host => ({
    ...host,
    wrapper: async (executable, folder) => {
      const path = await host.wrapper(executable, folder);
      await writeFile(path, `#!/bin/sh\nexec ip netns exec ${host.namespace} ${ahead.join(' ')} ${executable} "$@"\n`);
      return path;
    },
  });

  /** What passes while `act` goes on, and both have written and closed. */
  const watched = async (
    act: () => Promise<readonly [Phone, Phone]>,
  ): Promise<Captured & { readonly homes: readonly [string, string] }> => {
    const stop = await capture(t, lab.switchNamespace);
    const [one, other] = await act();
    await Promise.all([one.isReached('Directly, phone to phone', 60_000), other.isReached('Directly, phone to phone', 60_000)]);
    const about = isTomorrow ? ', as yesterday' : '';
    await one.write(TEXTS[0] + about);
    await other.sees(TEXTS[0] + about, 20_000);
    await other.write(TEXTS[1] + about);
    await one.sees(TEXTS[1] + about, 20_000);
    const homes = [one.browser.home, other.browser.home] as const;
    await Promise.all([one.browser.close(), other.browser.close()]);
    return { ...(await stop()), homes };
  };
  const accounts: string[] = [];
  const meeting = async (inviting: string, invited: string): Promise<readonly [Phone, Phone]> => {
    const [one, other] = await Promise.all([
      Phone.open(t, inviting, house, { host: lab.host('a'), names }),
      Phone.open(t, invited, house, { host: lab.host('b'), names }),
    ]);
    await Promise.all([one.begin(), other.begin()]);
    await other.takeUp(await one.invitationLink());
    await Promise.all([other.openConversation(inviting), one.openConversation(invited)]);
    for (const phone of [one, other]) accounts.push(/#\/with\/([0-9a-f]{64})/.exec(phone.page.url())?.[1] ?? '');
    return [one, other];
  };

  const first = await t.claim('two phones meet through the relay and write', () => watched(() => meeting(ANN, BO)));
  const others = await t.claim('and two others, who are new', () => watched(() => meeting(EVE, FINN)));
  const second = await t.claim('on the next day the first two open the app again, and write', async () => {
    await house.kill();
    isTomorrow = true;
    await house.start();
    return watched(async () => {
      const [one, other] = await Promise.all([
        Phone.open(t, ANN, house, { host: tomorrow(lab.host('a')), names, home: first.homes[0] }),
        Phone.open(t, BO, house, { host: tomorrow(lab.host('b')), names, home: first.homes[1] }),
      ]);
      await Promise.all([one.openConversation(BO, 60_000), other.openConversation(ANN, 60_000)]);
      const days = await Promise.all([one, other].map(({ page }) => page.evaluate(() => Date.now())));
      if (days.some((atMs) => atMs < Date.now() + 80_000_000)) throw new Error('it is not tomorrow there');
      return [one, other];
    });
  });

  const captures = [first, others, second];
  await t.claim('the wire shows no account, no name and no text, in any form', () => {
    const secrets: Secret[] = [...NAMES, ...TEXTS].map((text) => ({ name: `"${text}"`, is: { text } }));
    for (const key of accounts) secrets.push({ name: 'an account', is: { key } });
    if (accounts.length !== 4 || accounts.includes('')) throw new Error(`the story knows ${accounts.length} accounts`);
    t.note(`${captures.map(({ packets }) => packets.length).join(', ')} packets`);
    if (captures.some(({ packets }) => packets.length < 100)) throw new Error('too little was captured');
    const found = captures.flatMap((one) => secretsIn(one, secrets));
    if (found.length > 0) throw new Error(found.join('; '));
  });
  await t.claim('and nothing that is theirs on one day is there again on the next', () => {
    const [one, other, known] = [first, second, others].map(({ packets }) => packets.filter(({ kind }) => kind !== 'other'));
    const saidByAll = Buffer.concat((known ?? []).map(({ payload }) => payload));
    const found = repeatedIn(one ?? [], other ?? [], [saidByAll]);
    if (found.length > 0) throw new Error(`${found.length} found: ${found.slice(0, 100).join('; ')}`);
  });
});
