/** How it becomes the next day for a relay and for pages while the machine's own clock stays: only `Date.now` is another there. */
import { toHex } from '../../packages/core/src/kernel/bytes.ts';
import { readInvitation } from '../../packages/core/src/rendezvous/invitation.ts';
import type { Phone } from '../browser/household.ts';
import type { Host } from './lab.ts';

export const DAY_MS = 86_400_000;
/** Before a program of Node begins. */
const TOMORROW = `data:text/javascript,const now=Date.now;Date.now=()=>now()+${DAY_MS}`;

/** A host whose programs of Node live a day ahead if they are started while it is tomorrow. */
export function startedAhead(host: Host, isTomorrow: () => boolean): Host {
  return {
    ...host,
    spawn: (command, args, options) => host.spawn(command, isTomorrow() ? ['--import', TOMORROW, ...args] : args, options),
  };
}

/** Whatever this phone opens from now on is a day ahead; the worker with the node in it too, before it hears the first word from its page. */
export async function pagesAhead({ page }: Phone): Promise<void> {
  page.on('worker', (worker) => void worker.evaluate(setAhead, DAY_MS).then(() => page.evaluate(letSpeak)));
  await page.addInitScript(setAhead, DAY_MS);
  await page.addInitScript(holdWords);
}

/** Runs in a page or a worker. */
function setAhead(ms: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
}

/** Runs in a page: what it says to its worker waits. */
function holdWords(): void {
  const mayBegin = new Promise<void>((resolve) => void Object.assign(globalThis, { letSpeak: resolve }));
  const say = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...words: unknown[]) {
    void mayBegin.then(() => Reflect.apply(say, this, words));
  };
}

function letSpeak(): void {
  Reflect.get(globalThis, 'letSpeak')();
}

/** The transport key of the day, as whoever reads the link of this phone learns it: 64 hexadecimal digits. */
export async function keyOf(phone: Phone): Promise<string> {
  const read = readInvitation(await phone.invitationLink(), 0);
  return read.ok ? toHex(read.value.transportKey) : '';
}
