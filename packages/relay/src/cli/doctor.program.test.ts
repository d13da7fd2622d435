import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Config, readConfig } from '../config.ts';
import { doctorText, examine, type Finding } from './doctor.ts';

const base = mkdtempSync(join(tmpdir(), 'kith-doctor-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const QUIET = [
  '--doctor',
  '--http-port=0',
  '--https-port=0',
  '--tcp-port=0',
  '--webrtc-port=0',
  '--turn=0',
  '--host=127.0.0.1',
  '--no-mdns',
];

function config(args: readonly string[]): Config {
  const asked = readConfig([...QUIET, ...args], { HOME: base });
  if (asked.do !== 'doctor') throw new Error('expected the doctor');
  return asked.config;
}

const about = (findings: readonly Finding[], word: RegExp): Finding | undefined => findings.find(({ sentence }) => word.test(sentence));

test('one trouble makes the code 1; what is merely lacking does not', () => {
  const good: Finding = { standing: 'good', sentence: 'All is well.' };
  const lacking: Finding = { standing: 'lacking', sentence: 'Something is not there.' };
  expect(doctorText([good, lacking])).toEqual({ text: 'ok  All is well.\n--  Something is not there.\n', code: 0 });
  expect(doctorText([lacking, { standing: 'trouble', sentence: 'Something is wrong.' }, good]).code).toBe(1);
});

test('it looks, and makes nothing: neither the folder nor what would be in it', async () => {
  const data = join(base, 'not/yet/there');
  const findings = await examine(config([`--data=${data}`]), '/nowhere');
  expect(about(findings, /room for/)?.standing).toBe('good');
  expect(about(findings, /no address yet/)?.standing).toBe('good');
  expect(existsSync(join(base, 'not'))).toBe(false);
});

test('a port that another program has is named, and is trouble; that of TURN is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const [tcp, turn] = [await examine(config([`--tcp-port=${port}`]), '/nowhere'), await examine(config([`--turn=${port}`]), '/nowhere')];
  server.close();
  expect(about(tcp, /is used by another program/)).toEqual({
    standing: 'trouble',
    sentence: expect.stringContaining(`Port ${port} is used`),
  });
  expect(about(turn, /is used by another program/)?.standing).toBe('lacking');
});

test('a machine that nobody can reach is trouble', async () => {
  expect(about(await examine(config([]), '/nowhere'), /no address on a local network/)?.standing).toBe('trouble');
});

test('STUN and TURN that are switched off are said to be', async () => {
  expect(about(await examine(config(['--turn=off']), '/nowhere'), /switched off/)?.standing).toBe('lacking');
});
