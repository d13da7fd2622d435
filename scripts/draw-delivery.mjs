#!/usr/bin/env node
/**
 * Keeps and draws the curves of docs/delivery.md. Without arguments: for every docs/delivery/NAME.json an SVG of the same name.
 * `--record NAME -- ARGUMENTS`: runs the simulator with these arguments first and keeps what it says with its command and commit;
 * `--sweep NAME -- ARGUMENTS`: the same with a sweep, in docs/delivery/sweeps.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'docs/delivery');

/** The picture, in its own units. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 340, 56, 16, 34, 44];
const COLOURS = ['#2f6f5e', '#b4572e', '#4a5fa8', '#8a6d1f', '#8c3d6b'];
const HOURS_LEAST = 0.01;

const words = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
const [task, called] = words;
const rest = words.slice(words.indexOf('--') + 1);
if (task === '--record') keep(`${called}.json`, 'sim', rest, (said) => ({ runs: [said] }));
if (task === '--sweep') keep(`sweeps/${called}.json`, 'sim:sweep', rest, (said) => ({ rows: said.map(({ wallS, ...row }) => row) }));
for (const name of readdirSync(FOLDER).filter((one) => one.endsWith('.json'))) {
  const kept = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
  writeFileSync(join(FOLDER, name.replace('.json', '.svg')), picture(kept));
}

/** A file holds one command and the figures of its runs; the same name again replaces it. */
function keep(file, script, words, of) {
  if (!/^(sweeps\/)?[a-z0-9-]+\.json$/.test(file)) throw new Error(`${task} wants a name in small letters`);
  const git = (...words) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  const isClean = git('status', '--porcelain', '--', 'packages/core', 'test/simulator') === '';
  if (!isClean) throw new Error('commit first: a curve names the code that made it');
  const out = execFileSync('npm', ['run', '--silent', script, '--', ...words, '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const kept = { command: `npm run ${script} -- ${words.join(' ')} --json`, commit, ...of(JSON.parse(out)) };
  writeFileSync(join(FOLDER, file), `${JSON.stringify(kept, undefined, 2)}\n`);
}

function across(hours, most) {
  const share = Math.log(Math.max(HOURS_LEAST, hours) / HOURS_LEAST) / Math.log(most / HOURS_LEAST);
  return (LEFT + share * (WIDTH - LEFT - RIGHT)).toFixed(1);
}

function up(share) {
  return (HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)).toFixed(1);
}

function named(hours) {
  if (hours < 1) return hours < 1 / 60 ? `${Math.round(hours * 3600)} s` : `${Math.round(hours * 60)} min`;
  return hours < 24 ? `${hours} h` : `${hours / 24} d`;
}

/** Share delivered over the time since it was said; time on a scale of powers. */
function picture({ command, commit, runs }) {
  const most = runs[0].curve.at(-1).hours;
  const marks = [0.01, 0.1, 1, 6, 24, 72, 168, 336].filter((hours) => hours <= most);
  const lines = [];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    lines.push(`<line x1="${LEFT}" y1="${up(share)}" x2="${WIDTH - RIGHT}" y2="${up(share)}" class="rule"/>`);
    lines.push(`<text x="${LEFT - 8}" y="${up(share)}" dy="4" text-anchor="end">${100 * share} %</text>`);
  }
  for (const hours of marks) {
    lines.push(`<line x1="${across(hours, most)}" y1="${up(0)}" x2="${across(hours, most)}" y2="${up(1)}" class="rule"/>`);
    lines.push(`<text x="${across(hours, most)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${named(hours)}</text>`);
  }
  runs.forEach(({ profile, seed, curve }, at) => {
    const path = curve.map(({ hours, delivered }, i) => `${i === 0 ? 'M' : 'L'}${across(hours, most)} ${up(delivered)}`).join(' ');
    const colour = COLOURS[at % COLOURS.length];
    lines.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"/>`);
    lines.push(`<text x="${LEFT + 12 + 150 * at}" y="20" style="fill: ${colour}">${profile}, seed ${seed}</text>`);
  });
  const title = `Share of messages delivered, by the time since they were said (${command}, commit ${commit})`.replaceAll('&', '&amp;');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title.replaceAll('"', '')}">
<style>text { font: 12px system-ui, sans-serif; fill: #6b6b6b } .rule { stroke: #9a9a9a; stroke-opacity: 0.35 }</style>
<title>${title}</title>
${lines.join('\n')}
</svg>
`;
}
