/**
 * Somebody without a profile who leaves one envelope at a relay, or waits at another one until as many come as tags were named. Prints one JSON
 * line for each.
 *
 *   tsx beacon-mail.ts leave <address> <HTTPS port>
 *   tsx beacon-mail.ts await <address> <HTTPS port> <tag>…
 */
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Depositor, Fetcher, sealedMail } from '../relay-clients.ts';

export type MailLine =
  | { readonly kind: 'left'; readonly id: string; readonly tag: string; readonly result: string }
  | { readonly kind: 'came'; readonly id: string };

function say(line: MailLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(what: string, host: string, port: number, tags: readonly string[]): Promise<void> {
  const suite = await loadSodiumSuite();
  if (what === 'leave') {
    const mail = sealedMail(suite);
    const depositor = await Depositor.open(host, port);
    depositor.deposit(mail);
    await depositor.idle();
    say({ kind: 'left', id: mail.id, tag: toHex(mail.tag), result: depositor.results.get(mail.id) ?? 'unanswered' });
    depositor.close();
    return;
  }
  const wanted = tags.flatMap((tag) => fromHex(tag) ?? []);
  if (wanted.length < tags.length) throw new Error('a tag is hexadecimal');
  const fetcher = await Fetcher.open(suite, host, port);
  fetcher.ask(wanted);
  // Whoever started this says how long is too long.
  await fetcher.until(tags.length, Number.POSITIVE_INFINITY);
  for (const id of fetcher.fetched) say({ kind: 'came', id });
  fetcher.close();
}

// The types above are what the other side reads; the program runs only when it is started.
const [what, host, port, ...tags] = process.argv.slice(2);
if (import.meta.filename === process.argv[1]) await main(what ?? '', host ?? '', Number(port), tags);
