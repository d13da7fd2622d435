/**
 * Fifty write to a relay on another host while it is killed three times with SIGKILL: what it said it had taken is there afterwards, every
 * piece of it. The machine goes on, and with it what the system had not written to the disk yet: what a power cut leaves is the store's to show
 * (`store-leveldb/power-cut.program.test.ts`).
 */
import { story } from '../story.ts';
import type { DepositorsLine } from './depositors-process.ts';
import { labUnavailable, openLab } from './lab.ts';
import { ProgramInLab } from './program-in-lab.ts';
import { relayIn } from './relay-in-lab.ts';

const WRITERS = 50;
const KILLS = 3;
/** Promised before each kill, so that it comes in the middle of the work. */
const PROMISED_BETWEEN = 1000;
const WITHIN_MS = 60_000;

type Said<Kind extends DepositorsLine['kind']> = Extract<DepositorsLine, { kind: Kind }>;

story('a relay that is killed', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip(`what a relay promised to ${WRITERS} clients outlives being killed (SIGKILL)`, why);
    return;
  }
  const lab = await openLab(t, ['srv', 'many']);
  const srv = lab.host('srv');
  const relay = await relayIn(t, srv);
  await relay.start();

  const args = [srv.address, `${relay.httpsPort}`, `${WRITERS}`];
  const many = new ProgramInLab<DepositorsLine>(t, 'the writers', lab.host('many'), 'depositors-process.ts', args);
  /** The next line of a kind after now. */
  const next = <Kind extends DepositorsLine['kind']>(what: string, kind: Kind): Promise<Said<Kind>> => {
    const from = many.lines.length;
    const isIt = (line: DepositorsLine): line is Said<Kind> => line.kind === kind;
    return many.until(what, WITHIN_MS, () => many.lines.slice(from).find(isIt));
  };
  const promised = (): number => many.lines.findLast((line) => line.kind === 'promised')?.promised ?? 0;

  for (let kill = 1; kill <= KILLS; kill++) {
    await t.claim(`killed with SIGKILL for the ${kill}. time while ${WRITERS} write, it starts again on what it kept`, async () => {
      const before = promised();
      many.tell('connect');
      await many.until('they write', WITHIN_MS, () => promised() >= before + PROMISED_BETWEEN);
      const cut = next('they lose the relay', 'cut');
      await relay.kill();
      const { unanswered } = await cut;
      if (unanswered === 0) throw new Error('nothing was on its way: it was killed at rest');
      await relay.start();
    });
  }
  const { promised: all } = await t.claim('and they go on writing to it', async () => {
    const before = promised();
    many.tell('connect');
    await many.until('they write', WITHIN_MS, () => promised() >= before + PROMISED_BETWEEN);
    const rested = next('they come to rest', 'rested');
    many.tell('rest');
    const { refused } = await rested;
    if (refused.length > 0) throw new Error(`some was refused: ${refused.join(', ')}`);
    return rested;
  });
  await t.claim('everything it said it had taken is handed over afterwards', async () => {
    await relay.kill();
    await relay.start();
    const fetched = next('they fetch', 'fetched');
    many.tell('fetch');
    const { fetched: count, missing } = await fetched;
    if (missing.length > 0 || count !== all) throw new Error(`of ${all} only ${count} came; missing: ${missing.join(', ')}`);
    t.note(`${count} envelopes`);
  });
});
