/** What the keeper sees when the relay is ready. Addresses stand on lines of their own, so that programs can read them too. */
import encodeQr from 'qr';

export interface Greeting {
  readonly local: string;
  readonly trustPages: readonly string[];
  readonly origin: string;
  readonly listensAt: number;
  readonly originPort: number;
  readonly words: readonly string[];
  readonly hasApp: boolean;
  readonly answersName: boolean;
  /** How much mail the disk takes. */
  readonly room: string;
  /** What there is of STUN and TURN. */
  readonly turn: string;
  /** How other relays find this one, and it them. */
  readonly reach: readonly string[];
}

export function greeting(facts: Greeting, colours: boolean): string {
  const lines = [
    `ready ${facts.local}`,
    '  Kith for this computer alone: a profile of its own, apart from the one at the address of the house.',
    '',
  ];
  if (!facts.hasApp) lines.push('  The app is not built: run "npm run build:app", then start again.', '');
  const [page] = facts.trustPages;
  if (page !== undefined) {
    lines.push('A phone on this Wi-Fi that is new here opens', ...facts.trustPages, '', ...qrLines(page, colours), '');
    lines.push(`The four words it should see: ${facts.words.join(' ')}`, '');
  }
  lines.push('Phones that trust this house open', facts.origin);
  if (facts.originPort !== facts.listensAt)
    lines.push(`  This relay listens at port ${facts.listensAt}, so something must lead from port ${facts.originPort} to it.`);
  if (!facts.answersName) lines.push('  Its name is not answered for from here; your router or DNS must do it.');
  lines.push('', facts.room, facts.turn, ...facts.reach, 'Stop with Ctrl-C.');
  return `${lines.join('\n')}\n`;
}

/** Half-blocks, light on dark: with colours set, so that it is also right on a light terminal. */
function qrLines(text: string, colours: boolean): readonly string[] {
  const lines = encodeQr(text, 'ascii', { border: 2 }).trimEnd().split('\n');
  return colours ? lines.map((line) => `\u001b[97;40m${line}\u001b[0m`) : lines;
}
