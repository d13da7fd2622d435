/**
 * Prosody as a mailbox: its own offline storage, as it comes (one file a person, appended to; it syncs nothing to the disk). A ping behind
 * the messages says when all are stored, which costs it less than an answer to each.
 */
import type { Mailbox, Queued } from './queue.part.mailbox.ts';
import { BODY, runProsody, XmppClient } from './relay.part.prosody.ts';
import { residentMib } from './relay.part.server.ts';

const WRITER = 'u0';
const DELIVER_WITHIN_MS = 60_000;

export async function startProsodyMailbox(): Promise<Mailbox> {
  const server = await runProsody(2, { keepsOffline: true });
  return {
    name: 'prosody',
    pid: () => server.pid,
    async queue(count): Promise<Queued> {
      const writer = await XmppClient.open(server.port, WRITER);
      const startMs = performance.now();
      for (let n = 0; n < count; n++) writer.send(`<message to='u1@localhost' type='chat' id='m${n}'><body>${BODY}</body></message>`);
      await writer.ping();
      const queueMs = performance.now() - startMs;
      writer.close();
      return {
        queueMs,
        residentMib: residentMib(server.pid),
        async deliver() {
          const reader = await XmppClient.open(server.port, 'u1');
          let arrived = 0;
          const askedMs = performance.now();
          await new Promise<void>((resolve, reject) => {
            setTimeout(() => reject(new Error(`Prosody handed over ${arrived} of ${count}`)), DELIVER_WITHIN_MS).unref();
            reader.onMessages = (more) => {
              arrived += more;
              if (arrived === count) resolve();
            };
            reader.send('<presence/>');
          });
          const deliverMs = performance.now() - askedMs;
          // Gone before the next messages come: what is sent to a connection that is ending is kept nowhere.
          reader.send("<presence type='unavailable'/>");
          await reader.ping();
          reader.close();
          return deliverMs;
        },
      };
    },
    stop: () => server.stop(),
  };
}
